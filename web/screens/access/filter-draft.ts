/** A data filter while it is edited: which columns are left out, which are masked how, and which rows are shown. */
import type { DataFilter, FilterAddInput } from "../../../src/client/api-client.ts";

export type Mask = DataFilter["masks"][number]["mask"];

export type Treatment = "as it is" | "left out" | Exclude<Mask, "fixed-value">;

export interface FilterDraft {
  readonly on: string;
  readonly name: string;
  readonly rows: string;
  readonly treatments: ReadonlyMap<string, Treatment>;
  /** Whether a filter of this name is changed. */
  readonly isChange: boolean;
}

export const emptyDraft: FilterDraft = { on: "", name: "", rows: "", treatments: new Map(), isChange: false };

export const masks = [
  "sha-256-global",
  "sha-256-query-local",
  "mask-alphanum",
  "mask-to-default",
  "replace-with-null",
  "show-first-4",
  "show-last-4",
  "truncate-to-year",
  "truncate-to-month",
] as const satisfies readonly Treatment[];

export function draftOf({ name, table, rows, columns, masks: shown }: DataFilter, all: readonly string[]): FilterDraft {
  const isOut = (column: string): boolean =>
    columns !== null && columns.names.includes(column) === (columns.mode === "exclude");
  const treatments = all.flatMap((column): readonly (readonly [string, Treatment])[] => {
    if (isOut(column)) return [[column, "left out"]];
    const mask = shown.find((one) => one.column === column)?.mask;
    return mask === undefined || mask === "fixed-value" ? [] : [[column, mask]];
  });
  return { on: table, name, rows: rows ?? "", treatments: new Map(treatments), isChange: true };
}

/** Columns that come later are left out, too, if any is. */
export function inputOf({ on, name, rows, treatments, isChange }: FilterDraft, all: readonly string[]): FilterAddInput {
  const out = all.filter((column) => treatments.get(column) === "left out");
  const limited = [...treatments].flatMap(([column, treatment]) =>
    treatment === "as it is" || treatment === "left out" ? [] : [{ column, mask: treatment }],
  );
  return {
    on: on.trim(),
    name: name.trim(),
    ...(rows.trim() === "" ? {} : { rows: rows.trim() }),
    ...(out.length === 0 ? {} : { columns: all.filter((column) => !out.includes(column)) }),
    ...(limited.length === 0 ? {} : { masks: limited }),
    ...(isChange ? { replace: true } : {}),
  };
}

/** A value as the mask shows it, for looking at only; the server masks by itself. */
export function masked(value: string, treatment: Treatment): string {
  switch (treatment) {
    case "as it is":
      return value;
    case "left out":
      return "";
    case "mask-alphanum":
      return value.replaceAll(/[\p{L}]/gu, "x").replaceAll(/\d/g, "0");
    case "show-first-4":
      return value.slice(0, 4) + "*".repeat(Math.max(0, value.length - 4));
    case "show-last-4":
      return "*".repeat(Math.max(0, value.length - 4)) + value.slice(-4);
    case "truncate-to-year":
      return `${value.slice(0, 4)}-01-01`;
    case "truncate-to-month":
      return `${value.slice(0, 7)}-01`;
    case "replace-with-null":
      return "null";
    case "mask-to-default":
      return "(a default)";
    default:
      return "(a hash)";
  }
}
