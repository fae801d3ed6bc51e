/**
 * Reads tables of the Glue data catalog, as `aws glue get-table` and `aws glue get-tables` print them: the columns of
 * `StorageDescriptor` in the order of the files, without the operation. Pure.
 */
import { z } from "zod";
import { messageOf } from "../../base/thrown.ts";
import { HeadgateError } from "../../errors.ts";
import type { GivenColumn, TableName } from "../../sync/source.ts";
import { typeOfGlue } from "./dms-type.ts";
import { isOp } from "./operations.ts";

export interface GlueTable {
  readonly label: string;
  readonly columns: readonly GivenColumn[];
  /** Whether it describes this table of the source: by the end of its location, or else by its name. */
  isOf(name: TableName): boolean;
}

/** Throws USAGE with the table and the column that cannot be understood. */
export function parseGlueTables(text: string): readonly GlueTable[] {
  const found = anySchema.safeParse(jsonOf(text));
  if (!found.success) throw unreadable("the Glue table", "it has no StorageDescriptor.Columns");
  const { data } = found;
  return ("TableList" in data ? data.TableList : ["Table" in data ? data.Table : data]).map(presentTable);
}

const tableSchema = z.object({
  Name: z.string(),
  DatabaseName: z.string().optional(),
  StorageDescriptor: z.object({
    Columns: z.array(z.object({ Name: z.string().min(1), Type: z.string() })).min(1),
    Location: z.string().optional(),
  }),
});

const anySchema = z.union([
  z.object({ Table: tableSchema }),
  z.object({ TableList: z.array(tableSchema) }),
  tableSchema,
]);

function presentTable({ Name, DatabaseName, StorageDescriptor }: z.infer<typeof tableSchema>): GlueTable {
  const label = DatabaseName === undefined ? Name : `${DatabaseName}.${Name}`;
  const [first] = StorageDescriptor.Columns;
  const own = StorageDescriptor.Columns.slice(isOp(first?.Name) ? 1 : 0);
  const columns = own.map(({ Name: name, Type }) => ({ name, type: typeOf(Type, `${label}, column ${name}`) }));
  return { label, columns, isOf: isAt(StorageDescriptor.Location, Name) };
}

/** `s3://bucket/prefix/schema/table/`. Glue writes names in lower case, and locations as they are. */
function isAt(location: string | undefined, glueName: string): GlueTable["isOf"] {
  const [folder, schemaFolder] = (location ?? "")
    .split("/")
    .filter((part) => part !== "")
    .toReversed();
  if (folder === undefined || schemaFolder === undefined) return ({ name }) => name.toLowerCase() === glueName;
  return ({ schema, name }) => schema === schemaFolder && name === folder;
}

function typeOf(type: string, place: string): string | undefined {
  try {
    return typeOfGlue(type);
  } catch (failure) {
    throw unreadable(place, messageOf(failure));
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (failure) {
    throw unreadable("the Glue table", messageOf(failure));
  }
}

function unreadable(place: string, message: string): HeadgateError {
  const remedy = "give JSON as `aws glue get-table` or `aws glue get-tables` prints it";
  return new HeadgateError("USAGE", { place, message, remedy });
}
