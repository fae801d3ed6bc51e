/**
 * The columns of a view as columns of the lake: names that can be told apart, types that the lake has, and ids.
 * Invariant: a column keeps its id as long as its name and its type stay, and an id is never given to another column,
 * so that a grant on a column means the same column for ever.
 */
import type { ViewVersion } from "../../catalog/view.ts";
import type { EngineColumn } from "../../engine/engine-protocol.ts";
import { HeadgateError } from "../../errors.ts";
import { isSameType, typeOfEngine, withIds } from "../../ingest/import/found-type.ts";
import { highestFieldId } from "../../iceberg/schema.ts";
import type { NestedField, Type } from "../../iceberg/type.ts";

/** `earlier` has the newest version first. Throws VIEW_INVALID. */
export function viewColumns(
  columns: readonly EngineColumn[],
  earlier: readonly Pick<ViewVersion, "columns">[],
): readonly NestedField[] {
  checkNames(columns);
  let last = Math.max(0, ...earlier.map(({ columns: fields }) => highestOf(fields)));
  const nextId = (): number => ++last;
  const [latest] = earlier;
  return columns.map(({ name, type: engineType }) => {
    const type = lakeType(name, engineType);
    const same = latest?.columns.find((field) => field.name === name && isSameType(withoutIds(field.type), type));
    return same ?? { id: nextId(), name, required: false, type: withIds(type, nextId) };
  });
}

function highestOf(fields: readonly NestedField[]): number {
  return highestFieldId({ schemaId: 0, fields, identifierFieldIds: [] });
}

function withoutIds(type: Type): Type {
  return withIds(type, () => 0);
}

function checkNames(columns: readonly EngineColumn[]): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    const folded = name.toLowerCase();
    if (name === "" || seen.has(folded))
      throw invalid(
        name === "" ? "a column has no name" : `two columns have the name ${name}, whatever its case`,
        "give each column a name of its own with AS",
      );
    seen.add(folded);
  }
}

/** Whole numbers of more than 64 bits, which sums are, become decimals; every other type must be one of the lake's. */
function lakeType(name: string, engineType: string): Type {
  if (engineType === "HUGEINT" || engineType === "UHUGEINT") return "decimal(38,0)";
  const type = typeOfEngine(engineType);
  if (type === "unknown") return "string";
  if (type === "string" && !texts.has(engineType))
    throw invalid(
      `the column ${name} has the type ${engineType}, which the lake does not have`,
      `cast it, for example: cast(${name} as varchar) as ${name}`,
    );
  return type;
}

const texts: ReadonlySet<string> = new Set(["VARCHAR", "JSON"]);

function invalid(message: string, remedy: string): HeadgateError {
  return new HeadgateError("VIEW_INVALID", { message, remedy });
}
