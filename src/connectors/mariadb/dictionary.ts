/**
 * Reads objects, columns and keys from the server's own dictionary. It counts nothing: sizes are the server's
 * estimates. Names are compared here, byte for byte, because information_schema ignores case.
 */
import type {
  DescribedTable,
  ObjectKind,
  SourceColumn,
  SourceObject,
  SourceTable,
  TableName,
  UnreadableTable,
  Obstacle,
} from "../../sync/source.ts";
import type { MariadbConnection, TextRow } from "./connection.ts";
import { displayTable } from "./identifiers.ts";
import { incarnationOf, type ObjectFacts } from "./incarnation.ts";
import { partitionIds } from "./partition-ids.ts";
import { grantStatement, hiddenTables, readRights, rightObstacle, type Rights } from "./rights.ts";
import { typeHandling } from "./types.ts";

const systemSchemas = new Set(["information_schema", "performance_schema", "mysql", "sys"]);

interface Scope {
  /** Absent: all databases except the server's own. */
  readonly database: string | undefined;
}

export async function discoverObjects(
  connection: MariadbConnection,
  { database }: Scope,
): Promise<readonly SourceObject[]> {
  const schemas = database === undefined ? await userSchemas(connection) : [database];
  const objects: SourceObject[] = [];
  for (const schema of schemas) objects.push(...(await objectsOf(connection, schema)).map(({ object }) => object));
  return objects.sort(
    (left, right) => compare(left.name.schema, right.name.schema) || compare(left.name.name, right.name.name),
  );
}

async function userSchemas(connection: MariadbConnection): Promise<readonly string[]> {
  const rows = await connection.query("select schema_name as name from information_schema.schemata");
  return rows.map(({ name }) => name ?? "").filter((name) => !systemSchemas.has(name.toLowerCase()));
}

async function objectsOf(connection: MariadbConnection, schema: string): Promise<readonly FoundObject[]> {
  const rows = await connection.query(`${objectQuery} where table_schema = ?`, [schema]);
  return rows.filter((row) => row["table_schema"] === schema).flatMap((row) => presentObject(row) ?? []);
}

const objectQuery = `select table_schema as table_schema, table_name as table_name, table_type as table_type, create_options as create_options,
    table_rows as table_rows, data_length as data_length, table_comment as table_comment, engine as engine, create_time as create_time
  from information_schema.tables`;

/** The dictionary's current entries for the table. */
export async function objectFacts(
  connection: MariadbConnection,
  { name, kind }: Pick<SourceObject, "name" | "kind">,
): Promise<ObjectFacts> {
  const rows = await connection.query(
    `select table_name as table_name, table_type as table_type, engine as engine, create_time as create_time
     from information_schema.tables where table_schema = ? and table_name = ?`,
    [name.schema, name.name],
  );
  const row = rows.find((found) => found["table_name"] === name.name);
  return { row, partitions: await partitionsOf(connection, { name, kind }) };
}

async function partitionsOf(
  connection: MariadbConnection,
  { name, kind }: Pick<SourceObject, "name" | "kind">,
): Promise<string | undefined> {
  return kind === "partitioned table" ? partitionIds(connection, name) : undefined;
}

interface FoundObject {
  readonly object: SourceObject;
  /** One row of the dictionary. */
  readonly row: TextRow;
}

function presentObject(row: TextRow): FoundObject | undefined {
  const kind = kindOf(row);
  if (kind === undefined) return undefined;
  const object = {
    name: { schema: row["table_schema"] ?? "", name: row["table_name"] ?? "" },
    kind,
    estimatedRows: optionalNumber(row["table_rows"]),
    estimatedBytes: optionalNumber(row["data_length"]),
  };
  return { object, row };
}

function kindOf(row: TextRow): ObjectKind | undefined {
  switch (row["table_type"]) {
    case "VIEW":
      return "view";
    case "BASE TABLE":
    case "SYSTEM VERSIONED":
      return /\bpartitioned\b/i.test(row["create_options"] ?? "") ? "partitioned table" : "table";
    default:
      return undefined;
  }
}

/**
 * In the order of `names`. Uses a few queries per database, plus one per table if the user has no right on the whole
 * database.
 */
export async function describeTables(
  connection: MariadbConnection,
  names: readonly TableName[],
): Promise<readonly DescribedTable[]> {
  const rights = await readRights(connection);
  const found = new Map<string, DescribedTable>();
  for (const schema of new Set(names.map((name) => name.schema))) {
    const wanted = names.filter((name) => name.schema === schema).map(({ name }) => name);
    for (const table of await describeIn(connection, { schema, wanted, rights })) found.set(keyOf(table.name), table);
  }
  const hidden = new Set(
    (
      await hiddenTables(
        connection,
        names.filter((name) => !found.has(keyOf(name))),
      )
    ).map(keyOf),
  );
  return names.map(
    (name) => found.get(keyOf(name)) ?? missingTable(name, { rights, isHidden: hidden.has(keyOf(name)) }),
  );
}

function missingTable(
  name: TableName,
  { rights: { account }, isHidden }: { rights: Rights; isHidden: boolean },
): UnreadableTable {
  const place = displayTable(name);
  const obstacle: Obstacle = isHidden
    ? {
        code: "SOURCE_RIGHT_MISSING",
        message: `this user can no longer see ${place}, and the server does not say whether it still exists`,
        remedy: `${grantStatement(name, account)} or, if the table was dropped, remove it from the lake with \`headgate table drop\``,
      }
    : {
        code: "SOURCE_TABLE_NOT_FOUND",
        message: `the source has no table ${place}`,
        remedy: "see `headgate source discover <source>` for the tables that the source has",
      };
  return { name, kind: "table", obstacle };
}

async function describeIn(
  connection: MariadbConnection,
  scope: { schema: string; wanted: readonly string[]; rights: Rights },
): Promise<readonly DescribedTable[]> {
  const objects = await objectsOf(connection, scope.schema);
  const columns = groupByTable(await columnRows(connection, scope));
  const indexes = groupByTable(await indexRows(connection, scope));
  const wanted = new Set(scope.wanted);
  const described: DescribedTable[] = [];
  for (const found of objects.filter(({ object }) => wanted.has(object.name.name))) {
    const { object } = found;
    const own = columns.get(object.name.name) ?? [];
    const obstacle = await rightObstacle(connection, { object, rights: scope.rights });
    if (obstacle !== undefined) described.push({ ...object, obstacle });
    else {
      const partitions = await partitionsOf(connection, object);
      described.push(presentTable(found, { columns: own, indexes: indexes.get(object.name.name) ?? [], partitions }));
    }
  }
  return described;
}

interface TableFacts {
  readonly columns: readonly TextRow[];
  readonly indexes: readonly TextRow[];
  readonly partitions: string | undefined;
}

function presentTable({ object, row }: FoundObject, { columns, indexes, partitions }: TableFacts): SourceTable {
  const isView = object.kind === "view";
  return {
    ...object,
    comment: isView ? undefined : row["table_comment"] || undefined,
    columns: columns.map((column) => presentColumn(column, isView)),
    key: keyColumns(indexes),
    incarnation: incarnationOf({ row, partitions }, columns),
  };
}

function columnRows(
  connection: MariadbConnection,
  { schema, wanted }: { schema: string; wanted: readonly string[] },
): Promise<readonly TextRow[]> {
  return connection.query(
    `select table_schema as table_schema, table_name as table_name, column_name as column_name, column_type as column_type,
       character_set_name as character_set_name, is_nullable as is_nullable, column_comment as column_comment,
       extra as extra, generation_expression as generation_expression
     from information_schema.columns where table_schema = ? and table_name in (${placeholders(wanted)})
     order by table_name, ordinal_position`,
    [schema, ...wanted],
  );
}

/** Only indexes on whole columns without nulls can be keys. */
function indexRows(
  connection: MariadbConnection,
  { schema, wanted }: { schema: string; wanted: readonly string[] },
): Promise<readonly TextRow[]> {
  return connection.query(
    `select table_schema as table_schema, table_name as table_name, index_name as index_name, column_name as column_name,
       nullable as nullable, sub_part as sub_part
     from information_schema.statistics where table_schema = ? and non_unique = 0 and table_name in (${placeholders(wanted)})
     order by table_name, index_name = 'PRIMARY' desc, index_name, seq_in_index`,
    [schema, ...wanted],
  );
}

function placeholders(values: readonly string[]): string {
  return values.map(() => "?").join(", ");
}

function groupByTable(rows: readonly TextRow[]): ReadonlyMap<string, readonly TextRow[]> {
  return Map.groupBy(rows, (row) => row["table_name"] ?? "");
}

function presentColumn(row: TextRow, isView: boolean): SourceColumn {
  const name = row["column_name"] ?? "";
  const charset = row["character_set_name"];
  const sourceType =
    charset === null || charset === undefined ? (row["column_type"] ?? "") : `${row["column_type"]} ${charset}`;
  const { lakeType, staged, convert, caution, mayBeLong, mayBecomeNull = false } = typeHandling(sourceType);
  return {
    name,
    identity: name,
    sourceType,
    nullable: isView || mayBecomeNull || row["is_nullable"] === "YES",
    comment: row["column_comment"] || undefined,
    lakeType,
    staged,
    convert,
    mayBeLong,
    caution,
  };
}

function keyColumns(rows: readonly TextRow[]): readonly string[] | undefined {
  for (const parts of Map.groupBy(rows, (row) => row["index_name"]).values()) {
    const usable = parts.every(
      (part) => part["nullable"] !== "YES" && part["sub_part"] === null && part["column_name"] !== null,
    );
    if (usable) return parts.map((part) => part["column_name"] ?? "");
  }
  return undefined;
}

function keyOf({ schema, name }: TableName): string {
  return JSON.stringify([schema, name]);
}

function optionalNumber(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : Number(text);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
