/**
 * Which tables this user may read as a whole. A right on only some columns silently hides the others from the
 * dictionary, and hidden columns are not missing columns, so such a table is not read.
 */
import { HeadgateError } from "../../errors.ts";
import type { Obstacle, SourceObject, TableName } from "../../sync/source.ts";
import type { MariadbConnection } from "./connection.ts";
import { displayTable, quoteTable } from "./identifiers.ts";

export interface Rights {
  /** The account as grants write it: `'user'@'host'`. */
  readonly account: string;
  /** Whether the user may read every table of the schema, so that a table which is not listed does not exist. */
  coversSchema(schema: string): boolean;
}

/** Rights that come from a role are not listed here; they are found table by table. */
export async function readRights(connection: MariadbConnection): Promise<Rights> {
  const [user] = await connection.query("select current_user() as account, @@lower_case_table_names as folds");
  const { plain, quoted } = accountNames(user?.["account"] ?? "");
  const rows = await connection.query(
    `select null as schema_name, grantee as grantee from information_schema.user_privileges where privilege_type = 'SELECT'
     union all
     select table_schema, grantee from information_schema.schema_privileges where privilege_type = 'SELECT'`,
  );
  const own = rows.filter(({ grantee }) => grantee === plain);
  const schemas = new Set(own.map(({ schema_name: schema }) => schema));
  return { account: quoted, coversSchema: (schema) => schemas.has(null) || schemas.has(schema) };
}

/** The dictionary does not escape quotes in an account's name, but statements have to. */
function accountNames(account: string): { readonly plain: string; readonly quoted: string } {
  const at = account.lastIndexOf("@");
  const [user, host] = [account.slice(0, at), account.slice(at + 1)];
  return { plain: `'${user}'@'${host}'`, quoted: `'${user.replaceAll("'", "''")}'@'${host}'` };
}

/**
 * Why the table cannot be read as a whole; undefined if it can. `show create table` is refused without a right to the
 * table itself, which a right to read some columns does not include. A right to write suffices for it, so reading is
 * tested as well. A view cannot have columns that only some users see.
 */
export async function rightObstacle(
  connection: MariadbConnection,
  { object: { name, kind }, rights }: { object: Pick<SourceObject, "name" | "kind">; rights: Rights },
): Promise<Obstacle | undefined> {
  if (kind !== "view" && rights.coversSchema(name.schema)) return undefined;
  const probes =
    kind === "view"
      ? [`select probed.* from ${quoteTable(name)} probed limit 0`]
      : [`show create table ${quoteTable(name)}`, `select 1 from ${quoteTable(name)} limit 0`];
  try {
    for (const probe of probes) await connection.query(probe, [], displayTable(name));
    return undefined;
  } catch (failure) {
    return obstacleOf(failure, { name, account: rights.account });
  }
}

/**
 * The tables of which the server does not tell whether they exist: to a user without a right to a table it gives the
 * same refusal in both cases, and only a user who might have read the table is told that it does not exist.
 */
export async function hiddenTables(
  connection: MariadbConnection,
  names: readonly TableName[],
): Promise<readonly TableName[]> {
  const hidden: TableName[] = [];
  for (const name of names) {
    const refusal = await connection.query(`select 1 from ${quoteTable(name)} limit 0`, [], displayTable(name)).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    if (refusal instanceof HeadgateError && refusal.code === "SOURCE_RIGHT_MISSING") hidden.push(name);
    else if (refusal instanceof HeadgateError && refusal.code === "SOURCE_LOST") throw refusal;
  }
  return hidden;
}

function obstacleOf(failure: unknown, { name, account }: { name: TableName; account: string }): Obstacle {
  if (!(failure instanceof HeadgateError) || failure.code === "SOURCE_LOST") throw failure;
  if (failure.code !== "SOURCE_RIGHT_MISSING")
    return { code: failure.code, message: failure.message, remedy: failure.remedy };
  return {
    code: "SOURCE_RIGHT_MISSING",
    message: `this user may not read all columns of ${displayTable(name)}`,
    remedy: `${grantStatement(name, account)} or leave the table out with --exclude`,
  };
}

export function grantStatement(name: TableName, account: string): string {
  return `grant select on ${quoteTable(name)} to ${account};`;
}
