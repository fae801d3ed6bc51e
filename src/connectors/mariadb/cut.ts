/**
 * One consistent state of the server: snapshots on one or more connections, with each read given to a free one.
 * Invariant: no statement here blocks a writer. Only rows in InnoDB are guaranteed to be from one moment.
 */
import { HeadgateError } from "../../errors.ts";
import type { Cut, SourceTable } from "../../sync/source.ts";
import { openCleanup } from "../../base/cleanup.ts";
import type { MariadbConnection } from "./connection.ts";
import { objectFacts } from "./dictionary.ts";
import { hasDuplicates } from "./duplicates.ts";
import { fingerprintOf, partSums } from "./fingerprint.ts";
import { displayTable } from "./identifiers.ts";
import { isIncarnation, isSteady } from "./incarnation.ts";
import { formatRange, rangePredicate, spanRange } from "./key-range.ts";
import { formatPosition, provesNothingWritten } from "./position.ts";
import { readSpans } from "./read-spans.ts";
import { readTable } from "./read-table.ts";
import { digests, keyExtent, shareRanges } from "./range-digests.ts";
import { openSnapshots, severalServers } from "./snapshots.ts";
import { keySpans, splitTable } from "./split.ts";
import { readWhereabouts } from "./whereabouts.ts";

export interface CutParts {
  readonly readers: number;
  /** The connection that described the tables. */
  readonly dictionary: MariadbConnection;
  connect(): Promise<MariadbConnection>;
}

export async function openCut({ readers, dictionary, connect }: CutParts): Promise<Cut> {
  const cleanup = openCleanup();
  try {
    const control = cleanup.use(await connect());
    const first = cleanup.use(await connect());
    const others: MariadbConnection[] = [];
    while (others.length < readers - 1) others.push(cleanup.use(await connect()));
    const snapshots = await openSnapshots([first, ...others]);
    const position = formatPosition(snapshots.position);
    const isDescribedHere = (await readWhereabouts(dictionary)).identity === snapshots.position.identity;
    const cautions = [
      snapshots.caution ?? (isDescribedHere ? undefined : severalServers),
      await unsafeTables(control),
    ].filter((caution) => caution !== undefined);
    const lend = lender(snapshots.readers);
    const whole = <T>(table: SourceTable, work: (connection: MariadbConnection) => Promise<T>): Promise<T> =>
      lend(async (connection) => {
        const result = await work(connection);
        if (isDescribedHere) await checkSame(control, table);
        return result;
      });
    const kill = async ({ threadId, isDirect }: MariadbConnection): Promise<void> => {
      // Behind a proxy, the id may belong to somebody else's connection.
      if (isDirect) await control.query(`kill query ${threadId}`).catch(() => undefined);
    };
    return {
      position,
      readers: snapshots.readers.length,
      caution: cautions.length === 0 ? undefined : cautions.join("; "),
      split: (table, bytes) => splitTable(control, { table, bytes }),
      proofGap,
      unchanged: async (table, _range, since) => isSteady(table) && provesNothingWritten(position, since),
      since: (column, value) => formatRange({ column, since: value }),
      async fingerprint(table) {
        if (!isSteady(table)) return undefined;
        const parts = (await inShares(control, table, snapshots.readers.length)).map((predicate) =>
          whole(table, (connection) => partSums(connection, table, predicate)),
        );
        return fingerprintOf(await Promise.all(parts));
      },
      hasDuplicates: (table, columns) => lend((connection) => hasDuplicates(connection, table, columns)),
      keyExtent: (table) => lend((connection) => keyExtent(connection, table)),
      digestHash: "sha1",
      digests: async (table, ranges, salt = "") => {
        const shares = shareRanges(ranges, snapshots.readers.length).map((predicate) =>
          whole(table, (connection) => digests(connection, { table, ranges, salt, predicate })),
        );
        return allOrNone(await Promise.all(shares))?.flat();
      },
      isIdle: (since) => provesNothingWritten(position, since),
      between: (column, from, to) => spanRange(column, { from, to }),
      // Rows do not show the number of the transaction that wrote them, so reads are hashed instead.
      hashed: {
        spans: (table, range, rows) => keySpans(control, { table, range, rows }),
        read: (table, spans, sink, signal) =>
          whole(table, (connection) => readSpans({ connection, table, spans, sink, signal, kill })),
      },
      read: async (table, range, sink, signal) => {
        const predicate = rangePredicate(range);
        await whole(table, (connection) => readTable({ connection, table, predicate, sink, signal, kill }));
      },
      [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await cleanup[Symbol.asyncDispose]();
    throw failure;
  }
}

/** The digest of a smaller table is computed by one reader. */
const leastShared = 100_000;

/** Predicates that divide the rows of a table among readers. */
async function inShares(
  control: MariadbConnection,
  table: SourceTable,
  readers: number,
): Promise<readonly (string | undefined)[]> {
  const { estimatedRows = 0, estimatedBytes = 0 } = table;
  if (readers === 1 || estimatedRows < leastShared) return [undefined];
  const ranges = await splitTable(control, { table, bytes: Math.max(1, Math.ceil(estimatedBytes / readers)) });
  return ranges.map(rangePredicate);
}

function allOrNone<T>(parts: readonly (T | undefined)[]): readonly T[] | undefined {
  const found = parts.filter((part) => part !== undefined);
  return found.length === parts.length ? found : undefined;
}

/** Sessions with the right to do so can keep their writes out of the log. */
const proofGap = "sessions that switch their own logging off (sql_log_bin = 0)";

/**
 * Called at the end of a read or digest of one table: its name must still mean the object that was described. From here
 * on, the transaction that read the table prevents others from giving its name to another one. Throws
 * SOURCE_TABLE_ALTERED.
 */
async function checkSame(control: MariadbConnection, table: SourceTable): Promise<void> {
  if (!isIncarnation(table, await objectFacts(control, table)))
    throw new HeadgateError("SOURCE_TABLE_ALTERED", { place: displayTable(table.name) });
}

async function unsafeTables(control: MariadbConnection): Promise<string | undefined> {
  const rows = await control.query(
    `select concat(table_schema, '.', table_name) as name from information_schema.tables
     where table_schema = database() and engine is not null and engine not in ('InnoDB', 'ROCKSDB', 'SEQUENCE') order by 1`,
  );
  if (rows.length === 0) return undefined;
  const shown = rows.slice(0, 5).map(({ name }) => name);
  const more = rows.length > shown.length ? ` and ${rows.length - shown.length} more` : "";
  return `not transactional, so read as they are at the time and not at the cut: ${shown.join(", ")}${more}`;
}

/** Lends each connection to one piece of work at a time; other work waits for its turn. */
function lender(
  connections: readonly MariadbConnection[],
): <T>(work: (connection: MariadbConnection) => Promise<T>) => Promise<T> {
  const free = [...connections];
  const waiting: ((connection: MariadbConnection) => void)[] = [];
  return async (work) => {
    const connection = free.pop() ?? (await new Promise<MariadbConnection>((resolve) => waiting.push(resolve)));
    try {
      return await work(connection);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(connection);
      else next(connection);
    }
  };
}
