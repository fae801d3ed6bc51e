/** Inspects JSON files: the names in their objects, and the shapes of all their values. */
import type { FileColumn } from "./file-relation.ts";
import type { FoundFile, LocalFile } from "./found-file.ts";
import { jsonObjects } from "./json-objects.ts";
import type { JsonObject, JsonValue } from "./json-value.ts";
import { noteNumber } from "./number-kind.ts";
import { renamedNotes } from "./source-column.ts";
import { bit, emptyShape, reasonFor, typeOfShape, type Shape } from "./shape.ts";

/** Throws IMPORT_FILE_INVALID. */
export async function inspectJson(files: readonly LocalFile[], signal: AbortSignal): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for (const file of files) found.push(await inspect(file, signal));
  return found;
}

/** Keys that an object contains twice. */
interface Repeated {
  objects: number;
  first: string | undefined;
}

async function inspect(file: LocalFile, signal: AbortSignal): Promise<FoundFile> {
  const shape = emptyShape();
  const repeated: Repeated = { objects: 0, first: undefined };
  let rows = 0;
  for await (const objects of jsonObjects(file)) {
    signal.throwIfAborted();
    rows += objects.length;
    for (const { object, line } of objects) noteObject(shape, { object, depth: 0, repeated, line });
  }
  const columns = [...(shape.fields ?? [])].map(([name, own]): FileColumn => ({
    name,
    type: typeOfShape(own),
    shape: own,
    because: reasonFor(own),
  }));
  return {
    ...file,
    reading: { format: file.format, isGzip: file.isGzip, columns },
    rows,
    notes: [
      ...notesOf(file, repeated),
      ...renamedNotes(
        file.location,
        columns.map(({ name }) => name),
      ),
    ],
  };
}

function notesOf({ location }: LocalFile, { objects, first }: Repeated): readonly string[] {
  if (objects === 0) return [];
  return [
    `${objects} objects in ${location} have a key twice, and the last value counts (the first such object: ${first})`,
  ];
}

interface Noting {
  readonly depth: number;
  readonly repeated: Repeated;
  readonly line: number;
}

function noteObject(shape: Shape, { object, ...noting }: Noting & { readonly object: JsonObject }): void {
  const { repeated, line, depth } = noting;
  shape.bits |= bit.object;
  if (object.repeated.length > 0) {
    repeated.objects++;
    repeated.first ??= `line ${line}, key ${object.repeated[0]}`;
  }
  const fields = (shape.fields ??= new Map());
  for (const [key, { value }] of object.members) {
    const field = fields.get(key) ?? emptyShape();
    fields.set(key, field);
    noteValue(field, { value, ...noting, depth: depth + 1 });
  }
}

function noteValue(shape: Shape, { value, ...noting }: Noting & { readonly value: JsonValue }): void {
  switch (value.kind) {
    case "null":
      return;
    case "boolean":
      shape.bits |= bit.boolean;
      return;
    case "number":
      return noteNumber(shape, value.text);
    case "text":
      // Dates are recognised only at the top level, and only while no other text has been seen in the column.
      shape.bits |= noting.depth === 1 && (shape.bits & bit.text) === 0 ? textBit(value.quoted) : bit.text;
      return;
    case "deep":
      shape.bits |= bit.text;
      return;
    case "object":
      return noteObject(shape, { object: value, ...noting });
    case "list": {
      shape.bits |= bit.list;
      const element = (shape.element ??= emptyShape());
      for (const item of value.items) noteValue(element, { value: item, ...noting, depth: noting.depth + 1 });
    }
  }
}

const day = /^\d{4}-\d{2}-\d{2}/;
const time = /^[ T](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?/;
const zone = /^(?:Z|[+-]\d{2}(?::?\d{2})?)$/;

/** A date or time if the text is a valid one by the rules of text-type.ts; otherwise a text. */
function textBit(quoted: string): number {
  const text = quoted.slice(1, -1);
  const date = day.exec(text)?.[0];
  if (date === undefined || text.length > 35 || !isDay(date)) return bit.text;
  if (text === date) return bit.date;
  const clock = time.exec(text.slice(date.length))?.[0];
  if (clock === undefined) return bit.text;
  const rest = text.slice(date.length + clock.length);
  if (rest === "") return bit.timestamp;
  return zone.test(rest) ? bit.timestamptz : bit.text;
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(text: string): boolean {
  const [year, month, date] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return date >= 1 && date <= (monthDays[month - 1] ?? 0) && (isLeap || month !== 2 || date < 29);
}
