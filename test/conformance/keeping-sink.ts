/** A sink that keeps everything in its buffers, for looking at the bytes that a connector staged. For a few rows. */
import { ColumnBuffer } from "../../src/engine/column-buffer.ts";
import type { RowSink, SourceTable } from "../../src/sync/source.ts";

export function keepingSink(table: SourceTable): RowSink & { readonly inexactColumns: string[] } {
  const inexactColumns: string[] = [];
  return {
    columns: table.columns.map(({ staged }) => new ColumnBuffer(staged)),
    rowDone: () => undefined,
    full: false,
    drain: () => Promise.resolve(),
    inexact: ({ name }) => void inexactColumns.push(name),
    inexactColumns,
  };
}
