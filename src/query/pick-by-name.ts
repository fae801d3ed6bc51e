/** Tables by the name a statement gives them: exactly as written first, then without regard to case, as DuckDB has it. */
import { closest } from "../base/closest.ts";
import { HeadgateError } from "../errors.ts";

export interface NamedTable {
  readonly database: string;
  readonly name: string;
}

/** `[table]` or `[database, table]`. Throws TABLE_NOT_FOUND, TABLE_AMBIGUOUS with the choices. */
export function pickByName<T extends NamedTable>(parts: readonly string[], tables: readonly T[]): T {
  const exact = tables.filter((table) => isNamed(table, parts));
  const folded = parts.map((part) => part.toLowerCase());
  const matching =
    exact.length > 0
      ? exact
      : tables.filter(({ database, name }) =>
          isNamed({ database: database.toLowerCase(), name: name.toLowerCase() }, folded),
        );
  const [found, another] = matching;
  if (found === undefined) throw notFound(parts, tables);
  if (another === undefined) return found;
  const choices = matching.map(({ database, name }) => `${database}.${name}`).join(", ");
  throw new HeadgateError("TABLE_AMBIGUOUS", {
    place: choices,
    message: `${parts.join(".")} may be any of ${choices}`,
  });
}

function notFound(parts: readonly string[], tables: readonly NamedTable[]): HeadgateError {
  const name = parts.join(".");
  const names = tables.map((table) => (parts.length === 1 ? table.name : `${table.database}.${table.name}`));
  const meant = closest(name, names);
  const message = `no table ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
  return new HeadgateError("TABLE_NOT_FOUND", { place: name, message });
}

function isNamed({ database, name }: NamedTable, parts: readonly string[]): boolean {
  return parts.at(-1) === name && (parts.length === 1 || (parts.length === 2 && parts[0] === database));
}
