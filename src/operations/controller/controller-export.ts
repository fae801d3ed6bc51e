/**
 * Reads what DynamoDB exports of a controller table: JSON lines of an export to S3, the answer of a scan, or a list of
 * items; with values as DynamoDB types them (`{"S": "id"}`) or plain. Pure; it knows no table of this lake.
 */
import { z } from "zod";
import { messageOf } from "../../base/thrown.ts";
import { HeadgateError } from "../../errors.ts";
import type { TableName } from "../../sync/source.ts";
import type { Controls } from "./controlled-table.ts";

export interface ExportedItem {
  readonly table: TableName;
  /** How far another lake had read the files is left out: this lake has places of its own. */
  readonly controls: Pick<Controls, "ActiveFlag" | "PrimaryKey" | "PartitionKey">;
}

/** Throws USAGE with the number of the item or line that cannot be understood. */
export function readControllerExport(text: string): readonly ExportedItem[] {
  const items = itemsOf(text);
  if (items.length === 0) throw unreadable("the export", "it has no items");
  return items.map((item, index) => {
    const parsed = itemSchema.safeParse(plainItem(item));
    if (!parsed.success) throw unreadable(`item ${index + 1}`, parsed.error.issues[0]?.message ?? "");
    return presentItem(parsed.data, index);
  });
}

const text = z.string().nullish();

const itemSchema = z.object({
  path: text,
  prefix: text,
  folder: text,
  ActiveFlag: z.union([z.boolean(), z.stringbool()]).nullish(),
  PrimaryKey: text,
  PartitionKey: text,
});

function presentItem({ path, prefix, folder, ...item }: z.infer<typeof itemSchema>, index: number): ExportedItem {
  const segments = (path ?? `${prefix ?? ""}/${folder ?? ""}`).split("/").filter((segment) => segment !== "");
  const [schema, name] = segments.slice(-2);
  if (schema === undefined || name === undefined)
    throw unreadable(`item ${index + 1}`, "it names no table: a path ends with schema/table/");
  const { ActiveFlag, PrimaryKey, PartitionKey } = item;
  const flag = ActiveFlag == null ? {} : { ActiveFlag };
  return { table: { schema, name }, controls: { ...flag, PrimaryKey, PartitionKey } };
}

function itemsOf(given: string): readonly unknown[] {
  const whole = jsonOf(given);
  if (whole === undefined) return linesOf(given);
  if (Array.isArray(whole)) return whole;
  const { Items: items } = z
    .object({ Items: z.array(z.unknown()).optional() })
    .catch({})
    .parse(whole);
  return items ?? [whole];
}

function linesOf(given: string): readonly unknown[] {
  const lines = given.split("\n").map((line, index) => ({ line: line.trim(), number: index + 1 }));
  return lines
    .filter(({ line }) => line !== "")
    .map(({ line, number }) => {
      try {
        return JSON.parse(line) as unknown;
      } catch (failure) {
        throw unreadable(`line ${number}`, messageOf(failure));
      }
    });
}

/** Undefined if it is no JSON as a whole, as lines are none. */
function jsonOf(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}

const record = z.record(z.string(), z.unknown());

/** Without the `Item` around it and the types around its values. */
function plainItem(item: unknown): unknown {
  const wrapped = record.safeParse(item);
  if (!wrapped.success) return item;
  const inner = record.safeParse(wrapped.data["Item"]);
  const members = Object.entries(inner.success ? inner.data : wrapped.data);
  return Object.fromEntries(members.map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  const typed = record.safeParse(value);
  if (!typed.success) return value;
  const [[type, inner] = ["", value], ...others] = Object.entries(typed.data);
  if (others.length > 0) return value;
  return type === "NULL" ? null : ["S", "N", "BOOL"].includes(type) ? inner : value;
}

function unreadable(place: string, message: string): HeadgateError {
  const remedy = "give JSON as DynamoDB exports it, or as `aws dynamodb scan` prints it";
  return new HeadgateError("USAGE", { place, message, remedy });
}
