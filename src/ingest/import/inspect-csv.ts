/** Inspects CSV files: how their fields are separated, their columns, and the types that fit all their values. */
import { mapLimit } from "../../base/limit.ts";
import { quoteText } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";
import { HeadgateError } from "../../errors.ts";
import { fileFailure } from "./file-failure.ts";
import { csvBeginning, namesChanged } from "./csv-beginning.ts";
import {
  compressionSql,
  relationSql,
  type CsvOptions,
  type Dialect,
  type FileColumn,
  type Reading,
} from "./file-relation.ts";
import type { FoundFile, LocalFile } from "./found-file.ts";
import { reasonFor, typeOfShape, type Shape } from "./shape.ts";
import { shapeOfRow, shapeWidth, textShapeSql } from "./text-type.ts";

export interface CsvReading {
  readonly hasHeader: boolean;
  readonly csv: CsvOptions;
}

/** Throws IMPORT_FILE_INVALID. */
export async function inspectCsv(
  engine: Engine,
  { files, ...how }: CsvReading & { files: readonly LocalFile[] },
): Promise<readonly FoundFile[]> {
  const read = await mapLimit(files, 4, (file) => sniff(engine, { file, ...how }));
  const groups = [...Map.groupBy(read, ({ reading }) => JSON.stringify(reading)).values()];
  const found: FoundFile[] = [];
  for (const group of groups) found.push(...(await withTypes(engine, group)));
  return found;
}

async function sniff(engine: Engine, { file, hasHeader, csv }: CsvReading & { file: LocalFile }): Promise<ReadFile> {
  const { format, isGzip } = file;
  try {
    const { skippedLines, delimiter: said, encoding, header } = await csvBeginning(file, { csv, hasHeader });
    if (header === undefined) return { file, reading: { format, isGzip, columns: [] }, notes: [] };
    const known = { delim: said, comment: csv.comment, encoding: encoding === "utf-8" ? undefined : encoding };
    const options = Object.entries(known).flatMap(([name, text]) =>
      text === undefined ? [] : [`, ${name} = ${quoteText(text)}`],
    );
    // Ignores lines that do not fit, so that they do not make the engine doubt the delimiter; they are reported when
    // the file is read.
    const { rows } = await engine.run(
      `select Delimiter, Quote, Escape, SkipRows, list_transform(Columns, lambda c: c.name)
        from sniff_csv(${quoteText(file.path)}, header = ${hasHeader}, skip = ${skippedLines}, ignore_errors = true,
          ${compressionSql(file)}${options.join("")})`,
    );
    const [delimiter, quote, escape, skipped, names] = rows[0] ?? [];
    const dialect: Dialect = {
      delimiter: String(delimiter),
      quote: marked(quote),
      escape: marked(escape),
      skippedLines: Number(skipped),
      hasHeader,
      comment: csv.comment,
      encoding,
    };
    const columns = (names as unknown as string[]).map((name) => ({ name, type: "string" }));
    return { file, reading: { format, isGzip, dialect, columns }, notes: notesOf(file, { dialect, header, columns }) };
  } catch (failure) {
    throw fileFailure(failure, new Map([[file.path, file.location]]));
  }
}

function notesOf(
  { location }: LocalFile,
  { dialect, header, columns }: { dialect: Dialect; header: string; columns: readonly FileColumn[] },
): readonly string[] {
  if (!dialect.hasHeader || !namesChanged(header, dialect)) return [];
  const names = columns.map(({ name }) => name).join(", ");
  return [`the header of ${location} has names twice, or none: its columns are called ${names}`];
}

/** If the engine saw no quotes, some may still appear later. */
function marked(mark: unknown): string {
  return mark === "(empty)" ? '"' : String(mark);
}

interface ReadFile {
  readonly file: LocalFile;
  readonly reading: Reading;
  readonly notes: readonly string[];
}

/** For files that are read in the same way. */
async function withTypes(engine: Engine, group: readonly ReadFile[]): Promise<readonly FoundFile[]> {
  const reading = group[0]?.reading;
  if (reading === undefined || reading.columns.length === 0) return group.map(({ file }) => emptyFile(file, reading));
  const kinds = reading.columns
    .flatMap((_column, index) => textShapeSql(`c${index}`))
    .map((sql) => `, ${sql}`)
    .join("");
  const paths = group.map(({ file }) => file.path);
  try {
    const { rows } = await engine.run(
      `select origin, count(*)${kinds} from ${relationSql(reading, paths)} data group by origin`,
    );
    const byPath = new Map(rows.map(([path, ...rest]) => [String(path), rest]));
    return group.map(({ file, notes }) => {
      const [count = 0, ...found] = byPath.get(file.path) ?? [];
      const columns = reading.columns.map((column, index) =>
        withShape(column, shapeOfRow(found.slice(index * shapeWidth, (index + 1) * shapeWidth))),
      );
      return { ...file, reading: { ...reading, columns }, rows: Number(count), notes };
    });
  } catch (failure) {
    throw fileFailure(failure, new Map(group.map(({ file }) => [file.path, file.location])));
  }
}

function emptyFile(file: LocalFile, reading: Reading | undefined): FoundFile {
  if (reading?.dialect !== undefined || reading === undefined)
    throw new HeadgateError("IMPORT_FILE_INVALID", {
      place: file.location,
      message: "no columns were found in this file",
    });
  return { ...file, reading, rows: 0 };
}

function withShape(column: FileColumn, shape: Shape): FileColumn {
  return { ...column, shape, type: typeOfShape(shape), because: reasonFor(shape) };
}
