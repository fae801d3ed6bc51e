/**
 * A condition on single columns of one table, by field id, for leaving files out: Iceberg's row filter expressions. Rows whose
 * value is null pass only `isNull`; a filter may let more rows through than the statement does, never fewer.
 */
export type Filter = { readonly op: "and" | "or"; readonly terms: readonly Filter[] } | ColumnFilter;

export type ColumnFilter =
  | { readonly op: Comparison; readonly fieldId: number; readonly value: FilterValue }
  | { readonly op: "in"; readonly fieldId: number; readonly values: readonly FilterValue[] }
  | { readonly op: "starts-with"; readonly fieldId: number; readonly value: string }
  | { readonly op: "is-null" | "not-null"; readonly fieldId: number };

export type Comparison = "eq" | "lt" | "lt-eq" | "gt" | "gt-eq";

/**
 * As Iceberg's single-value form has it: `boolean`; `int` and `date` (days since 1970) as number; `long`, `timestamp` and
 * `timestamptz` (microseconds since 1970) as bigint; `decimal` as bigint, unscaled at the column's scale; `double` as number;
 * `string`, compared by its UTF-8 bytes.
 */
export type FilterValue = boolean | number | bigint | string;

/** All of them; undefined when there is none. */
export function allOf(terms: readonly (Filter | undefined)[]): Filter | undefined {
  const known = terms.filter((term) => term !== undefined);
  return known.length > 1 ? { op: "and", terms: known } : known[0];
}

/** Any of them; undefined, which lets everything through, as soon as one of them does. */
export function anyOf(terms: readonly (Filter | undefined)[]): Filter | undefined {
  const known = terms.filter((term) => term !== undefined);
  if (known.length < terms.length) return undefined;
  return known.length > 1 ? { op: "or", terms: known } : known[0];
}
