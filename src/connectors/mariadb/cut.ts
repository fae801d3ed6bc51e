/**
 * One consistent state of the server: snapshots on one or more connections, reads handed to whichever is free.
 * Invariant: no statement here blocks a writer, and only InnoDB's rows are promised to be of one moment.
 */
import type { Cut, Position, SourceTable } from "../../sync/source.ts";
import { openCleanup } from "../../base/cleanup.ts";
import type { MariadbConnection } from "./connection.ts";
import { hasDuplicates } from "./duplicates.ts";
import { fingerprint } from "./fingerprint.ts";
import { formatRange, rangePredicate } from "./key-range.ts";
import { formatPosition, provesNothingWritten } from "./position.ts";
import { readTable } from "./read-table.ts";
import { digests, keyExtent } from "./range-digests.ts";
import { openSnapshots } from "./snapshots.ts";
import { splitTable } from "./split.ts";

export interface CutParts {
  readonly readers: number;
  connect(): Promise<MariadbConnection>;
}

/** Engines whose tables only change by statements of this server's log. */
const loggedEngines = new Set(["InnoDB", "MyISAM", "Aria", "ROCKSDB", "ARCHIVE", "CSV"]);

export async function openCut({ readers, connect }: CutParts): Promise<Cut> {
  const cleanup = openCleanup();
  try {
    const control = cleanup.use(await connect());
    const first = cleanup.use(await connect());
    const others: MariadbConnection[] = [];
    while (others.length < readers - 1) others.push(cleanup.use(await connect()));
    const snapshots = await openSnapshots([first, ...others]);
    const position = formatPosition(snapshots.position);
    const cautions = [snapshots.caution, await unsafeTables(control)].filter((caution) => caution !== undefined);
    const lend = lender(snapshots.readers);
    const isLogged = loggedTables(control);
    const kill = async (threadId: number): Promise<void> => {
      await control.query(`kill query ${threadId}`).catch(() => undefined);
    };
    return {
      position,
      readers: snapshots.readers.length,
      caution: cautions.length === 0 ? undefined : cautions.join("; "),
      split: (table, bytes) => splitTable(control, { table, bytes }),
      unchanged: (table, _range, since) => isUnchanged(isLogged, { table, position, since }),
      since: (column, value) => formatRange({ column, since: value }),
      fingerprint: (table) => lend((connection) => fingerprint(connection, table)),
      hasDuplicates: (table, columns) => lend((connection) => hasDuplicates(connection, table, columns)),
      keyExtent: (table) => lend((connection) => keyExtent(connection, table)),
      digests: (table, ranges) => lend((connection) => digests(connection, table, ranges)),
      between: (column, from, to) => formatRange({ column, kind: "integer", from: String(from), to: String(to) }),
      read: (table, range, sink, signal) =>
        lend((connection) => readTable({ connection, table, predicate: rangePredicate(range), sink, signal, kill })),
      [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await cleanup[Symbol.asyncDispose]();
    throw failure;
  }
}

/** Views may show other things than tables (a clock, another server), so nothing is proven about them. */
async function isUnchanged(
  isLogged: (table: SourceTable) => Promise<boolean>,
  { table, position, since }: { table: SourceTable; position: Position; since: Position },
): Promise<boolean> {
  return table.kind !== "view" && provesNothingWritten(position, since) && isLogged(table);
}

/** Asks for the engines of all tables, once and only when they are needed. */
function loggedTables(control: MariadbConnection): (table: SourceTable) => Promise<boolean> {
  let engines: Promise<ReadonlyMap<string, string>> | undefined;
  const key = (schema: string | null | undefined, name: string | null | undefined): string =>
    JSON.stringify([schema, name]);
  const ask = async (): Promise<ReadonlyMap<string, string>> => {
    const rows = await control.query(
      "select table_schema as `schema`, table_name as name, engine as engine from information_schema.tables where engine is not null",
    );
    return new Map(rows.map(({ schema, name, engine }) => [key(schema, name), engine ?? ""]));
  };
  return async ({ name: { schema, name } }) => {
    engines ??= ask();
    return loggedEngines.has((await engines).get(key(schema, name)) ?? "");
  };
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

/** Lends each connection to one piece of work at a time; the rest waits its turn. */
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
