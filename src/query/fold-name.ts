/**
 * Folds names as DuckDB compares them: ignores the case of A to Z and compares every other character exactly.
 * JavaScript's own lower case folds more (the Kelvin sign becomes k), so it would treat two names as one where DuckDB
 * finds another relation.
 */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Whether the name begins like those of the engine's own relations: `duckdb_views`, `sqlite_master`, `pg_class`. */
export function isEngineName(name: string): boolean {
  return /^(duckdb|pragma|sqlite|pg)_/.test(foldName(name));
}
