/** Schema evolution (spec: "Schema Evolution"): which changes of a type are compatible with older files. */
import type { Transform } from "./transform.ts";
import { decimalOf, isPrimitive, type PrimitiveType, type Type } from "./type.ts";

interface PromotedIn {
  /** The table's format version; version 3 allows more. */
  readonly formatVersion: 1 | 2 | 3;
  /**
   * Transforms of all partition fields, in any spec, whose source is the column. The promotion must not change the
   * result of any of them.
   */
  readonly transforms: readonly Transform[];
}

/** True if values written as `from` can be read as `to`. */
export function isPromotion(from: Type, to: Type, { formatVersion, transforms }: PromotedIn): boolean {
  if (!isPrimitive(from) || !isPrimitive(to)) return false;
  if (formatVersion >= 3 && isNewPromotion(from, to)) return from === "unknown" || transforms.every(isOfDays);
  if (from === "int" && to === "long") return true;
  if (from === "float" && to === "double") return true;
  const [before, after] = [decimalOf(from), decimalOf(to)];
  return (
    before !== undefined && after !== undefined && before.scale === after.scale && before.precision < after.precision
  );
}

function isNewPromotion(from: PrimitiveType, to: PrimitiveType): boolean {
  if (from === "unknown") return to !== "unknown";
  return from === "date" && (to === "timestamp" || to === "timestamp_ns");
}

/** Whether a transform gives the same result for a date and for its midnight. */
function isOfDays({ kind }: Transform): boolean {
  return kind === "year" || kind === "month" || kind === "day" || kind === "void";
}
