/** The shape of the values of CSV columns, merged over some files, so that each column gets a type that holds them. */
import type { Engine, EngineRow } from "../../engine/engine.ts";
import { quoteName } from "../../engine/duckdb-type.ts";
import type { typeOfEngine } from "../../ingest/import/found-type.ts";
import { emptyShape, mergedShape, typeOfShape, type Shape } from "../../ingest/import/shape.ts";
import { shapeOfRow, shapeWidth, textShapeSql } from "../../ingest/import/text-type.ts";
import { isPrimitive } from "../../iceberg/type.ts";
import { fileInvalid } from "./file-invalid.ts";
import type { LookedAt } from "./looked-at.ts";

/** By column. */
export type ColumnShapes = Map<string, Shape>;

export interface SampledRows {
  readonly looked: LookedAt;
  /** A relation that has the columns as `f<first>` and so on. */
  readonly relation: string;
  readonly first: number;
  readonly columns: readonly { readonly name: string }[];
}

/** Rows that are looked at in each file. */
const sampleRows = 50_000;

/** Throws SOURCE_FILE_INVALID if the rows at the beginning of the file cannot be read. */
export async function addShapes(
  shapes: ColumnShapes,
  engine: Engine,
  { looked, relation, first, columns }: SampledRows,
): Promise<void> {
  const fields = columns.map((_column, index) => quoteName(`f${index + first}`));
  const kinds = fields.flatMap((field) => textShapeSql(field)).join(", ");
  const sample = `select ${fields.join(", ")} from ${relation} limit ${sampleRows}`;
  const [row = []] = await sampleOf(engine, looked, `select ${kinds} from (${sample}) sample`);
  columns.forEach(({ name }, index) => {
    const found = shapeOfRow(row.slice(index * shapeWidth, (index + 1) * shapeWidth));
    shapes.set(name, mergedShape(shapes.get(name) ?? emptyShape(), found));
  });
}

export function typesOfShapes(shapes: ColumnShapes): Map<string, string> {
  return new Map([...shapes].map(([name, shape]) => [name, typeText(typeOfShape(shape))]));
}

/** DMS writes no nested values, and a column without values is text until somebody says otherwise. */
export function typeText(type: ReturnType<typeof typeOfEngine>): string {
  if (!isPrimitive(type) || type === "unknown") return "string";
  return type === "timestamp_ns" ? "timestamp" : type;
}

async function sampleOf(engine: Engine, { path, file }: LookedAt, statement: string): Promise<readonly EngineRow[]> {
  try {
    return (await engine.run(statement)).rows;
  } catch (failure) {
    throw fileInvalid(failure, new Map([[path, file.path]]));
  }
}
