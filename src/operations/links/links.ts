/** Operations on resource links: the names that the account in which one acts has for what others share with it. */
import { z } from "zod";
import { must } from "../../base/must.ts";
import { isView } from "../../catalog/catalog.ts";
import { formatName, parseName, tableLabel } from "../../catalog/table-name.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import { HeadgateError, type ErrorCode } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor, grantsInTrust } from "../../governance/decide.ts";
import { visible } from "../../governance/resource.ts";
import { securableTable, type Contained } from "../../governance/securable.ts";
import { authorOf } from "../../identity/principal.ts";
import {
  endLinks,
  freeName,
  insertLink,
  linkLabel,
  linksOf,
  linkStates,
  type ResourceLink,
} from "../../sharing/resource-links.ts";
import { list } from "../answers.ts";
import type { Context } from "../context.ts";
import { ofTable } from "../failures.ts";
import { operation } from "../operation.ts";
import { mayKnowLink } from "./known-link.ts";

const presentedLink = z
  .strictObject({
    name: z.string().describe("database.table, or a database whose tables are those of the target."),
    kind: z.enum(["database", "table"]),
    target: z.string().describe("As it is called now, or was last: account.database.table."),
    share: z.string().nullable().describe("The share by which the account has it."),
    state: z.enum(linkStates),
    origin: z
      .string()
      .nullable()
      .describe("share if it was made with the share, yaml for headgate.yaml; null for a command."),
  })
  .meta({ title: "ResourceLink" });

const codes: readonly ErrorCode[] = [...ofTable, "DATABASE_NOT_FOUND", "ACCOUNT_NOT_FOUND"];

export const linkAdd = operation({
  name: "link.add",
  summary:
    "Give a table or a database of another account a name in one's own; a taken name gets a number. It gives no right",
  action: "watch",
  seesViews: true,
  changes: true,
  input: z.strictObject({
    name: z.string().min(1).describe("crm.customers for a table, or a database for all tables of a database."),
    target: z.string().min(1).describe('sales.crm.customers for a table, or "database sales.crm".'),
  }),
  output: presentedLink.extend({ wanted: z.string().describe("The name that was asked for.") }),
  errors: codes,
  resources: () => [visible],
  async run(context, { name, target: text }, { asking, principal, record }) {
    record({ name, target: text });
    const accountId = checkAdministers(asking);
    const target = await findTarget(context, asking, text);
    const wanted = { accountId, ...localName(name, target.kind) };
    const id = await inPolicyChange(context.db, async (transaction) => {
      const free = await freeName(transaction, wanted);
      const { id: targetId, label: targetLabel, shareId } = target;
      return insertLink(transaction, {
        ...free,
        targetId,
        targetLabel,
        shareId,
        by: authorOf(principal),
        origin: null,
      });
    });
    const made = must(
      (await linksOf(context.db, accountId, asking.now)).find((one) => one.id === id),
      "the new link",
    );
    record({ about: [{ kind: "link", name: linkLabel(made), id }] });
    return { ...presentLink(made), wanted: linkLabel(wanted) };
  },
});

export function presentLink(link: ResourceLink): z.infer<typeof presentedLink> {
  const { kind, target, shareId, state, origin } = link;
  return { name: linkLabel(link), kind, target, share: shareId ?? null, state, origin };
}

/** Throws NOT_ALLOWED, ACCOUNT_NOT_FOUND. */
export function checkAdministers(asking: Asking): string {
  const { accountId, principal } = asking;
  if (accountId === undefined)
    throw new HeadgateError("ACCOUNT_NOT_FOUND", { message: "a link is a name in the account in which somebody acts" });
  if (decideFor(asking, "administer", { kind: "account", id: accountId }).allowed) return accountId;
  throw new HeadgateError("NOT_ALLOWED", {
    message: `${principal.name} does not administer the account`,
    remedy: "ask an administrator of the account to give it a name",
  });
}

export interface LinkTarget {
  readonly kind: "database" | "table";
  readonly id: string;
  readonly label: string;
  readonly shareId: string | undefined;
}

/**
 * A name that is a link itself stands for the thing behind it, so that links never lead to links. Throws TABLE_NOT_FOUND,
 * DATABASE_NOT_FOUND for what the caller may not know, and USAGE for what is the account's own.
 */
export async function findTarget(
  { catalog }: Pick<Context, "catalog">,
  asking: Asking,
  text: string,
): Promise<LinkTarget> {
  const [, database] = /^database\s+(.+)$/s.exec(text.trim()) ?? [];
  if (database !== undefined) {
    const [account = "", name = ""] = parseName(database);
    const found = (await catalog.entries()).find(
      (one) => one.account === account && one.database === name && !isView(one),
    );
    if (found === undefined) throw new HeadgateError("DATABASE_NOT_FOUND", { place: database });
    checkElsewhere(found.isElsewhere, text);
    const { databaseId: id, accountId } = found;
    return {
      kind: "database",
      id,
      label: formatName([account, name]),
      shareId: shareOf(asking, { kind: "tables", id, accountId }),
    };
  }
  const entry = await catalog.findEntry(text);
  checkElsewhere(entry.isElsewhere, text);
  return { kind: "table", id: entry.id, label: tableLabel(entry), shareId: shareOf(asking, securableTable(entry)) };
}

function checkElsewhere(isElsewhere: boolean | undefined, place: string): void {
  if (isElsewhere === true) return;
  throw new HeadgateError("USAGE", {
    place,
    message: "this belongs to the account, and has its own name",
    remedy: "name something of another account: account.database.table",
  });
}

function shareOf(asking: Asking, thing: Contained): string | undefined {
  return grantsInTrust(asking, thing, "SELECT")[0]?.shareId;
}

/** Throws USAGE. */
export function localName(
  text: string,
  kind: LinkTarget["kind"],
): { readonly database: string; readonly name: string | undefined } {
  const [database = "", name, ...more] = parseName(text.trim());
  if (more.length === 0 && (name === undefined) === (kind === "database")) return { database, name };
  throw new HeadgateError("USAGE", {
    place: text,
    message: kind === "database" ? "a database has a name without a dot" : "a table has a name with its database",
    remedy: kind === "database" ? "write a name such as crm" : "write database.table",
  });
}

export const linkList = operation({
  name: "link.list",
  summary:
    "List the names that the account has for what others share with it, also those that lead to nothing any more",
  action: "watch",
  input: z.strictObject({}),
  output: z.strictObject({ links: list(presentedLink) }),
  errors: [],
  resources: () => [visible],
  async run({ db }, _input, { asking }) {
    const { accountId, now } = asking;
    const links = accountId === undefined ? [] : await linksOf(db, accountId, now);
    return { links: links.filter((link) => mayKnowLink(asking, link)).map(presentLink) };
  },
});

export const linkRemove = operation({
  name: "link.remove",
  summary: "Remove a name that the account has for something of another account, which stays as it is",
  action: "watch",
  changes: true,
  input: z.strictObject({ name: z.string().min(1) }),
  output: z.strictObject({ removed: z.string(), target: z.string() }),
  errors: ["LINK_NOT_FOUND", "ACCOUNT_NOT_FOUND"],
  resources: () => [visible],
  async run({ db }, { name }, { asking, record }) {
    const accountId = checkAdministers(asking);
    const wanted = parseName(name.trim()).join("\0").toLowerCase();
    const found = (await linksOf(db, accountId, asking.now)).find(
      (link) =>
        [link.database, link.name]
          .filter((part) => part !== undefined)
          .join("\0")
          .toLowerCase() === wanted,
    );
    if (found === undefined) throw new HeadgateError("LINK_NOT_FOUND", { place: name });
    await inPolicyChange(db, (transaction) => endLinks(transaction, [found.id]));
    record({ about: [{ kind: "link", name: linkLabel(found), id: found.id }], target: found.target });
    return { removed: linkLabel(found), target: found.target };
  },
});
