/**
 * A table's shape, as JSON text: its columns as they were loaded, and its incarnation. Two equal shapes mean that staged files,
 * positions and digests of one hold for the other. Different columns mean that the schema moved; another incarnation alone means
 * that the table has to be compared, and changes no schema.
 */
import { formatJson } from "../../base/json.ts";
import type { SourceTable } from "../source.ts";

export function tableShape({ columns, incarnation }: SourceTable): string {
  return formatJson({
    columns: columns.map(({ identity, name, sourceType, lakeType, nullable }) => ({
      identity,
      name,
      sourceType,
      lakeType,
      nullable,
    })),
    incarnation,
  });
}

/** The column as it was when the shape was taken. */
export interface ShapeColumn {
  readonly identity: string;
  readonly name: string;
  readonly sourceType: string;
  readonly lakeType: string;
  readonly nullable: boolean;
}

/** Shapes that were taken before tables had an incarnation are lists of columns. */
export function shapeColumns(shape: string): readonly ShapeColumn[] {
  const parsed = JSON.parse(shape) as readonly ShapeColumn[] | { readonly columns: readonly ShapeColumn[] };
  return "columns" in parsed ? parsed.columns : parsed;
}
