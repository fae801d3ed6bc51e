/**
 * Operations that return what people say of databases and tables as one JSON document, and that make it so again after
 * it was edited: all of it in one transaction, or nothing.
 */
import { z } from "zod";
import type { Kysely } from "kysely";
import { tableLabel } from "../../catalog/table-name.ts";
import { rehearse } from "../../db/rehearse.ts";
import { inTransaction } from "../../db/transaction.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { checkStillThere } from "../../governance/closed-tables.ts";
import { visible } from "../../governance/resource.ts";
import { lastColumnNames } from "../../iceberg/last-column-names.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { authorOf } from "../../identity/principal.ts";
import { lockDescribed } from "../../stewardship/parameters.ts";
import { saidOf, type Said } from "../../stewardship/said-of.ts";
import { list, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { operation } from "../operation.ts";
import { changeSaid, type SaidChanges } from "./change-said.ts";
import {
  fieldNamed,
  findThing,
  knownFields,
  tableThing,
  thingMissingCodes,
  thingNamed,
  type DescribedThing,
} from "./described-thing.ts";
import { recordedParameters } from "./recorded-parameters.ts";
import { documentOf, thingDocument, type ThingDocument } from "./thing-document.ts";

const document = z.record(z.string(), thingDocument).describe("By database or table: shop, shop.orders.");

export const descriptionExport = operation({
  name: "description.export",
  summary:
    "Return what people say of a database and its tables, or of one table, as a JSON document that can be edited",
  action: "watch",
  seesViews: true,
  input: z.strictObject({ on: z.string().describe("shop for a database with its tables, shop.orders for a table.") }),
  output: z.strictObject({ document }),
  errors: [...thingMissingCodes],
  resources: ({ on }) => [thingNamed(on).kind === "database" ? visible : thingNamed(on)],
  async run(context, { on }, { asking }) {
    const thing = await findThing(context, asking, on);
    const entries = await context.catalog.entries();
    const within = entries.filter(({ databaseId }) => thing.kind === "database" && databaseId === thing.id);
    const things = [thing, ...within.map(tableThing)];
    const documents = await documentsOf(context, asking, { things, db: context.db });
    return { document: Object.fromEntries(things.map((one) => [one.label, documents(one)])) };
  },
});

interface Wanted {
  readonly things: readonly DescribedThing[];
  /** The transaction in which they are read. */
  readonly db: Kysely<Tables>;
}

async function documentsOf(
  context: Context,
  asking: Asking,
  { things, db }: Wanted,
): Promise<(thing: DescribedThing) => ThingDocument> {
  const said = await saidOf(
    db,
    things.map(({ id }) => id),
  );
  const known = new Map((await context.catalog.entries()).map((entry) => [entry.id, tableLabel(entry)]));
  const fields = new Map(
    await Promise.all(
      things.map(async ({ id, table }) => [id, table && (await knownFields(context, asking, table))] as const),
    ),
  );
  const labelOf = (id: string): string | undefined => known.get(id);
  return ({ id }) => documentOf({ said: said(id), fields: fields.get(id), labelOf });
}

const mostThings = 5_000;

const planned = z.strictObject({ on: z.string(), details: texts }).meta({ title: "DescriptionChange" });

export const descriptionImport = operation({
  name: "description.import",
  summary: "Make what is said of databases and tables as an edited document says it, or show what would change",
  action: "annotate",
  seesViews: true,
  input: z.strictObject({
    document: document.refine(
      (things) => Object.keys(things).length <= mostThings,
      "a document has at most 5000 things",
    ),
    plan: z.boolean().default(false).describe("Only show what would change."),
  }),
  output: z.strictObject({ changes: list(planned), imported: z.boolean() }),
  errors: [...thingMissingCodes, "COLUMN_NOT_FOUND", "TERM_NOT_FOUND", "DESCRIPTION_CHANGED"],
  resources: ({ document: things }) => Object.keys(things).map(thingNamed),
  async run(context, { document: given, plan }, { asking, principal, record }) {
    const things = await Promise.all(
      Object.entries(given).map(async ([name, content]) => ({
        thing: await findThing(context, asking, name),
        content,
      })),
    );
    checkTwice(things);
    const author = { by: authorOf(principal), origin: null };
    const work = plan ? rehearse : inTransaction;
    const changes = await work(context.db, async (transaction) => {
      await lockDescribed(
        transaction,
        things.map(({ thing }) => thing.id),
      );
      const all = things.map(({ thing }) => thing);
      const documents = await documentsOf(context, asking, { things: all, db: transaction });
      const made: (SaidChanges & { readonly thing: DescribedThing })[] = [];
      for (const { thing, content } of things) {
        if (documents(thing).version !== content.version) throw changedSince(thing);
        made.push({ thing, ...(await importOne(context, { asking, transaction, thing, content, author })) });
      }
      return made.filter(({ details }) => details.length > 0);
    });
    const about = changes.map(({ thing: { kind, label: name, id } }) => ({ kind, name, id }));
    const changed = changes.map(({ thing, parameters }) => ({
      on: thing.label,
      changed: recordedParameters(parameters),
    }));
    record({ plan: plan || changes.length === 0, changed, about });
    return { changes: changes.map(({ thing, details }) => ({ on: thing.label, details })), imported: !plan };
  },
});

/** Throws USAGE. */
function checkTwice(things: readonly { readonly thing: DescribedThing }[]): void {
  const twice = things.find(({ thing }, index) => things.findIndex((other) => other.thing.id === thing.id) !== index);
  if (twice === undefined) return;
  throw new HeadgateError("USAGE", {
    place: twice.thing.label,
    message: `the document has ${twice.thing.label} twice, under two spellings of its name`,
  });
}

function changedSince({ label }: DescribedThing): HeadgateError {
  return new HeadgateError("DESCRIPTION_CHANGED", { place: label });
}

interface OneImport {
  readonly asking: Asking;
  readonly transaction: Kysely<Tables>;
  readonly thing: DescribedThing;
  readonly content: ThingDocument;
  readonly author: Parameters<typeof changeSaid>[2];
}

async function importOne(
  context: Context,
  { asking, transaction, thing, content, author }: OneImport,
): Promise<SaidChanges> {
  const { id, kind, accountId, table, label } = thing;
  if (table === undefined && (content.columns !== undefined || content.mark !== undefined))
    throw new HeadgateError("USAGE", { place: label, message: "a database has neither columns nor a mark" });
  if (table !== undefined) await checkStillThere(transaction, { id, label });
  const loaded = table && (await context.catalog.load(table));
  const fields = loaded === undefined ? [] : currentSchema(loaded.metadata).fields;
  const columns = Object.entries(content.columns ?? {}).map(
    ([name, column]) => [fieldNamed(fields, name, `${label}: ${name}`).id, { name, ...column }] as const,
  );
  const said = (await saidOf(transaction, [id]))(id);
  return changeSaid(
    transaction,
    {
      thing: { kind, id },
      said: onlyOf(said, fields),
      document: content,
      columns: new Map(columns),
      nameOf: loaded === undefined ? () => "" : lastColumnNames(loaded.metadata),
      accountId: asking.accountId ?? accountId,
      successorId: await successorOf(context, said, content),
    },
    author,
  );
}

/** A successor that the caller may not know of is not in their document, and stays. Throws TABLE_NOT_FOUND. */
async function successorOf(
  { catalog }: Context,
  { mark: had }: Said,
  { mark }: ThingDocument,
): Promise<string | undefined> {
  if (mark?.successor !== undefined) return (await catalog.findEntry(mark.successor)).id;
  const isHidden = (await catalog.entries()).every(({ id }) => id !== had?.successorId);
  return mark?.mark === "deprecated" && isHidden ? had?.successorId : undefined;
}

/** Columns that the table no longer has are no part of the document, and keep what is said of them. */
function onlyOf(said: Said, fields: readonly { readonly id: number }[]): Said {
  const isThere = ({ on: { fieldId } }: { readonly on: { readonly fieldId?: number | undefined } }): boolean =>
    fieldId === undefined || fields.some(({ id }) => id === fieldId);
  return {
    ...said,
    parameters: said.parameters.filter(isThere),
    attachments: said.attachments.filter(isThere),
  };
}
