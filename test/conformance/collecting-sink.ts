/**
 * A sink that stores rows as text, for looking at what a connector read. For small tables, because it holds everything.
 */
import { isUtf8 } from "node:buffer";
import { ColumnBuffer } from "../../src/engine/column-buffer.ts";
import type { RowSink, SourceColumn, SourceTable } from "../../src/sync/source.ts";

export type Row = readonly (string | null)[];

export interface CollectingSink extends RowSink {
  /**
   * The rows so far, in reading order; bytes as UTF-8 text if they are valid, otherwise as hex; numbers in decimal,
   * 16-byte values as hex.
   */
  rows(): readonly Row[];
  readonly inexactCounts: ReadonlyMap<string, number>;
  readonly drains: number;
}

const batchRows = 500;

export function collectingSink(table: SourceTable): CollectingSink {
  const columns = table.columns.map(({ staged }) => new ColumnBuffer(staged));
  const collected: Row[] = [];
  const inexactCounts = new Map<string, number>();
  let pending = 0;
  let drains = 0;
  const flush = (): void => {
    const texts = columns.map(columnTexts);
    for (let row = 0; row < pending; row++) collected.push(texts.map((values) => values[row] ?? null));
    for (const column of columns) column.clear();
    pending = 0;
  };
  return {
    columns,
    inexactCounts,
    rowDone: () => void pending++,
    get full() {
      return pending >= batchRows;
    },
    get drains() {
      return drains;
    },
    async drain() {
      drains++;
      await new Promise((resolve) => setImmediate(resolve));
      flush();
    },
    inexact: (column: SourceColumn) => void inexactCounts.set(column.name, (inexactCounts.get(column.name) ?? 0) + 1),
    rows() {
      flush();
      return collected;
    },
  };
}

function columnTexts(column: ColumnBuffer): (string | null)[] {
  const { values, defined, rows, type } = column;
  const texts: (string | null)[] = [];
  let at = 0;
  for (let row = 0; row < rows; row++) {
    if (((defined[row >>> 3] ?? 0) & (1 << (row & 7))) === 0) {
      texts.push(null);
      continue;
    }
    const [text, size] = valueText(values, at, type.physical);
    texts.push(text);
    at += size;
  }
  if (at !== values.length) throw new Error(`${values.length - at} bytes left over after ${rows} rows`);
  return texts;
}

function valueText(values: Buffer, at: number, physical: ColumnBuffer["type"]["physical"]): [string, number] {
  switch (physical) {
    case "bytes": {
      const length = values.readUInt32LE(at);
      const bytes = values.subarray(at + 4, at + 4 + length);
      return [isUtf8(bytes) ? bytes.toString("utf8") : `0x${bytes.toString("hex")}`, 4 + length];
    }
    case "int32":
      return [String(values.readInt32LE(at)), 4];
    case "int64":
      return [String(values.readBigInt64LE(at)), 8];
    case "float":
      return [String(values.readFloatLE(at)), 4];
    case "double":
      return [String(values.readDoubleLE(at)), 8];
    case "fixed16":
      return [values.toString("hex", at, at + 16), 16];
  }
}
