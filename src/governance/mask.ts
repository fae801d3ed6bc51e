/**
 * A mask is a value that a reader sees in place of the real one: the nine actions of the Iceberg REST specification's
 * read restrictions, and a fixed value. Every mask keeps the column's type and turns null into null.
 */
export const maskActions = [
  "mask-alphanum",
  "mask-to-default",
  "replace-with-null",
  "show-first-4",
  "show-last-4",
  "truncate-to-year",
  "truncate-to-month",
  "sha-256-global",
  "sha-256-query-local",
  "fixed-value",
] as const;

export type MaskAction = (typeof maskActions)[number];

export interface Mask {
  readonly action: MaskAction;
  /** For `fixed-value`: the value as text, which the column's type can hold. */
  readonly value?: string | undefined;
}
