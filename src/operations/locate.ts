/**
 * Finds the things that an operation's input names, so that decide() can be asked about them by id. Names are read in
 * the account that the caller acts in; one that stands for nothing is decided about like a thing of that account.
 * Invariant: somebody who may not know that a thing exists gets the same answer as if it did not.
 */
import { codeOf } from "../base/thrown.ts";
import type { Catalog, TableEntry } from "../catalog/catalog.ts";
import { parseName, pickTable, tableNotFound } from "../catalog/table-name.ts";
import { decideFor } from "../governance/decide.ts";
import { isOwner, type Asking } from "../governance/asking.ts";
import type { Resource } from "../governance/resource.ts";
import { securableTable, type Securable } from "../governance/securable.ts";
import { locatePrincipal } from "./locate-principal.ts";
import { locateRun } from "./known-runs.ts";
import { knowsAll, ownAccountOf, type Located } from "./scope.ts";

type Lookup = Pick<Catalog, "db" | "entries">;

const nothing = "00000000-0000-0000-0000-000000000000";
const wholeLake: Securable = { kind: "lake" };

export function locateAll(
  catalog: Lookup,
  asking: Asking,
  resources: readonly Resource[],
): Promise<readonly Located[]> {
  if (isOwner(asking)) return Promise.resolve(resources.map(() => ({ securable: wholeLake })));
  return Promise.all(resources.map((resource) => locate(catalog, asking, resource)));
}

async function locate(catalog: Lookup, asking: Asking, resource: Resource): Promise<Located> {
  if ("name" in resource && resource.name.includes("\0")) return { securable: ownAccountOf(asking) };
  switch (resource.kind) {
    case "lake":
    case "machine":
    case "visible":
    case "provisioned":
      return { securable: resource };
    case "organisation":
    case "unit":
      return { securable: wholeLake };
    case "own account":
      return { securable: ownAccountOf(asking) };
    case "user":
    case "key":
    case "group":
    case "role":
      return locatePrincipal(catalog.db, asking, resource);
    case "account":
      return { securable: accountNamed(asking, resource.name) };
    case "table":
      return locateTable(catalog, asking, resource.name);
    case "database":
    case "source":
      return { securable: await ownThing(catalog, asking, { kind: resource.kind, name: resource.name }) };
    case "run":
      return locateRun(catalog.db, asking, resource.name);
    case "schedule":
      return { securable: await sourceOfSchedule(catalog, asking, resource.name) };
  }
}

async function locateTable(catalog: Lookup, asking: Asking, name: string): Promise<Located> {
  const parts = partsOf(name);
  if (parts === undefined) return { securable: ownAccountOf(asking) };
  const entries = await catalog.entries();
  const visible = entries.filter((entry) => mayKnow(asking, entry));
  const unknown = knowsAll(asking) ? undefined : tableNotFound(parts, visible);
  try {
    return { securable: securableTable(pickTable(parts, visible)) };
  } catch (failure) {
    if (codeOf(failure) === "TABLE_AMBIGUOUS") throw failure;
    const [account = ""] = parts;
    return { securable: parts.length > 2 ? accountNamed(asking, account) : ownAccountOf(asking), unknown };
  }
}

/** Undefined for a text that names no table, which only those who may perform the operation are told. */
function partsOf(name: string): readonly string[] | undefined {
  try {
    return parseName(name);
  } catch {
    return undefined;
  }
}

/** Whether somebody may know that a table exists, or at least find it in the search. */
export function mayKnow(asking: Asking, entry: TableEntry, action: "watch" | "browse" = "watch"): boolean {
  return decideFor(asking, action, securableTable(entry)).allowed;
}

async function ownThing(
  { db }: Lookup,
  { accountId = nothing }: Asking,
  { kind, name }: { readonly kind: "database" | "source"; readonly name: string },
): Promise<Securable> {
  const found = await db
    .selectFrom(kind === "database" ? "databases" : "sources")
    .select("id")
    .where("name", "=", name)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return { kind, id: found?.id ?? nothing, accountId };
}

/** An account that does not exist is decided about like one in which nobody has a right. */
function accountNamed({ policy }: Asking, name: string): Securable {
  const found = [...policy.accounts.values()].find((account) => account.name === name);
  return { kind: "account", id: found?.id ?? nothing };
}

/** A schedule is its source's; one of the whole lake is the lake's. */
async function sourceOfSchedule({ db }: Lookup, { accountId = nothing }: Asking, name: string): Promise<Securable> {
  const found = await db
    .selectFrom("schedules")
    .select("source_id as id")
    .where("name", "=", name)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  if (found?.id === null) return wholeLake;
  return { kind: "source", id: found?.id ?? nothing, accountId };
}
