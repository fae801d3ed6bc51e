/** A value of a row as text: null and the empty text look like nothing else, and no value becomes markup. */
import type { ReactNode } from "react";
import { formatJson, type Json } from "../../src/base/json.ts";
import { shownName } from "./names.ts";

const grouped = new Intl.NumberFormat(undefined, { maximumFractionDigits: 20 });

export function Value({ value, type }: { readonly value: Json | undefined; readonly type: string }): ReactNode {
  if (value === null || value === undefined) return <i className="null">null</i>;
  if (value === "") return <span className="dim">""</span>;
  if (isNumeric(type) && !/^(HUGEINT|UHUGEINT)/.test(type)) return number(value);
  return <bdi>{plainText(value)}</bdi>;
}

export function isNumeric(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL|DOUBLE|FLOAT|REAL)/i.test(type) && !type.endsWith("[]");
}

/** One line, with control characters escaped. */
export function plainText(value: Json | undefined): string {
  if (value === undefined || value === null) return "null";
  return shownName(typeof value === "string" ? value : formatJson(value));
}

/** Every digit that is stored, in groups. */
function number(value: Json): string {
  const text = typeof value === "string" ? value : formatJson(value);
  const [, sign = "", whole = "", rest = ""] = /^(-?)(\d+)(\.\d+)?$/.exec(text) ?? [];
  return whole === "" ? text : `${sign}${grouped.format(BigInt(whole))}${rest}`;
}
