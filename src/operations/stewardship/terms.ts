/**
 * Operations on the glossary of the account in which the caller acts: whoever acts there may read it, whoever may alter
 * the account may change its terms, and a term is attached by whoever may alter the thing.
 */
import { z } from "zod";
import { inTransaction } from "../../db/transaction.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { ownAccount, visible } from "../../governance/resource.ts";
import { authorOf } from "../../identity/principal.ts";
import {
  attachments,
  attachTerm,
  detachTerm,
  findTerm,
  putTerm,
  removeTerm,
  termsOf,
} from "../../stewardship/glossary.ts";
import { list, texts } from "../answers.ts";
import { operation, type Call } from "../operation.ts";
import type { Context } from "../context.ts";
import { attachedLabels } from "./attached-labels.ts";
import { fieldIdOf, findThing, thingMissingCodes, thingNamed, type DescribedThing } from "./described-thing.ts";

const termName = z
  .string()
  .min(1)
  .max(200)
  .refine((name) => name === name.trim() && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name), {
    message: "a term begins and ends with a visible character and has no control characters",
  });

const named = z.strictObject({ term: z.string() });

const presentedTerm = z.strictObject({ term: z.string(), definition: z.string() }).meta({ title: "Term" });

const attached = texts.describe(
  "The databases, tables and columns that it is attached to, as far as the caller may know.",
);

/** Throws ACCOUNT_NOT_FOUND for somebody who acts in no account. */
function accountOf({ accountId }: Asking): string {
  if (accountId === undefined) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: "the account of the glossary" });
  return accountId;
}

export const termAdd = operation({
  name: "term.add",
  summary: "Add a term with its definition to the glossary of the account, or give a term another definition",
  action: "annotate",
  input: z.strictObject({
    term: termName,
    definition: z.string().min(1),
    replace: z.boolean().default(false).describe("Change the term of this name."),
  }),
  output: presentedTerm.extend({ change: z.enum(["added", "changed", "unchanged"]) }),
  errors: ["ACCOUNT_NOT_FOUND", "NAME_TAKEN"],
  resources: () => [ownAccount],
  async run({ db }, { term, definition, replace }, { asking, principal, record }) {
    record({ term });
    const accountId = accountOf(asking);
    const change = await inTransaction(db, async (transaction) => {
      const author = { by: authorOf(principal), origin: null };
      const made = await putTerm(transaction, { accountId, name: term, definition }, author);
      if (made === "changed" && !replace) throw taken(term);
      return made;
    });
    record({ plan: change === "unchanged" });
    return { term, definition, change };
  },
});

function taken(place: string): HeadgateError {
  return new HeadgateError("NAME_TAKEN", {
    place,
    message: "the glossary has this term with another definition",
    remedy: "give it the new definition, wherever it is attached: --replace",
  });
}

export const termList = operation({
  name: "term.list",
  summary: "List the glossary of the account in which the caller acts",
  action: "watch",
  seesViews: true,
  input: z.strictObject({}),
  output: z.strictObject({ terms: list(presentedTerm) }),
  errors: [],
  resources: () => [visible],
  async run({ db }, _input, { asking: { accountId } }) {
    const terms = accountId === undefined ? [] : await termsOf(db, accountId);
    return { terms: terms.map(({ name: term, definition }) => ({ term, definition })) };
  },
});

export const termShow = operation({
  name: "term.show",
  summary: "Show a term: its definition, and what it is attached to",
  action: "watch",
  seesViews: true,
  input: named,
  output: presentedTerm.extend({ attached }),
  errors: ["ACCOUNT_NOT_FOUND", "TERM_NOT_FOUND"],
  resources: () => [visible],
  async run(context, { term }, { asking }) {
    const found = await findTerm(context.db, accountOf(asking), term);
    const on = await attachments(context.db, { termId: found.id });
    return {
      term: found.name,
      definition: found.definition,
      attached: await attachedLabels(
        context,
        asking,
        on.map((one) => one.on),
      ),
    };
  },
});

export const termRemove = operation({
  name: "term.remove",
  summary: "Remove a term from the glossary, and from everything that it is attached to",
  action: "annotate",
  seesViews: true,
  input: named.extend({ plan: z.boolean().default(false).describe("Only show what it is attached to.") }),
  output: z.strictObject({ term: z.string(), attached, removed: z.boolean() }),
  errors: ["ACCOUNT_NOT_FOUND", "TERM_NOT_FOUND"],
  resources: () => [ownAccount],
  async run(context, { term, plan }, { asking, record }) {
    record({ term, plan });
    const found = await findTerm(context.db, accountOf(asking), term);
    const on = await inTransaction(context.db, async (transaction) => {
      const were = await attachments(transaction, { termId: found.id });
      if (!plan) await removeTerm(transaction, found.id);
      return were.map((one) => one.on);
    });
    const labels = await attachedLabels(context, asking, on);
    record({ attached: labels });
    return { term: found.name, attached: labels, removed: !plan };
  },
});

const place = z.strictObject({
  term: z.string(),
  on: z.string().describe("shop for a database, shop.orders for a table."),
  column: z.string().optional(),
});

const changedPlace = place.extend({ changed: z.boolean().describe("Whether it was otherwise before.") });

export const termAttach = operation({
  name: "term.attach",
  summary: "Attach a term of the glossary to a database, a table or a column",
  action: "annotate",
  seesViews: true,
  input: place,
  output: changedPlace,
  errors: [...thingMissingCodes, "ACCOUNT_NOT_FOUND", "TERM_NOT_FOUND", "COLUMN_NOT_FOUND"],
  resources: ({ on }) => [thingNamed(on)],
  run: (context, asked, call) =>
    changePlace(context, { ...asked, call }, async ({ termId, on }) =>
      attachTerm(context.db, { termId, on }, { by: authorOf(call.principal), origin: null }),
    ),
});

export const termDetach = operation({
  name: "term.detach",
  summary: "Detach a term of the glossary from a database, a table or a column",
  action: "annotate",
  seesViews: true,
  input: place,
  output: changedPlace,
  errors: [...thingMissingCodes, "ACCOUNT_NOT_FOUND", "TERM_NOT_FOUND", "COLUMN_NOT_FOUND"],
  resources: ({ on }) => [thingNamed(on)],
  run: (context, asked, call) => changePlace(context, { ...asked, call }, (at) => detachTerm(context.db, at)),
});

interface Place extends z.infer<typeof place> {
  readonly call: Call;
}

type At = Parameters<typeof detachTerm>[1];

async function changePlace(
  context: Context,
  { term, on, column, call: { asking, record } }: Place,
  change: (at: At) => Promise<boolean>,
): Promise<z.infer<typeof changedPlace>> {
  const thing: DescribedThing = await findThing(context, asking, on);
  const fieldId = await fieldIdOf(context, asking, { thing, column });
  const found = await findTerm(context.db, accountOf(asking), term);
  const isChanged = await change({ termId: found.id, on: { kind: thing.kind, id: thing.id, fieldId } });
  const about = [{ kind: thing.kind, name: thing.label, id: thing.id }];
  record({ term: found.name, column, plan: !isChanged, about });
  return { term: found.name, on: thing.label, ...(column === undefined ? {} : { column }), changed: isChanged };
}
