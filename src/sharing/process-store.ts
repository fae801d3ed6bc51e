/**
 * The versions of processes: of the lake, and of accounts.
 * Invariant: a version is only ever added and ended, so a request finds the one that it began with.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { Tables } from "../db/tables.ts";
import type { Process, Processes } from "./process.ts";

export interface StoredProcess {
  readonly id: string;
  /** Undefined for the process of the lake. */
  readonly accountId: string | undefined;
  readonly version: number;
  readonly process: Process;
  readonly origin: string | undefined;
  readonly madeAt: Date;
  readonly madeBy: string | undefined;
  readonly endedAt: Date | undefined;
}

interface Asked {
  /** Also versions that another one has replaced. */
  readonly withEnded?: boolean;
}

/** The process of the lake first, newest versions first. */
export async function listProcesses(
  db: Kysely<Tables>,
  { withEnded = false }: Asked = {},
): Promise<readonly StoredProcess[]> {
  const rows = await db
    .selectFrom("share_processes")
    .selectAll()
    .$if(!withEnded, (query) => query.where("ended_at", "is", null))
    .orderBy(sql`account_id nulls first`)
    .orderBy("version", "desc")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    accountId: row.account_id ?? undefined,
    version: row.version,
    process: row.definition as Process,
    origin: row.origin ?? undefined,
    madeAt: row.made_at,
    madeBy: row.made_by ?? undefined,
    endedAt: row.ended_at ?? undefined,
  }));
}

/**
 * Whether a rule names one of these tags, in a process that decides now or in one that an open request has kept. Rules have
 * the names of tags, so one that is renamed would no longer be meant.
 */
export async function isNamedInProcess(
  db: Kysely<Tables>,
  { key, value }: { readonly key: string; readonly value: string | undefined },
): Promise<boolean> {
  const all = await listProcesses(db, { withEnded: true });
  const open = await db.selectFrom("share_requests").select("process_ids").where("state", "=", "pending").execute();
  const kept = new Set(open.flatMap(({ process_ids }) => process_ids));
  const isMeant = (tag: string): boolean =>
    value === undefined ? tag.startsWith(`${key}=`) : tag === `${key}=${value}`;
  return all.some(
    ({ id, endedAt, process }) =>
      (endedAt === undefined || kept.has(id)) && process.rules.some(({ when }) => when.tags?.some(isMeant) === true),
  );
}

export interface ChosenProcesses extends Processes {
  readonly ids: readonly string[];
}

/** The processes that decide now on what this account has. */
export async function processesFor(db: Kysely<Tables>, accountId: string): Promise<ChosenProcesses> {
  return chosen(await listProcesses(db), accountId);
}

/** The versions that a request has kept. */
export async function keptProcesses(
  db: Kysely<Tables>,
  { ids, accountId }: { readonly ids: readonly string[]; readonly accountId: string },
): Promise<ChosenProcesses> {
  const all = await listProcesses(db, { withEnded: true });
  return chosen(
    all.filter(({ id }) => ids.includes(id)),
    accountId,
  );
}

function chosen(processes: readonly StoredProcess[], accountId: string): ChosenProcesses {
  const ofLake = processes.find((one) => one.accountId === undefined);
  const ofAccount = processes.find((one) => one.accountId === accountId);
  const ids = [ofLake, ofAccount].flatMap((one) => (one === undefined ? [] : [one.id]));
  return { ofLake: ofLake?.process, ofAccount: ofAccount?.process, ids };
}

export interface NewProcess {
  /** Undefined for the process of the lake. */
  readonly accountId: string | undefined;
  /** Undefined to end it without another one. */
  readonly process: Process | undefined;
  readonly by: string | null;
  readonly origin: string | null;
}

export interface ProcessChange {
  readonly version: number | undefined;
  readonly isChanged: boolean;
}

/** The caller holds the lock of the policy. One that says the same as the version before is no new version. */
export async function putProcess(transaction: Kysely<Tables>, put: NewProcess): Promise<ProcessChange> {
  const { accountId, process, by, origin } = put;
  const versions = (await listProcesses(transaction, { withEnded: true })).filter((one) => one.accountId === accountId);
  const open = versions.find(({ endedAt }) => endedAt === undefined);
  if (process !== undefined && open !== undefined && isSame(open.process, process))
    return { version: open.version, isChanged: false };
  const isOpen = sql<boolean>`account_id is not distinct from ${accountId ?? null}::uuid and ended_at is null`;
  await transaction
    .updateTable("share_processes")
    .set({ ended_at: sql<Date>`clock_timestamp()` })
    .where(isOpen)
    .execute();
  if (process === undefined) return { version: undefined, isChanged: open !== undefined };
  const version = (versions[0]?.version ?? 0) + 1;
  const row = { id: uuidv7(), account_id: accountId ?? null, version, made_by: by, origin };
  await transaction
    .insertInto("share_processes")
    .values({ ...row, definition: JSON.stringify(process) })
    .execute();
  return { version, isChanged: true };
}

/** PostgreSQL orders the members of JSON objects in its own way. */
function isSame(one: Process, other: Process): boolean {
  return canonical(one) === canonical(JSON.parse(JSON.stringify(other)));
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([first], [second]) => (first < second ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}
