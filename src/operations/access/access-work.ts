/**
 * The transaction in which a set of grants, or the people and rights of headgate.yaml, are changed together.
 * Invariants: it holds the lock of the policy, so that nothing that it decides by changes meanwhile. All its reads of
 * the metadata database go through the transaction, so that many of them never wait for each other's connections.
 */
import type { Kysely } from "kysely";
import type { Catalog, TableEntry } from "../../catalog/catalog.ts";
import { parseName, pickTable } from "../../catalog/table-name.ts";
import { lockPolicy } from "../../db/policy-change.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { askingOf, type Asking } from "../../governance/asking.ts";
import { decideFor, type Action } from "../../governance/decide.ts";
import type { Policy } from "../../governance/policy.ts";
import { policyWithin } from "../../governance/policy-store.ts";
import type { Securable } from "../../governance/securable.ts";
import { isOfProvider } from "../../identity/origins.ts";
import { authorOf } from "../../identity/principal.ts";
import type { Context } from "../context.ts";
import { mayKnow } from "../locate.ts";
import { knowsAll } from "../scope.ts";

export interface AccessWork {
  readonly transaction: Kysely<Tables>;
  /** The tables as they were before; names mean only those that the caller may know. */
  readonly lookup: Pick<Context, "db" | "catalog">;
  /** The policy before the transaction, from which its own changes are read: all of them have one later epoch. */
  readonly before: Policy;
  /** The caller, under the policy as the transaction sees it. */
  readonly asking: Asking;
  /** Written to everything that is made, and what is changed or ended must have it. */
  readonly origin: string;
  /** The caller in the rows of what is made and ended. */
  readonly by: string | null;
}

export interface AccessParts {
  readonly context: Pick<Context, "catalog">;
  readonly asking: Asking;
  readonly origin: string;
  /** All tables, read before the transaction began. */
  readonly entries: readonly TableEntry[];
}

export async function beginAccess(
  transaction: Kysely<Tables>,
  { context: { catalog }, asking, origin, entries }: AccessParts,
): Promise<AccessWork> {
  await lockPolicy(transaction);
  const by = authorOf(asking.principal);
  const lookup = { db: transaction, catalog: fixedCatalog(transaction, { catalog, asking, entries }) };
  return withChanges({ transaction, lookup, before: asking.policy, asking, origin, by });
}

interface FixedCatalog extends Pick<AccessParts, "asking" | "entries"> {
  readonly catalog: Catalog;
}

function fixedCatalog(transaction: Kysely<Tables>, { catalog, asking, entries }: FixedCatalog): Catalog {
  const visible = knowsAll(asking) ? entries : entries.filter((entry) => mayKnow(asking, entry));
  const findEntry = async (name: string): Promise<TableEntry> => pickTable(parseName(name), visible);
  return {
    ...catalog,
    entries: async () => entries,
    findEntry,
    find: async (name: string) => catalog.load(await findEntry(name)),
    everything: (within = transaction) => catalog.everything(within),
  };
}

/** After views were made or dropped: the same with the tables and views that there now are. */
export async function withEntries(work: AccessWork): Promise<AccessWork> {
  const { transaction, asking, lookup } = work;
  const catalog = lookup.catalog.everything(transaction);
  const entries = await catalog.entries();
  return { ...work, lookup: { db: transaction, catalog: fixedCatalog(transaction, { catalog, asking, entries }) } };
}

/** After a change: the same with the policy that now holds. */
export async function withChanges(work: AccessWork): Promise<AccessWork> {
  const policy = await policyWithin(work.transaction, work.before);
  return { ...work, asking: askingOf(policy, work.asking.principal, Date.now()) };
}

/** Throws NOT_ALLOWED. */
export function checkAdministers(work: Pick<AccessWork, "asking">, place: Securable): void {
  checkMay(work, "administer", place);
}

/** Throws NOT_ALLOWED. */
export function checkMay({ asking }: Pick<AccessWork, "asking">, action: Action, place: Securable): void {
  const decision = decideFor(asking, action, place);
  if (!decision.allowed) throw new HeadgateError(decision.code, { message: decision.because });
}

/** For something that exists already, and that this declaration did not make. */
export function ofAnother(label: string, origin: string | null): HeadgateError {
  const maker = origin === null ? "a command or the API" : isOfProvider(origin) ? "an identity provider" : origin;
  return new HeadgateError("DECLARATION_INVALID", {
    message: `${label} was made by ${maker}, and a declaration changes only what a declaration has made`,
    remedy: "leave it out of the file, or remove it first so that the file can make it",
  });
}
