/**
 * The state of the whole lake at one moment: which metadata each table had after the last commit up to then. All tables
 * of one answer belong to the same cut.
 * Invariant: a state that maintenance has forgotten (maintenance/forget-states.ts) is reported as gone and never
 * mistaken for another one.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";

/** `first` is the oldest commit; `before-last` is the state before the newest one. */
export type AsOf =
  | { readonly time: Date }
  /** The id of a sync run or of a commit. */
  | { readonly run: string }
  | { readonly named: "first" | "before-last" };

/** The sequence number of the commit that `asOf` means. Throws SNAPSHOT_NOT_FOUND. */
export async function sequenceAsOf(db: Kysely<Tables>, asOf: AsOf): Promise<bigint> {
  const found = await matching(commitQuery(db), asOf).executeTakeFirst();
  if (found === undefined)
    throw new HeadgateError("SNAPSHOT_NOT_FOUND", {
      place: describe(asOf),
      message:
        "run" in asOf
          ? "no commit has this id, and no run with this id made one; either the run changed nothing, or its state has been removed"
          : "the lake has no state that old",
    });
  return found.sequence;
}

export interface StateOfTable {
  readonly metadataLocation: string;
  /** False if maintenance has forgotten this state, or states between it and the moment. */
  readonly isKept: boolean;
}

/** The sequence number of the latest commit; 0 if there is none. */
export async function lastSequence(db: Kysely<Tables>): Promise<bigint> {
  const row = await db.selectFrom("commits").select("sequence").orderBy("sequence", "desc").limit(1).executeTakeFirst();
  return row?.sequence ?? 0n;
}

/** The state of each table after the commit with this sequence number, by table id. */
export async function metadataAt(db: Kysely<Tables>, sequence: bigint): Promise<ReadonlyMap<string, StateOfTable>> {
  const { rows } = await sql<{ id: string; metadata_location: string; expired: boolean }>`
    select tables.id, state.metadata_location, state.expired
    from tables cross join lateral (
      select metadata_location, expired from table_commits
      where table_id = tables.id and sequence <= ${sequence}
      order by sequence desc limit 1
    ) state`.execute(db);
  return new Map(rows.map((row) => [row.id, { metadataLocation: row.metadata_location, isKept: !row.expired }]));
}

/**
 * A time at which the table had the first still readable state after the moment. `snapshotIds` are the snapshots that
 * it has now. Times are queried in milliseconds, so the result is rounded up to the next one after the commit.
 */
export async function nextKeptState(
  db: Kysely<Tables>,
  { tableId, sequence, snapshotIds }: { tableId: string; sequence: bigint; snapshotIds: readonly bigint[] },
): Promise<Date | undefined> {
  const { rows } = await sql<{ from: Date }>`
    select date_trunc('milliseconds', commits.committed_at) + interval '1 millisecond' as from
    from table_commits state join commits on commits.id = state.commit_id
    where state.table_id = ${tableId} and state.sequence > ${sequence} and not state.expired
      and (state.snapshot_id is null or state.snapshot_id = any(${snapshotIds}::bigint[]))
    order by state.sequence limit 1`.execute(db);
  return rows[0]?.from;
}

type CommitQuery = ReturnType<typeof commitQuery>;

function commitQuery(db: Kysely<Tables>) {
  return db.selectFrom("commits").select("sequence");
}

function matching(commits: CommitQuery, asOf: AsOf): CommitQuery {
  if ("time" in asOf) return commits.where("committed_at", "<=", asOf.time).orderBy("sequence", "desc").limit(1);
  if ("run" in asOf) {
    return commits
      .where((is) => is.or([is("run_id", "=", asOf.run), is("id", "=", asOf.run)]))
      .orderBy("sequence", "desc")
      .limit(1);
  }
  if (asOf.named === "first") return commits.orderBy("sequence").limit(1);
  return commits.orderBy("sequence", "desc").offset(1).limit(1);
}

function describe(asOf: AsOf): string {
  if ("time" in asOf) return asOf.time.toISOString();
  return "run" in asOf ? asOf.run : asOf.named;
}
