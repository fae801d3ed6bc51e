/**
 * The runs that somebody may know of: those of sources that they may watch, and the others of accounts that they may
 * watch. A run that concerns the whole lake is known to those who may watch the lake.
 */
import { sql, type Kysely, type RawBuilder, type Selectable } from "kysely";
import type { RunRow, Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import type { Asking } from "../governance/asking.ts";
import { decideFor } from "../governance/decide.ts";
import type { Securable } from "../governance/securable.ts";
import { knowsAll, ownAccountOf, type Located } from "./scope.ts";

/** A condition on rows of `runs`. */
export async function knownRuns(db: Kysely<Tables>, asking: Asking): Promise<RawBuilder<boolean>> {
  const mayWatch = (resource: Securable): boolean => decideFor(asking, "watch", resource).allowed;
  const ofLake = mayWatch({ kind: "lake" });
  if (ofLake && knowsAll(asking)) return sql<boolean>`true`;
  const accounts = [...asking.policy.accounts.keys()].filter((id) => mayWatch({ kind: "account", id }));
  const all = await db.selectFrom("sources").select(["id", "account_id as accountId"]).execute();
  const sources = all.filter((source) => mayWatch({ kind: "source", ...source })).map(({ id }) => id);
  return sql<boolean>`(runs.account_id = any(${accounts}::uuid[]) or runs.source_id = any(${sources}::uuid[])
    or (${ofLake} and runs.account_id is null))`;
}

/** A condition for the latest run: one of the account that somebody acts in, or of the whole lake. */
export function ofOwnAccount({ accountId }: Asking): RawBuilder<boolean> {
  return sql<boolean>`(runs.account_id = ${accountId ?? null}::uuid or runs.account_id is null)`;
}

/**
 * For whoever may watch their account, a run that is named by the beginning of its id, or as the latest, is one of those
 * that they may know of. Others name a run by its whole id.
 */
export async function locateRun(db: Kysely<Tables>, asking: Asking, name: string): Promise<Located> {
  const own = ownAccountOf(asking);
  const isTold = decideFor(asking, "watch", own).allowed;
  const run = isTold || isUuid(name) ? await findKnown(db, asking, name) : undefined;
  if (run !== undefined) return { securable: securableRun(run) };
  return { securable: own, unknown: isTold ? new HeadgateError("RUN_NOT_FOUND", { place: name }) : undefined };
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}

type KnownRun = Pick<Selectable<RunRow>, "source_id" | "account_id">;

/** A run is decided about as its source, or as the account or the lake that it concerns. */
export function securableRun({ source_id: id, account_id: accountId }: KnownRun): Securable {
  if (accountId === null) return { kind: "lake" };
  return id === null ? { kind: "account", id: accountId } : { kind: "source", id, accountId };
}

/** Undefined also if several are meant: the work itself says so. */
async function findKnown(db: Kysely<Tables>, asking: Asking, name: string): Promise<KnownRun | undefined> {
  const beginning = name.toLowerCase();
  if (name !== "latest" && !/^[0-9a-f-]{4,36}$/.test(beginning)) return undefined;
  const [found, other] = await db
    .selectFrom("runs")
    .select(["source_id", "account_id"])
    .where(await knownRuns(db, asking))
    .$if(name === "latest", (query) => query.where(ofOwnAccount(asking)))
    .$if(name !== "latest", (query) => query.where(sql<boolean>`id::text like ${`${beginning}%`}`))
    .orderBy("started_at", "desc")
    .limit(2)
    .execute();
  return name !== "latest" && other !== undefined ? undefined : found;
}
