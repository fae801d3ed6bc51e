/** A map with what rows have changed; the same map if there are none. An undefined value is a row that is over. */
export function changedMap<Row extends { readonly id: string }, Value>(
  before: ReadonlyMap<string, Value>,
  rows: readonly Row[],
  valueOf: (row: Row) => Value | undefined,
): ReadonlyMap<string, Value> {
  if (rows.length === 0) return before;
  const after = new Map(before);
  for (const row of rows) {
    const value = valueOf(row);
    if (value === undefined) after.delete(row.id);
    else after.set(row.id, value);
  }
  return after;
}
