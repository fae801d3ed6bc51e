/**
 * Rewrites a JSON file so that the engine reads it without changing a digit: each line is a list with the text of each
 * column, with numbers as texts. Columns that the table does not have are left out.
 */
import { open } from "node:fs/promises";
import { isPrimitive, type Type } from "../../iceberg/type.ts";
import type { LocalFile } from "./found-file.ts";
import { jsonObjects } from "./json-objects.ts";
import { jsonText, type JsonValue } from "./json-value.ts";

export interface RewrittenColumn {
  /** The column's key in the file's objects; undefined if they do not have it. */
  readonly name: string | undefined;
  readonly type: Type;
}

interface Rewriting {
  readonly columns: readonly RewrittenColumn[];
  /** The file to write. */
  readonly path: string;
  readonly signal: AbortSignal;
}

const bytesAtOnce = 256 * 1024;

/** Returns the length of the longest line, in bytes. Throws IMPORT_FILE_INVALID. */
export async function rewriteJson(file: LocalFile, { columns, path, signal }: Rewriting): Promise<number> {
  const target = await open(path, "w");
  let [lines, longest] = ["", 0];
  const flush = async (): Promise<void> => {
    signal.throwIfAborted();
    await target.writeFile(lines);
    lines = "";
  };
  try {
    for await (const objects of jsonObjects(file))
      for (const { object } of objects) {
        const cells = columns.map(({ name, type }) =>
          cell(name === undefined ? undefined : object.members.get(name)?.value, type),
        );
        const line = `[${cells.join(",")}]\n`;
        longest = Math.max(longest, line.length > bytesAtOnce / 4 ? Buffer.byteLength(line) : 0);
        lines += line;
        if (lines.length > bytesAtOnce) await flush();
      }
    await flush();
    return longest;
  } finally {
    await target.close();
  }
}

/** As JSON: a text, or input from which `json_transform` makes a nested value. */
function cell(value: JsonValue | undefined, type: Type): string {
  if (value === undefined || value.kind === "null") return "null";
  if (value.kind === "boolean" && isPrimitive(type)) return `"${value.text}"`;
  return part(value, type);
}

function part(value: JsonValue, type: Type): string {
  if (value.kind === "null") return "null";
  if (isPrimitive(type)) return leaf(value);
  if (value.kind === "list" && type.type === "list")
    return `[${value.items.map((item) => part(item, type.element)).join(",")}]`;
  if (value.kind !== "object" || type.type !== "struct")
    throw new TypeError("the shapes of a file fit the table's types");
  const fields = type.fields.map(({ name, type: own }) => {
    const member = value.members.get(name);
    return `${JSON.stringify(name)}:${member === undefined ? "null" : part(member.value, own)}`;
  });
  return `{${fields.join(",")}}`;
}

function leaf(value: JsonValue): string {
  if (value.kind === "text") return value.quoted;
  if (value.kind === "boolean") return value.text;
  return JSON.stringify(jsonText(value));
}
