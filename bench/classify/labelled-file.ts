/**
 * Reads a labelled set from a file anywhere: a module that exports tables or functions that make them, as the sets here
 * do; JSON, which is a list of tables; or text as in written-set.ts.
 */
import { readFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { piiClasses } from "../../src/stewardship/classify/pii-class.ts";
import type { LabelledTable } from "./labelled-column.ts";
import { writtenTables } from "./written-set.ts";

const column = z.object({
  name: z.string(),
  label: z.enum([...piiClasses, "none"]),
  type: z.string().default("string"),
  values: z.array(z.string()),
  rows: z.number().optional(),
});
const labelledTables = z.array(
  z.object({
    table: z.string(),
    columns: z.array(column.transform((one) => ({ ...one, rows: one.rows ?? Math.max(one.values.length, 10) }))),
  }),
);

export async function tablesInFile(path: string): Promise<readonly LabelledTable[]> {
  const ending = extname(path);
  if (ending === ".txt") return writtenTables(readFileSync(path, "utf8"));
  if (ending === ".json") return labelledTables.parse(JSON.parse(readFileSync(path, "utf8")));
  const module: unknown = await import(pathToFileURL(resolve(path)).href);
  const exported = Object.values(z.record(z.string(), z.unknown()).parse({ ...Object(module) }));
  const made = exported.map((one): unknown => (typeof one === "function" ? one() : one));
  const sets = made.map((one) => labelledTables.safeParse(one)).flatMap(({ data }) => data ?? []);
  if (sets.length === 0) throw new TypeError(`${path} exports no labelled tables`);
  return sets;
}
