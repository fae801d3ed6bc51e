/**
 * A labelled set written as text: a line with one word begins a table, the others are columns with four parts,
 * `name; label; type; value|value`. No type means text. Lines that begin with # are comments.
 */
import { piiClasses } from "../../src/stewardship/classify/pii-class.ts";
import type { LabelledColumn, LabelledTable } from "./labelled-column.ts";

export function writtenTables(text: string): readonly LabelledTable[] {
  const tables: { table: string; columns: LabelledColumn[] }[] = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "" && !one.startsWith("#"))) {
    const [name = "", label, type = "", ...rest] = line.split(";").map((part) => part.trim());
    if (label === undefined) tables.push({ table: name, columns: [] });
    else tables.at(-1)?.columns.push(columnOf({ name, label: labelOf(label), type, values: rest.join(";") }));
  }
  return tables;
}

interface Written {
  readonly name: string;
  readonly label: LabelledColumn["label"];
  readonly type: string;
  readonly values: string;
}

function columnOf({ name, label, type, values }: Written): LabelledColumn {
  const all = values === "" ? [] : values.split("|");
  return { name, label, type: type === "" ? "string" : type, rows: Math.max(all.length, 10), values: all };
}

function labelOf(word: string): LabelledColumn["label"] {
  const found = [...piiClasses, "none" as const].find((name) => name === word);
  if (found === undefined) throw new TypeError(`${word} is no class`);
  return found;
}
