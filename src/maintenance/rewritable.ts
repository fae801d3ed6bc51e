/**
 * Decides whether the engine can rewrite what it reads without changing a value. If not, maintenance leaves the files
 * as their writer made them.
 */
import { quoteText } from "../engine/duckdb-type.ts";
import type { Engine } from "../engine/engine.ts";
import { structOf, type Schema } from "../iceberg/schema.ts";
import { allFields, formatType, type NestedField, type Type } from "../iceberg/type.ts";

/** Why no file of the table can be rewritten; undefined if all of them can. */
export function whyNotRewritten(schema: Schema): string | undefined {
  const columns = new Set(schema.fields.map(({ id }) => id));
  const isPart = ({ id }: NestedField): boolean => !columns.has(id);
  const field = allFields(structOf(schema)).find(
    (one) => changesWhenWritten(one.type) || (isPart(one) && (one.type === "variant" || one.type === "unknown")),
  );
  return field && `${field.name} is ${formatType(field.type)}, which the engine cannot write as it was`;
}

/** The engine writes a geometry without its coordinate reference system, which then means OGC:CRS84. */
function changesWhenWritten(type: Type): boolean {
  if (typeof type !== "string") return false;
  const [, system = defaultSystem] = /^geometry\((.*)\)$/.exec(type) ?? [];
  return type === "timestamptz_ns" || type.startsWith("geography") || system !== defaultSystem;
}

/** The default coordinate reference system (spec: "Primitive Types"). */
const defaultSystem = "OGC:CRS84";

/**
 * Whether the files' variants survive a rewrite. In files from other writers, instants in nanoseconds and the variant
 * null do not.
 */
export async function keepsVariants(
  engine: Engine,
  { schema, paths }: { schema: Schema; paths: readonly string[] },
): Promise<boolean> {
  if (!schema.fields.some(({ type }) => type === "variant")) return true;
  const { rows } = await engine.run(
    `select bool_and(created_by like 'DuckDB%') from parquet_file_metadata([${paths.map(quoteText).join(", ")}])`,
  );
  return rows[0]?.[0] === true;
}
