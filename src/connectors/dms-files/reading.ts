/**
 * How a table's files are read, as JSON text: it is found once, kept with the table's settings, and can be set. It is
 * not a type checker: a value that does not fit its column fails when it is read.
 */
import { z } from "zod";
import { HeadgateError } from "../../errors.ts";
import { parsePrimitive } from "../../iceberg/type.ts";
import type { GivenColumn } from "../../sync/source.ts";

/** A type that a column of the lake can have. */
const type = z.string().refine(isType, "this is no type of the lake");

const column = z.strictObject({ name: z.string().min(1), type });
const givenColumn = column.partial({ type: true });

const given = z.strictObject({
  /** The columns of the files in order, without `Op`. */
  columns: z.array(column).min(1),
  /** Whether CSV files begin with the names of their columns (`AddColumnName`). */
  header: z.boolean(),
  /** `CsvDelimiter`. */
  delimiter: z.string().min(1).max(4),
  /** Empty for files whose values are never in quotes (`Rfc4180=false`). */
  quote: z.string().max(1),
  /** The text that stands for null (`CsvNullValue`). */
  null: z.string(),
  /** The column with the time of the commit (`TimestampColumnName`), which is no column of the table. */
  timestamp: z.string().nullable(),
  /** Whether the operation and the commit's time become columns of the table too. */
  keep: z.array(z.enum(["op", "timestamp"])),
});

/** Complete, as it was found or set. */
export type Reading = z.infer<typeof given>;
export type ReadingColumn = Reading["columns"][number];

const partial = given.partial().extend({
  columns: z
    .array(givenColumn)
    .min(1)
    .refine(haveOwnNames, "two of these columns have the same name")
    .optional()
    .describe("a column without a type has the one that is found"),
});

/** The parts that somebody set or that were found before. */
export type KnownReading = z.infer<typeof partial>;

/** Throws SETTING_INVALID. */
export function parseReading(text: string | undefined): KnownReading {
  if (text === undefined) return {};
  const parsed = partial.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = `reading${issue === undefined ? "" : `, ${issue.path.join(".")}`}`;
  throw new HeadgateError("SETTING_INVALID", { place, message: issue?.message ?? "this is not how files can be read" });
}

function haveOwnNames(columns: readonly GivenColumn[]): boolean {
  return new Set(columns.map(({ name }) => name)).size === columns.length;
}

/**
 * The columns with what somebody set about them: in files without names their names and types, in others the types of
 * the columns that are named. Throws SETTING_INVALID if neither says the type of a column.
 */
export function withSetColumns(
  found: readonly ReadingColumn[],
  { header, set }: { header: boolean; set: readonly GivenColumn[] | undefined },
): ReadingColumn[] {
  if (set === undefined) return [...found];
  const typeSet = (name: string): string | undefined => set.find((own) => own.name === name)?.type;
  if (header) return found.map((seen) => ({ name: seen.name, type: typeSet(seen.name) ?? seen.type }));
  const atPlace = (index: number): ReadingColumn | undefined =>
    found.length === set.length ? found[index] : undefined;
  return set.map(({ name, type: own }, index) => {
    const known = own ?? (found.find((seen) => seen.name === name) ?? atPlace(index))?.type;
    if (known !== undefined) return { name, type: known };
    const message = `the table was read without the column ${name} before, so nothing tells its type`;
    throw new HeadgateError("SETTING_INVALID", { place: "reading, columns", message, remedy: "say its type" });
  });
}

/** Equal readings have equal texts. */
export function formatReading({ columns, header, delimiter, quote, null: nullText, timestamp, keep }: Reading): string {
  return JSON.stringify({ columns, header, delimiter, quote, null: nullText, timestamp, keep });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HeadgateError("SETTING_INVALID", { place: "reading", message: "this is not JSON", cause });
  }
}

function isType(text: string): boolean {
  try {
    parsePrimitive(text);
    return true;
  } catch {
    return false;
  }
}
