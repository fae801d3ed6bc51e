/**
 * All type rules in one table: how a column is selected, laid out and documented. The first matching rule applies; the
 * last one matches everything. Pure: a rule sees only the declared type, so that describing and reading always agree.
 */
import type { StagedType } from "../../engine/column-buffer.ts";
import type { TypeRule } from "../../sync/source.ts";
import {
  appendBit,
  appendBits64,
  appendBytes,
  appendDate,
  appendDouble,
  appendFloat,
  appendInteger32,
  appendInteger64,
  appendTimestamp,
  appendUuid,
  type TextAppender,
} from "./text-appenders.ts";

/** A parsed type declaration: `decimal(12,2) unsigned` has base, numbers and modifiers. */
export interface DeclaredType {
  readonly base: string;
  /** The numbers in parentheses; empty for the labels of enums and sets. */
  readonly numbers: readonly number[];
  readonly unsigned: boolean;
  readonly charset: string | undefined;
}

export interface TypeHandling {
  readonly lakeType: string;
  readonly staged: StagedType;
  /** Appends a value of the text protocol to the column; log capture will need appenders of its own. */
  readonly fromText: TextAppender;
  /** SQL for the value; absent: the column itself. */
  readonly select?: (column: string) => string;
  readonly convert?: (reference: string) => string;
  readonly caution?: string;
  /** As in `SourceColumn`. */
  readonly mayBeLong?: boolean;
  /** Some values become null, so the column is nullable even if the table declares it not null. */
  readonly mayBecomeNull?: boolean;
}

interface Rule {
  readonly documentation: TypeRule;
  matches(type: DeclaredType): boolean;
  handle(type: DeclaredType): TypeHandling;
}

const text: StagedType = { physical: "bytes", logical: { kind: "utf8" } };
const int64: StagedType = { physical: "int64" };
/**
 * The session makes it UTF-8; the engine escapes and counts invalid bytes (stored in spite of the server's own checks).
 */
const asString = { lakeType: "string", staged: text, fromText: appendBytes } as const;
const asBinary = { lakeType: "binary", staged: { physical: "bytes" }, fromText: appendBytes } as const;
const asDouble = (column: string): string => `cast(${column} as double)`;
const zeroDates = "zero and partial dates and days that no month has (0000-00-00, 2024-05-00, 2023-02-31) become null";
/** Reads a 64-bit pattern as unsigned. */
const unsigned64 = (reference: string): string =>
  `cast(cast(${reference} as hugeint) + case when ${reference} < 0 then 18446744073709551616 else 0 end as decimal(20,0))`;
const asUnsigned64 = { lakeType: "decimal(20,0)", staged: int64, convert: unsigned64 } as const;

/**
 * Charsets in which every stored byte sequence is a character, so that the server's conversion to utf8mb4 loses
 * nothing.
 */
const wholeCharsets = new Set([
  "utf8mb4",
  "utf8mb3",
  "utf8",
  "ascii",
  "latin1",
  "ucs2",
  "utf16",
  "utf16le",
  "utf32",
  "binary",
]);

const named =
  (...names: readonly string[]) =>
  ({ base }: DeclaredType): boolean =>
    names.includes(base);
const row = (sourceType: string, lakeType: string, note = ""): TypeRule => ({ sourceType, lakeType, note });
const always = (handling: TypeHandling) => (): TypeHandling => handling;
const precision = ({ numbers }: DeclaredType): number => numbers[0] ?? 10;

const rules: readonly Rule[] = [
  {
    documentation: row(
      "tinyint, smallint, mediumint, signed or unsigned; int",
      "int",
      "tinyint(1) too: it can hold more than 0 and 1",
    ),
    matches: (type) =>
      named("tinyint", "smallint", "mediumint")(type) || (named("int", "integer")(type) && !type.unsigned),
    handle: always({ lakeType: "int", staged: { physical: "int32" }, fromText: appendInteger32 }),
  },
  {
    documentation: row("int unsigned, bigint", "long"),
    matches: (type) => named("int", "integer")(type) || (type.base === "bigint" && !type.unsigned),
    handle: always({ lakeType: "long", staged: int64, fromText: appendInteger64 }),
  },
  {
    documentation: row(
      "bigint unsigned",
      "decimal(20,0)",
      "it does not fit a long; with `unsigned_bigint: long` a long, and a value above 2^63 - 1 fails the table",
    ),
    matches: named("bigint"),
    handle: always({ ...asUnsigned64, fromText: appendInteger64, mayBeLong: true }),
  },
  {
    documentation: row("decimal(p,s), p ≤ 18", "decimal(p,s)"),
    matches: (type) => type.base === "decimal" && precision(type) <= 18,
    handle: (type) => handleShortDecimal(type),
  },
  {
    documentation: row("decimal(p,s), p ≤ 38", "decimal(p,s)"),
    matches: (type) => type.base === "decimal" && precision(type) <= 38,
    handle: (type) => ({
      ...asString,
      fromText: appendBytes,
      lakeType: `decimal(${precision(type)},${type.numbers[1] ?? 0})`,
    }),
  },
  {
    documentation: row("decimal(p,s), p > 38", "string", "Iceberg decimals end at 38 digits; the text is exact"),
    matches: named("decimal"),
    handle: always({
      ...asString,
      fromText: appendBytes,
      caution: "decimals of more than 38 digits are kept as exact text",
    }),
  },
  {
    documentation: row("float", "float", "every value exactly as stored; the server prints only six digits of it"),
    matches: named("float"),
    handle: always({ lakeType: "float", staged: { physical: "float" }, fromText: appendFloat, select: asDouble }),
  },
  {
    documentation: row("double", "double", "every value exactly as stored"),
    matches: named("double", "real"),
    handle: always({ lakeType: "double", staged: { physical: "double" }, fromText: appendDouble, select: asDouble }),
  },
  {
    documentation: row("bit(1)", "boolean"),
    matches: (type) => type.base === "bit" && (type.numbers[0] ?? 1) === 1,
    handle: always({
      lakeType: "boolean",
      staged: { physical: "int32" },
      fromText: appendBit,
      convert: (reference) => `cast(${reference} as boolean)`,
    }),
  },
  {
    documentation: row("bit(n), n ≤ 63", "long", "the bits as a whole number"),
    matches: (type) => type.base === "bit" && (type.numbers[0] ?? 1) <= 63,
    handle: always({ lakeType: "long", staged: int64, fromText: appendBits64 }),
  },
  {
    documentation: row("bit(64)", "decimal(20,0)", "the bits as a whole number"),
    matches: named("bit"),
    handle: always({ ...asUnsigned64, fromText: appendBits64 }),
  },
  {
    documentation: row(
      "char, varchar, tinytext, text, mediumtext, longtext",
      "string",
      "any charset, converted to UTF-8 by the server; char without its padding, as the server gives it",
    ),
    matches: named("char", "varchar", "tinytext", "text", "mediumtext", "longtext"),
    handle: (type) => ({ ...asString, ...charsetCaution(type) }),
  },
  {
    documentation: row(
      "binary, varbinary, tinyblob, blob, mediumblob, longblob",
      "binary",
      "binary(n) with its zero bytes at the end",
    ),
    matches: named("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"),
    handle: always(asBinary),
  },
  {
    documentation: row("enum, set", "string", "the labels; a set's joined by commas; the error value 0 is ''"),
    matches: named("enum", "set"),
    handle: (type) => ({ ...asString, ...charsetCaution(type) }),
  },
  {
    documentation: row("date", "date", zeroDates),
    matches: named("date"),
    handle: always({
      lakeType: "date",
      staged: { physical: "int32", logical: { kind: "date" } },
      fromText: appendDate,
      mayBecomeNull: true,
    }),
  },
  {
    documentation: row("datetime(n)", "timestamp", `as written, without a zone; ${zeroDates}`),
    matches: named("datetime"),
    handle: always(timestamp("timestamp", false)),
  },
  {
    documentation: row("timestamp(n)", "timestamptz", `the instant, whatever the server's zone; ${zeroDates}`),
    matches: named("timestamp"),
    handle: always(timestamp("timestamptz", true)),
  },
  {
    documentation: row(
      "time(n)",
      "string",
      "-838:59:59 to 838:59:59, which no time of day can hold; casts to time or interval",
    ),
    matches: named("time"),
    handle: always({ ...asString, fromText: appendBytes }),
  },
  {
    documentation: row("year", "int"),
    matches: named("year"),
    handle: always({ lakeType: "int", staged: { physical: "int32" }, fromText: appendInteger32 }),
  },
  {
    documentation: row("json", "string", "the document's text as the server prints it"),
    matches: named("json"),
    handle: always(asString),
  },
  {
    documentation: row("uuid (MariaDB)", "uuid"),
    matches: named("uuid"),
    handle: always({
      lakeType: "uuid",
      staged: { physical: "fixed16", logical: { kind: "uuid" } },
      fromText: appendUuid,
    }),
  },
  {
    documentation: row("inet4, inet6 (MariaDB)", "string"),
    matches: named("inet4", "inet6"),
    handle: always(asString),
  },
  {
    documentation: row(
      "geometry, point, linestring, polygon, multipoint, multilinestring, multipolygon, geometrycollection",
      "binary",
      "as stored: four bytes of SRID, the lowest first, then WKB; nothing is lost or turned round",
    ),
    matches: ({ base }) =>
      /^(geometry|point|linestring|polygon|multi(point|linestring|polygon)|geom(etry)?collection)$/.test(base),
    handle: always(asBinary),
  },
  {
    documentation: row("vector(n)", "binary", "as stored: n floats of four bytes, the lowest byte first"),
    matches: named("vector"),
    handle: always(asBinary),
  },
  {
    documentation: row("any other", "string", "as text by the server's own cast, with a caution"),
    matches: () => true,
    handle: ({ base }) => ({
      ...asString,
      select: (column) => `cast(${column} as char)`,
      caution: `the type ${base} is not known to Headgate, so the server's text is kept`,
    }),
  },
];

export const typeRules: readonly TypeRule[] = rules.map(({ documentation }) => documentation);

/** `sourceType` as in `SourceColumn`: the declared type, then the charset if there is one. */
export function typeHandling(sourceType: string): TypeHandling {
  const declared = parseDeclaredType(sourceType);
  const rule = rules.find(({ matches }) => matches(declared)) as Rule;
  return rule.handle(declared);
}

export function parseDeclaredType(sourceType: string): DeclaredType {
  const [, base = "", inside = "", rest = ""] = /^\s*(\w+)(?:\((.*)\))?(.*)$/s.exec(sourceType) ?? [];
  const words = rest.trim().split(/\s+/);
  const last = words.at(-1) ?? "";
  return {
    base: base.toLowerCase(),
    numbers: /^[\d, ]+$/.test(inside) ? inside.split(",").map(Number) : [],
    unsigned: words.includes("unsigned") || words.includes("zerofill"),
    charset: /^[a-z]\w*$/.test(last) ? last : undefined,
  };
}

function handleShortDecimal(type: DeclaredType): TypeHandling {
  const [digits, scale] = [precision(type), type.numbers[1] ?? 0];
  const logical = { kind: "decimal", precision: digits, scale } as const;
  return { lakeType: `decimal(${digits},${scale})`, staged: { physical: "int64", logical }, fromText: appendInteger64 };
}

function timestamp(lakeType: string, utc: boolean): TypeHandling {
  return {
    lakeType,
    staged: { physical: "int64", logical: { kind: "timestamp", utc } },
    fromText: appendTimestamp,
    mayBecomeNull: true,
  };
}

function charsetCaution({ charset }: DeclaredType): { caution?: string } {
  if (charset === undefined || wholeCharsets.has(charset)) return {};
  return { caution: `bytes that are not a character of ${charset} arrive as ?` };
}
