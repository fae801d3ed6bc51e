/** `source.table` and `source.schema.table`, as commands about one table of a source take it: names of sources have no dots. */
export function sourceTable(target: string): { readonly source: string; readonly table: string } {
  const [source = "", ...table] = target.split(".");
  return { source, table: table.join(".") };
}
