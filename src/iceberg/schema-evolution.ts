/** Schema evolution (spec: "Schema Evolution"): which changes of a type readers of older files survive. */
import { decimalOf, isPrimitive, type Type } from "./type.ts";

/** True when values written as `from` can be read as `to` (format versions 1 and 2; what version 3 adds is read, and not made). */
export function isPromotion(from: Type, to: Type): boolean {
  if (!isPrimitive(from) || !isPrimitive(to)) return false;
  if (from === "int" && to === "long") return true;
  if (from === "float" && to === "double") return true;
  const [before, after] = [decimalOf(from), decimalOf(to)];
  return (
    before !== undefined && after !== undefined && before.scale === after.scale && before.precision < after.precision
  );
}
