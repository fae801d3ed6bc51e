/**
 * The last change of each key in change files, as a table in the engine: what the rows of these keys are after all of
 * them. Without a key, every change has to be an insert, and all are kept.
 */
import { randomBytes } from "node:crypto";
import { must } from "../../base/must.ts";
import { quoteName } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";
import { HeadgateError } from "../../errors.ts";
import type { FileRows } from "../source.ts";
import type { SyncTarget } from "../run/sync-target.ts";

export interface LastChanges extends AsyncDisposable {
  /** Number of changes that count: the last of each key, or all without a key. */
  readonly read: number;
  /** A select statement for the rows that there are afterwards, in the columns `c0`, `c1` … of the table. */
  readonly rows: string;
  /** A select statement for the columns of the key in all changes; undefined without a key. */
  readonly keys: string | undefined;
}

interface LastParts {
  readonly target: SyncTarget;
  readonly changes: FileRows;
  readonly signal: AbortSignal;
}

/** Throws SOURCE_KEY_NEEDED, SOURCE_FILE_INVALID. */
export async function lastChanges(engine: Engine, parts: LastParts): Promise<LastChanges> {
  const table = `changes_${randomBytes(8).toString("hex")}`;
  const keys = keyColumns(parts.target);
  const dispose = async (): Promise<void> => {
    if (engine.isAlive()) await engine.run(`drop table if exists ${table}`);
  };
  try {
    const read = await fill(engine, { ...parts, table, keys });
    await checkKeys(engine, { ...parts, table, keys });
    const values = parts.target.table.columns.map((_column, index) => `c${index}`).join(", ");
    return {
      read,
      rows: `select ${values} from ${table} where op <> 'D'`,
      keys: keys && `select ${keys.join(", ")} from ${table}`,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (failure) {
    await dispose();
    throw failure;
  }
}

/** The columns of the key in the relation of the files; undefined without a key. */
export function keyColumns({ table, key }: Pick<SyncTarget, "table" | "key">): readonly string[] | undefined {
  return key?.map((name) => {
    const at = table.columns.findIndex((column) => column.name === name);
    return quoteName(`c${must(at === -1 ? undefined : at, "a column of the key")}`);
  });
}

interface FillParts extends LastParts {
  readonly table: string;
  readonly keys: readonly string[] | undefined;
}

async function fill(engine: Engine, { table, keys, changes, signal }: FillParts): Promise<number> {
  const last =
    keys === undefined
      ? ""
      : `qualify row_number() over (partition by ${keys.join(", ")} order by file desc, row desc) = 1`;
  try {
    await engine.run(`create table ${table} as from (${changes.sql}) changes ${last}`, { signal });
    const { rows } = await engine.run(`select count(*) from ${table}`, { signal });
    return Number(rows[0]?.[0]);
  } catch (failure) {
    signal.throwIfAborted();
    throw await changes.explain(failure);
  }
}

async function checkKeys(engine: Engine, { table, keys, changes, target }: FillParts): Promise<void> {
  const isUnclear = keys === undefined ? "op <> 'I'" : keys.map((name) => `${name} is null`).join(" or ");
  const { rows } = await engine.run(`select file, row, op from ${table} where ${isUnclear} order by file, row limit 1`);
  const [file, row, op] = rows[0] ?? [];
  if (file === undefined) return;
  const place = await changes.placeOf(Number(file), Number(row));
  if (keys === undefined) {
    const message = `it ${op === "D" ? "deletes" : "updates"} a row, and ${target.lakeLabel} has no key`;
    const remedy = `name the columns that identify a row: \`headgate table set ${target.lakeLabel} --key <column>\``;
    throw new HeadgateError("SOURCE_KEY_NEEDED", { place, message, remedy });
  }
  const message = `the key ${target.key?.join(", ") ?? ""} has no value, so that nothing says which row is meant`;
  throw new HeadgateError("SOURCE_KEY_NEEDED", { place, message });
}
