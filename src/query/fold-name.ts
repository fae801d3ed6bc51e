/**
 * Names as DuckDB compares them: letters A to Z without regard to case, every other character as it is. JavaScript's own lower case
 * folds more (the Kelvin sign becomes k), so it would take two names for one where DuckDB finds another relation.
 */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Names with which the engine's own relations begin, whichever there are: `duckdb_views`, `sqlite_master`, `pg_class`. */
export function isEngineName(name: string): boolean {
  return /^(duckdb|pragma|sqlite|pg)_/.test(foldName(name));
}
