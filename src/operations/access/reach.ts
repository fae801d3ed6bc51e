/** The operations that list everything somebody may reach, and everybody who may read a table. */
import { sql } from "kysely";
import { z } from "zod";
import type { CatalogTable, TableEntry } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { HeadgateError } from "../../errors.ts";
import { accountsFor } from "../../governance/acts-in.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { knownScope, type KnownScope } from "../../governance/known-scope.ts";
import { askingsAs, explainedActions, readersOf, reachOf, type Reach } from "../../governance/effective-access.ts";
import { visible } from "../../governance/resource.ts";
import { securableTable, type Contained, type SecurableTable, type SecurableTag } from "../../governance/securable.ts";
import { isWhole, showsColumn, type TableAccess } from "../../governance/table-access.ts";
import { askingsKnown, isPassedOnIn, mayAskAbout } from "../../governance/what-is-missing.ts";
import { waysOf, type Way } from "../../governance/ways.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import {
  findPrincipal,
  parsePrincipalName,
  principalLabel,
  principalMissingCodes,
} from "../../identity/principal-name.ts";
import { listProducts } from "../../sharing/product-store.ts";
import { count, list, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { ofTable } from "../failures.ts";
import { knownTo, knowsPeople } from "../known-to.ts";
import { operation } from "../operation.ts";
import { nameInLists, ownAccountName } from "../scope.ts";
import { securableProduct } from "../sharing/products/find-product.ts";
import { offeredGrants } from "./earlier-rules.ts";
import { databaseLabel, resourceNames } from "./granted-on.ts";
import { presentedWay, presentWay } from "./present-way.ts";

const reached = z
  .strictObject({
    resource: z.string(),
    kind: z.enum(["account", "database", "source", "product", "table"]),
    account: z.string().nullable().describe("The account in which they must act; null if it does not matter."),
    actions: list(z.enum(explainedActions)),
    reads: z
      .enum(["whole", "part", "nothing"])
      .describe("For a table: whether its rows can be read, all of them as they are."),
    columns: texts.nullable().describe("For a part of a table: the columns of which something can be read."),
    ways: list(presentedWay).describe("The grants that give it."),
  })
  .meta({ title: "Reached" });

const reachAnswer = z.strictObject({
  principal: z.string(),
  everything: z.boolean().describe("Whether the principal owns the data directory and may do everything."),
  reached: list(reached),
});

type Reached = z.infer<typeof reached>;

export const accessOf = operation({
  name: "access.of",
  summary:
    "List everything that somebody may reach in what the caller administers, or passes on in their account, why, and until when",
  action: "administer",
  seesViews: true,
  changes: false,
  input: z.strictObject({
    principal: z
      .string()
      .describe("A user by name, or group:<name>, role:<name>, key:<name>, account:<name>, unit:<path>."),
  }),
  output: reachAnswer,
  errors: principalMissingCodes,
  resources: () => [visible],
  async run(context, { principal: name }, { asking }) {
    const { id } = await findPrincipal(context.db, parsePrincipalName(name));
    const principal = asking.policy.principals.get(id);
    if (principal === undefined) throw new HeadgateError("USER_NOT_FOUND", { place: name });
    const shows = { caller: asking, showsFacts: knowsPeople(asking) };
    const found: Reached[] = [];
    const theirs = askingsAs(asking.policy, principal, asking.now);
    for (const one of theirs) {
      const mayAsk = (resource: Contained) => mayAskAbout(asking, resource);
      const isReceived = (resource: Contained) =>
        !mayAskAbout(asking, resource) && askingsKnown(asking, [one], resource).length > 0;
      found.push(
        ...(await listReach(context, one, { ...shows, mayAsk, showsRows: true })),
        ...(await listReach(context, one, { ...shows, mayAsk: isReceived, showsRows: false, isOfReceived: true })),
      );
    }
    return { principal: principalLabel(principal), everything: false, reached: inAnyAccount(found, theirs.length) };
  },
});

/** Says once whatever is the same in every account that somebody can act in. */
function inAnyAccount(found: readonly Reached[], accounts: number): readonly Reached[] {
  const alike = Map.groupBy(found, (one) => JSON.stringify({ ...one, account: null }));
  return [...alike.values()].flatMap((same) =>
    same.length === accounts ? same.slice(0, 1).map((one) => ({ ...one, account: null })) : same,
  );
}

export const accessMine = operation({
  name: "access.mine",
  summary: "List everything that the caller may reach, why, and until when",
  action: "watch",
  seesViews: true,
  input: z.strictObject({}),
  output: reachAnswer,
  errors: [],
  resources: () => [visible],
  async run(context, _input, { asking, principal }) {
    const { name } = principal;
    if (ownsDirectory(asking)) return { principal: name, everything: true, reached: [] };
    const shows = { caller: asking, mayAsk: () => true, showsRows: false, showsFacts: true };
    const found = await listReach(context, asking, shows);
    const accounts = accountsFor(asking.policy, principal.id, asking.now);
    return { principal: name, everything: false, reached: inAnyAccount(found, Math.max(1, accounts.length)) };
  },
});

function ownsDirectory(asking: Asking): boolean {
  return decideFor(asking, "administer", { kind: "machine" }).allowed;
}

interface Listing {
  /** Names are written as this person would write them. */
  readonly caller: Asking;
  mayAsk(resource: Contained): boolean;
  readonly showsRows: boolean;
  readonly showsFacts: boolean;
  /** Whether only what was passed on in the caller's account is told, of columns that the caller may know. */
  readonly isOfReceived?: boolean;
}

interface Thing {
  readonly resource: Exclude<Contained, SecurableTag | { readonly kind: "tables" }>;
  readonly label: string;
  readonly entry: TableEntry | undefined;
}

async function listReach(
  context: Context,
  asking: Asking,
  { caller, mayAsk, isOfReceived = false, ...shows }: Listing,
): Promise<readonly Reached[]> {
  const things = (await thingsIn(context, knownScope(asking, "watch"), caller)).filter(({ resource }) =>
    mayAsk(resource),
  );
  const byResource = new Map(things.map((thing) => [thing.resource, thing]));
  const reaches = reachOf(asking, byResource.keys());
  const grants = reaches.flatMap(({ decisions }) => [...decisions.values()].flatMap((decision) => decision.grants));
  const nameOf = await resourceNames(
    context,
    caller,
    grants.map(({ on }) => on),
  );
  return Promise.all(
    reaches.map((reach) => {
      const thing = byResource.get(reach.resource);
      return presentReach(context, {
        asking,
        reach,
        nameOf,
        ...shows,
        receiver: isOfReceived ? caller : undefined,
        label: thing?.label ?? "",
        entry: thing?.entry,
      });
    }),
  );
}

/** Accounts, databases, sources, products and tables, in this order: all products and tables that lie in the scope, and perhaps more. */
async function thingsIn({ db, catalog }: Context, scope: KnownScope, asking: Asking): Promise<readonly Thing[]> {
  const isOfAccounts = scope.all || scope.accounts.length > 0;
  const isInScope = isOfAccounts ? sql<boolean>`true` : sql<boolean>`products.id = any(${scope.products}::uuid[])`;
  const [databases, sources, products, entries] = await Promise.all([
    db.selectFrom("databases").select(["id", "name", "account_id as accountId"]).orderBy("name").execute(),
    db.selectFrom("sources").select(["id", "name", "account_id as accountId"]).orderBy("name").execute(),
    listProducts(db, isInScope),
    isOfAccounts ? catalog.entries() : catalog.entriesOf([...scope.databases, ...scope.things]),
  ]);
  const accounts = [...asking.policy.accounts.values()].map(({ id, name }) => ({ kind: "account", id, name }) as const);
  return [
    ...accounts.map(({ kind, id, name }) => ({ resource: { kind, id }, label: `account ${name}`, entry: undefined })),
    ...databases.map(({ id, name, accountId }): Thing => ({
      resource: { kind: "database", id, accountId },
      label: databaseLabel("database", { name, accountId }, asking),
      entry: undefined,
    })),
    ...sources.map(({ id, name, accountId }): Thing => ({
      resource: { kind: "source", id, accountId },
      label: `source ${nameInLists(asking, { name, accountId })}`,
      entry: undefined,
    })),
    ...products.map((product): Thing => ({
      resource: securableProduct(product),
      label: `product ${nameInLists(asking, product)}`,
      entry: undefined,
    })),
    ...entries.map((entry): Thing => ({ resource: securableTable(entry), label: tableLabel(entry), entry })),
  ];
}

interface ReachParts {
  readonly asking: Asking;
  readonly reach: Reach<Thing["resource"]>;
  readonly nameOf: Awaited<ReturnType<typeof resourceNames>>;
  readonly showsRows: boolean;
  readonly showsFacts: boolean;
  /** Set for somebody who only passes it on. */
  readonly receiver: Asking | undefined;
  readonly label: string;
  readonly entry: TableEntry | undefined;
}

async function presentReach({ catalog }: Context, parts: ReachParts): Promise<Reached> {
  const { reach, label, entry, receiver, ...names } = parts;
  const access = reach.decisions.get("read")?.access;
  const isPart = entry !== undefined && access !== undefined && (!isWhole(access) || receiver !== undefined);
  const table = isPart ? await catalog.load(entry) : undefined;
  const ways = uniqueWays(
    [...reach.decisions.values()].flatMap((decision) => waysOf(names.asking, reach.resource, decision)),
  ).filter(({ grant }) => receiver === undefined || isPassedOnIn(receiver, grant));
  const known = table === undefined || receiver === undefined ? undefined : knownTo(receiver)(table).isColumn;
  return {
    resource: label,
    kind: reach.resource.kind,
    account: ownAccountName(names.asking) ?? null,
    actions: [...reach.decisions.keys()],
    reads: access === undefined || entry === undefined ? "nothing" : isPart ? "part" : "whole",
    columns: table === undefined || access === undefined ? null : columnsShown(table, access, known),
    ways: ways.map((way) => presentWay(way, { ...names, resource: reach.resource, table })),
  };
}

function uniqueWays(ways: readonly Way[]): readonly Way[] {
  return [...new Map(ways.map((way) => [way.grant.id, way])).values()];
}

function columnsShown(
  { metadata }: CatalogTable,
  access: TableAccess,
  isKnown: (fieldId: number) => boolean = () => true,
): readonly string[] {
  const { fields } = currentSchema(metadata);
  return fields.filter(({ id }) => showsColumn(access, id) && isKnown(id)).map(({ name }) => name);
}

export const accessTo = operation({
  name: "access.to",
  summary: "List everybody who may read a table: which columns, which rows, why, and until when",
  action: "administer",
  seesViews: true,
  changes: false,
  input: z.strictObject({ table: z.string() }),
  output: z.strictObject({
    table: z.string(),
    readers: list(
      z.strictObject({
        principal: z.string().describe("A user by name, or role:<name>, key:<name>."),
        account: z.string().nullable().describe("The account in which they act; null if they act in none."),
        reads: z.enum(["whole", "part"]),
        columns: texts.describe("The columns of which something can be read."),
        hidden: texts,
        ways: list(presentedWay),
      }),
    ).describe("The owner of the data directory reads everything and is not listed."),
    earlierGrants: count.describe(
      "Grants, tags and texts of the dropped table of this name, which `grant.reattach` can make again and has not yet.",
    ),
  }),
  errors: ofTable,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, { table: name }, { asking }) {
    const table = await context.catalog.find(name);
    const nameOf = await resourceNames(context, asking);
    const { fields } = currentSchema(table.metadata);
    const resource = securableTable(table);
    const readers = readersOf(asking.policy, resource, asking.now).map((reader) => ({
      principal: principalLabel(reader.principal),
      account: ownAccountName(reader.asking) ?? null,
      reads: isWhole(reader.decision.access) ? ("whole" as const) : ("part" as const),
      columns: columnsShown(table, reader.decision.access),
      hidden: fields.filter(({ id }) => !showsColumn(reader.decision.access, id)).map((field) => field.name),
      ways: readingWays(reader, resource).map((way) =>
        presentWay(way, {
          asking: reader.asking,
          nameOf,
          resource,
          table,
          showsRows: true,
          showsFacts: knowsPeople(asking),
        }),
      ),
    }));
    return {
      table: tableLabel(table),
      readers: readers.toSorted((one, other) => one.principal.localeCompare(other.principal)),
      earlierGrants: await offeredGrants(context, asking, table),
    };
  },
});

function readingWays(
  { asking, decision }: ReturnType<typeof readersOf>[number],
  table: SecurableTable,
): readonly Way[] {
  return waysOf(asking, table, decision).filter(({ part }) => part !== undefined);
}
