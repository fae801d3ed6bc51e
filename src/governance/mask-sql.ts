/**
 * A mask as an expression of the engine's SQL, with the meaning that the Iceberg REST specification gives the mask of
 * that name.
 * Invariant: it cannot fail for any value, keeps the type, and turns null into null. Where a mask does not fit the
 * type, every value becomes null.
 */
import { must } from "../base/must.ts";
import { duckdbType } from "../engine/duckdb-type.ts";
import { fixedLengthOf, decimalOf, isPrimitive, type Type } from "../iceberg/type.ts";
import type { Value } from "../iceberg/value.ts";
import { isUsable } from "./check-mask.ts";
import type { Mask } from "./mask.ts";
import { readValue } from "./predicate/read-value.ts";
import { valueSql } from "./predicate/value-sql.ts";

export interface MaskedColumn {
  /** An expression for the value as it is. */
  readonly sql: string;
  readonly type: Type;
}

/** At least 16 random bytes for each query, as hexadecimal digits. */
export type Salt = string;

export function maskSql(mask: Mask, { sql, type }: MaskedColumn, salt: Salt): string {
  if (!isPrimitive(type) || !isUsable(mask, type)) return nullSql(sql);
  switch (mask.action) {
    case "replace-with-null":
      return nullSql(sql);
    case "mask-alphanum":
      return redactedSql(sql);
    case "show-first-4":
      return `left(${sql}, 4) || ${redactedSql(`substr(${sql}, 5)`)}`;
    case "show-last-4":
      return `${redactedSql(`left(${sql}, greatest(length(${sql}) - 4, 0))`)} || right(${sql}, 4)`;
    case "truncate-to-year":
    case "truncate-to-month":
      return truncatedSql(sql, { type, part: mask.action === "truncate-to-year" ? "year" : "month" });
    case "sha-256-global":
      return hashedSql(sql, { type, salt: "" });
    case "sha-256-query-local":
      return hashedSql(sql, { type, salt });
    case "mask-to-default":
      return constantSql(sql, { type, value: defaultOf(type) });
    case "fixed-value":
      return constantSql(sql, { type, value: must(readValue(type, mask.value ?? ""), "a value of the type") });
  }
}

/** Null of the same type, whatever it is. */
function nullSql(sql: string): string {
  return `case when false then ${sql} end`;
}

/** Digits become `n`, and other characters `x`, except for a few that separate parts. */
function redactedSql(sql: string): string {
  return `regexp_replace(regexp_replace(${sql}, '[^0-9(),.@-]', 'x', 'g'), '[0-9]', 'n', 'g')`;
}

/** The engine fails for the first year of its calendar, and for dates after that of its timestamps. */
function truncatedSql(sql: string, { type, part }: { type: string; part: "year" | "month" }): string {
  return `try(date_trunc('${part}', ${sql})::${duckdbType(type)})`;
}

function constantSql(sql: string, { type, value }: { type: string; value: Value }): string {
  return `case when ${sql} is not null then ${valueSql(type, value)} end`;
}

const defaults: Readonly<Record<string, string>> = {
  boolean: "false",
  int: "999999999",
  long: "999999999",
  float: "0",
  double: "0",
  string: "X".repeat(8),
  date: "9999-12-31",
  time: "00:00:00",
  timestamp: "9999-12-31",
  timestamptz: "9999-12-31",
  timestamp_ns: "2261-12-31",
  uuid: "00000000-0000-0000-0000-000000000000",
  binary: "",
};

function defaultOf(type: string): Value {
  const zeros = "00".repeat(fixedLengthOf(type) ?? 0);
  const text = decimalOf(type) === undefined ? (defaults[type] ?? zeros) : "0";
  return must(readValue(type, text), "a value of the type");
}

/** Texts as UTF-8 to hexadecimal digits, bytes to bytes, and integers to as many bytes as they have. */
function hashedSql(sql: string, { type, salt }: { type: string; salt: Salt }): string {
  const digest = (bytes: string): string => `sha256(${salt === "" ? "" : `from_hex('${salt}') || `}${bytes})`;
  if (type === "string") return digest(`encode(${sql})`);
  if (type === "binary") return `unhex(${digest(sql)})`;
  const length = type === "int" ? 4 : 8;
  const bytes = `unhex(${turnedSql(`hex(${sql}::bit::blob)`, length)})`;
  return `unhex(${turnedSql(`left(${digest(bytes)}, ${2 * length})`, length)})::bit::${duckdbType(type)}`;
}

/** Reverses bytes in hexadecimal digits: the engine begins with the most significant, the specification with the least. */
function turnedSql(hex: string, length: number): string {
  const numbers = Array.from({ length }, (_none, index) => index + 1);
  const backwards = numbers.toReversed().map((number) => `\\${number}`);
  return `regexp_replace(${hex}, '${"(..)".repeat(length)}', '${backwards.join("")}')`;
}
