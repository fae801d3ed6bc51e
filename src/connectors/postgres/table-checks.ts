/**
 * Predicts which tables a sync will not be able to load, and why. Nothing here waits long: it detects a lock, or a
 * foreign server that does not answer, instead of waiting for it.
 */
import { presentError } from "../../base/present-error.ts";
import type { Check, TableName } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";
import { placeOfTable, quoteName, quoteTable } from "./identifiers.ts";
import { findObstacles, type FoundObstacle } from "./obstacles.ts";
import type { TextRow } from "./statement.ts";

const ownSchemas = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%' and n.nspname not like '\\_timescaledb\\_%'`;

/** Selects the objects that a sync loads when no table is named. */
export const userTables = `
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't' and ${ownSchemas}`;

export async function checkTables(
  connection: Queries,
  isMeant: (name: TableName) => boolean,
): Promise<readonly Check[]> {
  const all = await connection.query(
    `select c.oid, n.nspname as schema, c.relname as name ${userTables} order by n.nspname collate "C", c.relname collate "C"`,
  );
  const tables = all.filter((row) => isMeant(nameOf(row)));
  const obstacles = await findObstacles(
    connection,
    tables.map((row) => row["oid"] ?? ""),
  );
  const hindered = tables.flatMap((row): readonly Hindered[] => {
    const obstacle = obstacles.get(row["oid"] ?? "");
    return obstacle === undefined ? [] : [{ name: nameOf(row), obstacle }];
  });
  return [
    rightsCheck(
      hindered.filter(({ obstacle }) => obstacle.code === "SOURCE_RIGHT_MISSING"),
      tables.length,
    ),
    ...otherChecks(hindered.filter(({ obstacle }) => obstacle.code !== "SOURCE_RIGHT_MISSING")),
    ...(await lockCheck(connection, isMeant)),
    ...(await namedOnlyCheck(connection, isMeant)),
  ];
}

interface Hindered {
  readonly name: TableName;
  readonly obstacle: FoundObstacle;
}

export function nameOf(row: TextRow): TableName {
  return { schema: row["schema"] ?? "", name: row["name"] ?? "" };
}

const namesShown = 3;

function listed(names: readonly string[]): string {
  return `${names.slice(0, namesShown).join(", ")}${names.length > namesShown ? " …" : ""}`;
}

/** If there are many, the remedy grants rights on the whole schema. */
function rightsCheck(refused: readonly Hindered[], total: number): Check {
  if (refused.length === 0) return { name: "select", outcome: "ok", found: `may read all ${total} tables` };
  const found = refused.map(({ name, obstacle }) => `${placeOfTable(name)} (${obstacle.message})`);
  const schemas = [...new Set(refused.map(({ name }) => name.schema))];
  const mend =
    refused.length <= namesShown
      ? refused.map(({ obstacle }) => obstacle.mend)
      : schemas.map((schema) => {
          const [of, to] = [quoteName(schema), refused[0]?.obstacle.user ?? ""];
          return `grant usage on schema ${of} to ${to}; grant select on all tables in schema ${of} to ${to};`;
        });
  return {
    name: "select",
    outcome: refused.length === total ? "failed" : "warning",
    found: `may not read ${refused.length} of ${total} tables: ${listed(found)}`,
    mend: mend.join("\n"),
  };
}

function otherChecks(hindered: readonly Hindered[]): readonly Check[] {
  return [...Map.groupBy(hindered, ({ obstacle }) => obstacle.message).entries()].map(([message, tables]) => ({
    name: tables[0]?.obstacle.code === "SOURCE_ROWS_HIDDEN" ? "row security" : "tables",
    outcome: "warning",
    found: `${tables.length === 1 ? "1 table" : `${tables.length} tables`} cannot be loaded: ${listed(tables.map(({ name }) => placeOfTable(name)))}: ${message}`,
    mend: [...new Set(tables.map(({ obstacle }) => obstacle.mend))].slice(0, 5).join("\n"),
  }));
}

async function lockCheck(connection: Queries, isMeant: (name: TableName) => boolean): Promise<readonly Check[]> {
  const found = await connection.query(`
    select distinct held.schema, held.name, l.pid
    from (select c.oid, n.nspname as schema, c.relname as name ${userTables}) held
    join pg_locks l on l.relation = held.oid and l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.granted
      and l.database = (select oid from pg_database where datname = current_database())
    where l.pid <> pg_backend_pid() order by 1, 2`);
  const rows = found.filter((row) => isMeant(nameOf(row)));
  if (rows.length === 0) return [];
  return [
    {
      name: "locks",
      outcome: "warning",
      found: `locked now, so that nobody can read: ${listed(rows.map((row) => `${placeOfTable(nameOf(row))} (by process ${row["pid"] ?? ""})`))}`,
      mend: `select pid, usename, application_name, xact_start, query from pg_stat_activity where pid in (${[...new Set(rows.map((row) => row["pid"] ?? ""))].join(", ")});`,
    },
  ];
}

/** Limited so that a check stays quick. */
const mostTried = 100;

/** Views and foreign tables are loaded only when named, and only an attempt shows whether they can be read. */
async function namedOnlyCheck(connection: Queries, isMeant: (name: TableName) => boolean): Promise<readonly Check[]> {
  const rows = await connection.query(`
    select n.nspname as schema, c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm', 'f') and ${ownSchemas} and has_schema_privilege(n.oid, 'usage')
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by 1, 2`);
  const objects = rows.map(nameOf).filter(isMeant).slice(0, mostTried);
  const broken: string[] = [];
  for (const name of objects) {
    const failure = await tryToRead(connection, name);
    if (failure !== undefined) broken.push(`${placeOfTable(name)} (${failure})`);
  }
  if (broken.length === 0) return [];
  return [
    {
      name: "views",
      outcome: "warning",
      found: `${broken.length} of ${objects.length} views and foreign tables cannot be read, which matters only if you name them: ${listed(broken)}`,
    },
  ];
}

/** Begins to read and stops before the first row. */
async function tryToRead(connection: Queries, name: TableName): Promise<string | undefined> {
  const impatient = "set local statement_timeout = '5s'; set local lock_timeout = '1s'";
  try {
    await connection.query(`${impatient}; select 1 from ${quoteTable(name)} limit 0`);
    return undefined;
  } catch (failure) {
    return presentError(failure).message;
  }
}
