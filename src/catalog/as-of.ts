/**
 * The state of the whole lake at one moment: which metadata each table had after the last commit up to then. All tables of one
 * answer belong to the same cut.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";

/** `first` is the oldest commit, `before-last` the state before the newest one. */
export type AsOf =
  | { readonly time: Date }
  /** The id of a sync run or of a commit. */
  | { readonly run: string }
  | { readonly named: "first" | "before-last" };

/** The sequence number of the commit that is meant. Throws SNAPSHOT_NOT_FOUND. */
export async function sequenceAsOf(db: Kysely<Tables>, asOf: AsOf): Promise<bigint> {
  const found = await matching(commitQuery(db), asOf).executeTakeFirst();
  if (found === undefined)
    throw new HeadgateError("SNAPSHOT_NOT_FOUND", { place: describe(asOf), message: "the lake has no state that old" });
  return found.sequence;
}

/** Metadata location of each table after the commit with this sequence number, by table id. */
export async function metadataAt(
  db: Kysely<Tables>,
  sequence: bigint,
): Promise<ReadonlyMap<string, { metadataLocation: string; snapshotId: bigint | null }>> {
  const { rows } = await sql<{ table_id: string; metadata_location: string; snapshot_id: bigint | null }>`
    select distinct on (t.table_id) t.table_id, t.metadata_location, t.snapshot_id
    from table_commits t join commits c on c.id = t.commit_id
    where c.sequence <= ${sequence}
    order by t.table_id, c.sequence desc`.execute(db);
  return new Map(
    rows.map((row) => [row.table_id, { metadataLocation: row.metadata_location, snapshotId: row.snapshot_id }]),
  );
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
