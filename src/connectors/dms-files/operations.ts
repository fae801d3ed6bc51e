/** How DMS writes what was done to a row, at the beginning of the row. */

export const operations: ReadonlySet<string> = new Set(["I", "U", "D"]);

export function beginWithOperations(records: readonly (readonly string[])[]): boolean {
  return records.length > 0 && records.every(([first = ""]) => operations.has(first));
}

/**
 * Whether the first of these names is that of the operation. In a full load, which need not say it, it may be a column
 * of the table, which somebody or another file has named.
 */
export function beginWithOp(
  [first, ...others]: readonly (string | undefined)[],
  { isLoad, columns }: { isLoad: boolean; columns: readonly { readonly name: string }[] | undefined },
): boolean {
  if (!isOp(first)) return false;
  const isOwn = isLoad && columns?.some(({ name }) => name === first) === true;
  return !isOwn || others.includes(first);
}

/** The name that DMS gives to the column with the operation. */
export function isOp(name: string | undefined): boolean {
  return name?.toLowerCase() === "op";
}
