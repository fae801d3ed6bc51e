/**
 * A table's shape as JSON text: its columns as they were loaded, and its incarnation. If two shapes are equal, staged
 * files, positions and digests of one are valid for the other. If columns differ, the schema has changed; if only the
 * incarnation differs, the table has to be compared and its schema stays.
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

/** The column at the time the shape was taken. */
export interface ShapeColumn {
  readonly identity: string;
  readonly name: string;
  readonly sourceType: string;
  readonly lakeType: string;
  readonly nullable: boolean;
}

/** Shapes from before tables had an incarnation are plain lists of columns. */
export function shapeColumns(shape: string): readonly ShapeColumn[] {
  const parsed = JSON.parse(shape) as readonly ShapeColumn[] | { readonly columns: readonly ShapeColumn[] };
  return "columns" in parsed ? parsed.columns : parsed;
}

/** Undefined if the table had none, or if the shape is from before tables had one. */
export function shapeIncarnation(shape: string): string | undefined {
  const parsed = JSON.parse(shape) as { readonly incarnation?: string };
  return parsed.incarnation;
}
