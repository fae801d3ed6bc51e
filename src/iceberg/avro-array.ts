/**
 * Reads arrays with the Avro library, but safely: the library believes any item count, and a damaged manifest of a few
 * bytes could keep it busy for hours (Avro 1.11 specification, "Arrays").
 * Invariant: an array has no more items than there are bytes left, because each item takes at least one.
 */
import avro from "avsc";
import { HeadgateError } from "../errors.ts";

/** The library's reader of a buffer. Beyond the end it reads zeros and reports this only afterwards. */
interface Tap {
  readonly buf: Uint8Array;
  pos: number;
  readLong(): number;
  skipLong(): void;
}

/** Members that every type of the library has but does not declare. */
interface ReadableType {
  _read(tap: Tap): unknown;
  _skip(tap: Tap): void;
}

function readable(type: avro.Type): ReadableType {
  return type as unknown as ReadableType;
}

export class BoundedArrayType extends avro.types.ArrayType {
  _read(tap: Tap): unknown[] {
    const items = readable(this.itemsType);
    const values: unknown[] = [];
    let at = 0;
    for (let count = nextCount(tap); count > 0; count = nextCount(tap))
      for (const end = at + count; at < end; at++) values[at] = items._read(tap);
    return values;
  }

  _skip(tap: Tap): void {
    const items = readable(this.itemsType);
    for (let count = nextCount(tap); count > 0; count = nextCount(tap))
      for (let index = 0; index < count; index++) items._skip(tap);
  }
}

/** A negative count is followed by the size of its items in bytes, which is useful only for skipping them. */
function nextCount(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.skipLong();
  }
  if (count > tap.buf.length - tap.pos)
    throw new HeadgateError("METADATA_INVALID", { message: "a list in an Avro file has more items than bytes" });
  return count;
}
