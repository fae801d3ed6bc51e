/** Schema evolution (spec: "Schema Evolution"): which changes of a type readers of older files survive. */
import type { Transform } from "./transform.ts";
import { decimalOf, isPrimitive, type PrimitiveType, type Type } from "./type.ts";

interface PromotedIn {
  /** Of the table; version 3 allows more. */
  readonly formatVersion: 1 | 2 | 3;
  /** Of partition fields, of any spec, whose source is the column: none may give another value afterwards. */
  readonly transforms: readonly Transform[];
}

/** True when values written as `from` can be read as `to`. */
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

/** What they make of a date they make of its first moment. */
function isOfDays({ kind }: Transform): boolean {
  return kind === "year" || kind === "month" || kind === "day" || kind === "void";
}
