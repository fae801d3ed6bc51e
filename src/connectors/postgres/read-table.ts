/**
 * Reads a range of a table into a sink. For an object without row versions that is read as a whole, it also returns a
 * digest, computed by the server in the same statement and therefore of exactly the rows that were read.
 */
import { HeadgateError } from "../../errors.ts";
import type { RowSink, SourceTable, SplitRange } from "../../sync/source.ts";
import type { BinaryAppender } from "./binary-appenders.ts";
import type { PostgresConnection } from "./connection.ts";
import { readCopy } from "./copy-reader.ts";
import { resolvedType } from "./dictionary.ts";
import { formatFingerprint, rowHashes, rowText } from "./fingerprint.ts";
import { placeOfTable, quoteName } from "./identifiers.ts";
import { parseRange, relationsOf } from "./split.ts";
import { handlingOf } from "./types.ts";
import { hasRowVersions } from "./unchanged.ts";

interface ReadParts {
  readonly table: SourceTable;
  readonly range: SplitRange | undefined;
  readonly sink: RowSink;
  readonly signal: AbortSignal;
}

/** Returns the digest of the rows, if there is one. */
export async function readTable(connection: PostgresConnection, parts: ReadParts): Promise<string | undefined> {
  const { table, range, sink, signal } = parts;
  const place = placeOfTable(table.name);
  if (table.columns.length === 0)
    throw new HeadgateError("SOURCE_FAILED", { place, message: "a table without columns cannot be loaded" });
  const columns = table.columns.map((column) => {
    const { select, fromBinary } = handlingOf(resolvedType(column));
    return { selected: select(quoteName(column.name)), append: fromBinary((what) => sink.inexact(column, what)) };
  });
  const list = columns.map(({ selected }) => selected).join(", ");
  const appenders = columns.map(({ append }) => append);
  if (range === undefined && !hasRowVersions(table)) {
    const sums = summingSink(sink);
    const statement = withHashes(table, list);
    await readCopy(connection, {
      statement,
      sink: sums.sink,
      appenders: [...appenders, ...sums.appenders],
      signal,
      place,
    });
    return sums.digest();
  }
  const { from, where } = relationsOf(table, parseRange(range));
  const statement = `copy (select ${list} from ${from}${where}) to stdout (format binary)`;
  await readCopy(connection, { statement, sink, appenders, signal, place });
  return undefined;
}

/** `offset 0` keeps the server from computing a column twice, once for the sink and once for the hashes. */
function withHashes(table: SourceTable, list: string): string {
  const names = table.columns.map(({ name }) => name);
  let text = "line";
  while (names.includes(text)) text += "_";
  const columns = names.map(quoteName).join(", ");
  const { from } = relationsOf(table, undefined);
  return `copy (
    select ${list}, ${rowHashes(text).join(", ")}
    from (select ${columns}, ${rowText(table)} as ${text} from (select ${columns} from ${from} offset 0) found offset 0) lines
  ) to stdout (format binary)`;
}

interface Summing {
  readonly sink: RowSink;
  readonly appenders: readonly BinaryAppender[];
  digest(): string;
}

/** Adds two columns whose values are summed and not stored; the buffers in their places are never touched. */
function summingSink(sink: RowSink): Summing {
  const sums = { rows: 0n, first: 0n, second: 0n };
  const [buffer] = sink.columns;
  return {
    sink: {
      columns: buffer === undefined ? [] : [...sink.columns, buffer, buffer],
      rowDone: () => sink.rowDone(),
      get full() {
        return sink.full;
      },
      drain: () => sink.drain(),
      inexact: (column, what) => sink.inexact(column, what),
    },
    appenders: [
      (_buffer, bytes, at) => {
        sums.rows++;
        sums.first += bytes.readBigInt64BE(at);
      },
      (_buffer, bytes, at) => void (sums.second += bytes.readBigInt64BE(at)),
    ],
    digest: () => formatFingerprint(sums),
  };
}
