/**
 * A table's shape: its columns as they were loaded, as JSON text. Two equal shapes mean that staged files and lake schema of
 * one fit the other; a different shape means the schema moved.
 */
import { formatJson } from "../base/json.ts";
import type { SourceTable } from "./source.ts";

export function tableShape(table: SourceTable): string {
  return formatJson(
    table.columns.map(({ identity, name, sourceType, lakeType, nullable }) => ({
      identity,
      name,
      sourceType,
      lakeType,
      nullable,
    })),
  );
}

/** The column as it was when the shape was taken. */
export interface ShapeColumn {
  readonly identity: string;
  readonly name: string;
  readonly sourceType: string;
  readonly lakeType: string;
  readonly nullable: boolean;
}

export function shapeColumns(shape: string): readonly ShapeColumn[] {
  return JSON.parse(shape) as ShapeColumn[];
}
