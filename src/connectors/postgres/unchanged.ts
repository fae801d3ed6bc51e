/**
 * Proves from row versions, without reading the rows, that a range holds the same rows as in an earlier snapshot A.
 * Every visible row was written by a transaction (its `xmin`). If all visible rows are from transactions that had ended
 * before A began (`xmin` < A.xmin), each was visible in A; if there are as many as A had, none was deleted since. Rows
 * of newer transactions that A already saw make the proof fail, which is safe; so does anything in doubt.
 */
import type { KeyRanges, RangeVersions, SourceTable } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";
import { placeOfTable } from "./identifiers.ts";
import { follows, parseSnapshot, type PostgresPosition, type Snapshot } from "./position.ts";
import { isTextHeld } from "./incarnation.ts";
import { storageOf } from "./storage.ts";
import { rangeNumber } from "./range-digests.ts";
import { relationsOf, type Range } from "./split.ts";

interface ProofParts {
  readonly table: SourceTable;
  readonly range: Range | undefined;
  readonly since: PostgresPosition;
  readonly now: PostgresPosition;
  /** Number of rows that the range had in A. */
  readonly rows: number;
}

/** Whether the table's row versions can prove that its rows are unchanged, including their text. */
export function hasRowVersions(table: SourceTable): boolean {
  return storageOf(table).hasRowVersions && isTextHeld(table);
}

/** Transaction ids wrap at 2^32 and can be compared only within half of that. */
const comparable = 2n ** 31n;

/** `ask` asks within the cut, and throws if the table was altered in the meantime. */
export async function isProvenUnchanged(
  ask: <T>(question: (connection: Queries) => Promise<T>) => Promise<T>,
  { table, range, since, now, rows }: ProofParts,
): Promise<boolean> {
  if (!hasRowVersions(table)) return false;
  const snapshots = comparableSnapshots(now, since);
  if (snapshots === undefined) return false;
  if (isProvenIdle(now, since)) return true;
  const { before: then, current } = snapshots;
  const { from, where } = relationsOf(table, range);
  const statement = `
    select count(*) filter (where xid < ${then.xmin}) as old, count(*) filter (where xid >= ${then.xmin}) as new
    from (select ${fullTransactionId(current.xmax)} as xid from ${from}${where}) versions`;
  const [counts] = await ask((connection) => connection.query(statement, [], placeOfTable(table.name)));
  return counts?.["new"] === "0" && counts["old"] === String(rows);
}

interface Snapshots {
  readonly before: Snapshot;
  readonly current: Snapshot;
}

/** Undefined if transactions of the two cannot be compared. */
function comparableSnapshots(now: PostgresPosition, since: PostgresPosition): Snapshots | undefined {
  if (!follows(now, since)) return undefined;
  const [then, current] = [parseSnapshot(since.snapshot), parseSnapshot(now.snapshot)];
  return current.xmax - then.xmin >= comparable ? undefined : { before: then, current };
}

/** True if no transaction began or ended since. */
export function isProvenIdle(now: PostgresPosition, since: PostgresPosition): boolean {
  const { before: then, current } = comparableSnapshots(now, since) ?? {};
  return then !== undefined && current?.xmax === then.xmax && isQuiet(then) && isQuiet(current);
}

interface VersionParts extends Pick<ProofParts, "table" | "since" | "now"> {
  readonly ranges: KeyRanges;
}

/** The same proof for each range of keys: a row version has the key with which it was written. */
export async function versionsByRange(
  connection: Queries,
  { table, ranges, since, now }: VersionParts,
): Promise<readonly RangeVersions[] | undefined> {
  const snapshots = comparableSnapshots(now, since);
  if (snapshots === undefined || !hasRowVersions(table)) return undefined;
  const { before: then, current } = snapshots;
  const rows = await connection.query(
    `select range, count(*) as total, count(*) filter (where xid >= ${then.xmin}) as written
     from (select ${rangeNumber(ranges)} as range, ${fullTransactionId(current.xmax)} as xid
       from ${relationsOf(table, undefined).from}) versions
     group by range`,
    [],
    placeOfTable(table.name),
  );
  return rows.map((row) => ({
    range: BigInt(row["range"] ?? 0),
    rows: Number(row["total"]),
    written: Number(row["written"]),
  }));
}

/** Whether no transaction that the snapshot does not see can still end below its upper bound. */
function isQuiet({ xmin, xmax }: Snapshot): boolean {
  return xmin === xmax;
}

/**
 * `xmin` is the lower half of the writer's 64-bit transaction id, which is the highest such id below the snapshot's
 * upper bound. Ids under 3 are permanent.
 */
function fullTransactionId(xmax: bigint): string {
  const epoch = (xmax >> 32n) << 32n;
  const low = "xmin::text::bigint";
  return `case when ${low} < 3 then 0 else ${epoch} + ${low} - case when ${low} >= ${xmax - epoch} then 4294967296 else 0 end end`;
}
