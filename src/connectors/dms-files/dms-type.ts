/** Types of DMS and of Glue as types of the lake. Undefined: the type that is found in the files holds. */
import { parsePrimitive } from "../../iceberg/type.ts";

const dmsTypes: Readonly<Record<string, string | undefined>> = {
  boolean: "boolean",
  date: "date",
  time: "time",
  datetime: "timestamp",
  int1: "int",
  int2: "int",
  int4: "int",
  int8: "long",
  uint1: "int",
  uint2: "int",
  uint4: "long",
  uint8: "decimal(20,0)",
  real4: "float",
  real8: "double",
  string: "string",
  wstring: "string",
  clob: "string",
  nclob: "string",
  // Parquet has bytes, and CSV a text that stands for them.
  bytes: undefined,
  blob: undefined,
};

interface Digits {
  readonly precision: number | undefined;
  readonly scale: number | undefined;
}

/** Throws an error in words for a type that is none of DMS. */
export function typeOfDms(type: string, { precision, scale = 0 }: Digits): string | undefined {
  const name = type.toLowerCase();
  if (name === "numeric") return precision === undefined ? undefined : checkedDecimal(precision, scale);
  if (name in dmsTypes) return dmsTypes[name];
  throw new RangeError(`${type} is no type of DMS`);
}

const glueTypes: Readonly<Record<string, string | undefined>> = {
  boolean: "boolean",
  tinyint: "int",
  smallint: "int",
  int: "int",
  integer: "int",
  bigint: "long",
  float: "float",
  double: "double",
  decimal: "decimal(10,0)",
  string: "string",
  date: "date",
  timestamp: "timestamp",
  binary: undefined,
};

/** Throws an error in words for a type that DMS writes no values of. */
export function typeOfGlue(type: string): string | undefined {
  const name = type.toLowerCase().replaceAll(" ", "");
  if (/^(varchar|char)\(\d+\)$/.test(name)) return "string";
  const [, precision, scale] = /^decimal\((\d+)(?:,(\d+))?\)$/.exec(name) ?? [];
  if (precision !== undefined) return checkedDecimal(Number(precision), Number(scale ?? 0));
  if (name in glueTypes) return glueTypes[name];
  throw new RangeError(`DMS writes no values of the type ${type}`);
}

function checkedDecimal(precision: number, scale: number): string {
  const type = `decimal(${precision},${scale})`;
  try {
    parsePrimitive(type);
    return type;
  } catch {
    throw new RangeError(`${type} has more digits than a column can have, which are 38`);
  }
}
