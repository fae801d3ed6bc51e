/**
 * All type rules in one table: what each PostgreSQL type becomes in the lake, how it is selected, laid out and
 * appended, and its documentation. docs/reference/types-postgres.md is generated from it. A type without a rule becomes
 * its own text, exactly.
 */
import type { StagedType } from "../../engine/column-buffer.ts";
import type { TypeRule } from "../../sync/source.ts";
import {
  appendBoolean,
  appendBytes,
  appendDate,
  appendFloat4,
  appendFloat8,
  appendInt2,
  appendInt4,
  appendInt8,
  appendJsonb,
  appendNumeric,
  appendTime,
  appendTimestamp,
  appendUnsignedInt4,
  appendUuid,
  appendWideNumeric,
  type BinaryAppender,
  type Inexact,
} from "./binary-appenders.ts";

/** A column's type, with domains resolved to their base types. */
export interface ResolvedType {
  /** `pg_type.typname` of the base type, in pg_catalog; undefined for types that are not built in. */
  readonly builtIn: string | undefined;
  readonly modifier: number;
}

export interface TypeHandling {
  readonly lakeType: string;
  readonly staged: StagedType;
  /** Maps the quoted column to the expression to select. */
  select(column: string): string;
  /** Appends a value of a binary COPY to the column; log capture will need appenders of its own. */
  fromBinary(inexact: Inexact): BinaryAppender;
  /** Some values become null, so the column is nullable even if the source declares it not null. */
  readonly mayBecomeNull?: boolean;
}

interface Rule extends TypeRule {
  readonly names: readonly string[];
  readonly applies?: (modifier: number) => boolean;
  readonly handling: (modifier: number) => TypeHandling;
}

const asIs = (column: string): string => column;
const utf8: StagedType = { physical: "bytes", logical: { kind: "utf8" } };

function plain(lakeType: string, staged: StagedType, appender: BinaryAppender): Rule["handling"] {
  return () => ({ lakeType, staged, select: asIs, fromBinary: () => appender });
}

function nulling(
  lakeType: string,
  staged: StagedType,
  appender: (inexact: Inexact) => BinaryAppender,
): Rule["handling"] {
  return () => ({ lakeType, staged, select: asIs, fromBinary: appender, mayBecomeNull: true });
}

const text: TypeHandling = {
  lakeType: "string",
  staged: utf8,
  select: (column) => `${column}::text`,
  fromBinary: () => appendBytes,
};

/**
 * Uses the type's own output function, because anybody can define what a cast to text does. A composite of nulls is not
 * null.
 */
const ownText: TypeHandling = {
  ...text,
  select: (column) => `case when ${column} is distinct from null then concat(${column}) end`,
};

const rules: readonly Rule[] = [
  rule("boolean", "boolean", "", ["bool"], plain("boolean", { physical: "int32" }, appendBoolean)),
  rule("smallint", "int", "", ["int2"], plain("int", { physical: "int32" }, appendInt2)),
  rule("integer, serial", "int", "", ["int4"], plain("int", { physical: "int32" }, appendInt4)),
  rule("bigint, bigserial", "long", "", ["int8"], plain("long", { physical: "int64" }, appendInt8)),
  rule("oid", "long", "", ["oid"], plain("long", { physical: "int64" }, appendUnsignedInt4)),
  rule(
    "real",
    "float",
    "NaN, infinities and −0 are kept",
    ["float4"],
    plain("float", { physical: "float" }, appendFloat4),
  ),
  rule(
    "double precision",
    "double",
    "NaN, infinities and −0 are kept",
    ["float8"],
    plain("double", { physical: "double" }, appendFloat8),
  ),
  {
    ...rule(
      "numeric(p,s), p ≤ 38, 0 ≤ s ≤ p",
      "decimal(p,s)",
      "NaN and infinities become null and are counted",
      ["numeric"],
      (modifier) => decimalHandling(precisionOf(modifier), scaleOf(modifier)),
    ),
    applies: isHeldDecimal,
  },
  rule(
    "numeric without precision, or beyond decimal(38)",
    "string",
    "the number's exact text",
    ["numeric"],
    () => text,
  ),
  rule("money", "string", "the amount as a plain number", ["money"], () => ({
    ...text,
    select: (column) => `${column}::numeric::text`,
  })),
  rule(
    "date",
    "date",
    "infinity becomes null and is counted",
    ["date"],
    nulling("date", { physical: "int32", logical: { kind: "date" } }, appendDate),
  ),
  rule(
    "timestamp",
    "timestamp",
    "infinity and times after the year 294247 become null and are counted",
    ["timestamp"],
    nulling("timestamp", { physical: "int64", logical: { kind: "timestamp", utc: false } }, appendTimestamp),
  ),
  rule(
    "timestamp with time zone",
    "timestamptz",
    "an instant, in UTC; infinity and times after the year 294247 become null and are counted",
    ["timestamptz"],
    nulling("timestamptz", { physical: "int64", logical: { kind: "timestamp", utc: true } }, appendTimestamp),
  ),
  rule(
    "time",
    "time",
    "24:00:00 becomes null and is counted",
    ["time"],
    nulling("time", { physical: "int64", logical: { kind: "time" } }, appendTime),
  ),
  rule("uuid", "uuid", "", ["uuid"], plain("uuid", { physical: "fixed16", logical: { kind: "uuid" } }, appendUuid)),
  rule("bytea", "binary", "", ["bytea"], plain("binary", { physical: "bytes" }, appendBytes)),
  rule(
    "text, varchar, json",
    "string",
    "exactly as stored",
    ["text", "varchar", "json", "name"],
    plain("string", utf8, appendBytes),
  ),
  // Sent as xml, it would lose its declaration and the line before it.
  rule("xml", "string", "exactly as stored, declaration included", ["xml"], () => text),
  rule(
    "char(n)",
    "string",
    "with its trailing spaces, as SELECT shows it",
    ["bpchar"],
    plain("string", utf8, appendBytes),
  ),
  rule("jsonb", "string", "PostgreSQL's own text of it", ["jsonb"], plain("string", utf8, appendJsonb)),
];

const everythingElse: TypeRule = {
  sourceType:
    "everything else: time with time zone, interval (ISO 8601), bit, arrays, ranges, enums, composite, inet, cidr, macaddr, tsvector, geometric, hstore, extensions' types",
  lakeType: "string",
  note: "PostgreSQL's own text, exactly; domains follow the type they stand for",
};

export const typeRules: readonly TypeRule[] = [
  ...rules.map(({ sourceType, lakeType, note }) => ({ sourceType, lakeType, note })),
  everythingElse,
];

export function handlingOf({ builtIn, modifier }: ResolvedType): TypeHandling {
  const found = rules.find(
    ({ names, applies }) => builtIn !== undefined && names.includes(builtIn) && (applies?.(modifier) ?? true),
  );
  if (builtIn === undefined) return ownText;
  return found?.handling(modifier) ?? text;
}

function rule(
  sourceType: string,
  lakeType: string,
  note: string,
  names: readonly string[],
  handling: Rule["handling"],
): Rule {
  return { sourceType, lakeType, note, names, handling };
}

/** `numeric`'s modifier: precision in the upper half, scale in eleven bits with a sign, plus four. */
function precisionOf(modifier: number): number {
  return ((modifier - 4) >>> 16) & 0xffff;
}

function scaleOf(modifier: number): number {
  return (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
}

function isHeldDecimal(modifier: number): boolean {
  if (modifier < 4) return false;
  const [precision, scale] = [precisionOf(modifier), scaleOf(modifier)];
  return precision <= 38 && scale >= 0 && scale <= precision;
}

const int64Precision = 18;

function decimalHandling(precision: number, scale: number): TypeHandling {
  const logical = { kind: "decimal", precision, scale } as const;
  const isNarrow = precision <= int64Precision;
  return {
    lakeType: `decimal(${precision},${scale})`,
    staged: { physical: isNarrow ? "int64" : "fixed16", logical },
    select: asIs,
    fromBinary: (inexact) => (isNarrow ? appendNumeric({ scale, inexact }) : appendWideNumeric({ scale, inexact })),
    mayBecomeNull: true,
  };
}
