/** Checks that the key of each row that a cursor read identifies one row of the lake. */
import { quoteName } from "../../engine/duckdb-type.ts";
import { readDataFilesSql } from "../../engine/read-data-files.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import { unmarkedRows } from "../../writer/row-difference.ts";
import type { Sides } from "../compare/table-sides.ts";

/** Why the key is ambiguous; undefined if it is not. */
export async function ambiguousKeys(sides: Sides): Promise<string | undefined> {
  const { keyColumns: keys = [], fresh } = sides;
  const read = readDataFilesSql({ files: fresh, columns: keys });
  const isNull = keys.map(({ name }) => `${quoteName(name)} is null`).join(" or ");
  if (await finds(sides, `from (${read}) rows where ${isNull}`))
    return "a value of the key cannot be held in the lake and is null, which identifies no row";
  if (await finds(sides, `select 1 from (${read}) rows ${repeated(keys)}`)) return "two rows were read with one key";
  const names = keys.map(({ name }) => quoteName(name)).join(", ");
  const lake = `from (${unmarkedRows({ ...sides, columns: keys })}) data semi join (${read}) wanted using (${names})`;
  const isTwice = await finds(sides, `select 1 from (${lake}) rows ${repeated(keys)}`);
  return isTwice ? "the lake has two rows with one key" : undefined;
}

function repeated(keys: readonly ReadColumn[]): string {
  return `group by ${keys.map(({ name }) => quoteName(name)).join(", ")} having count(*) > 1`;
}

async function finds({ engine, signal }: Sides, sql: string): Promise<boolean> {
  const { rows } = await engine.run(`select exists(${sql})`, { signal });
  return rows[0]?.[0] === true;
}
