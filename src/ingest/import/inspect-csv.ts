/** Files of CSV: how their fields are told apart, their columns, and the types that all their values have. */
import { mapLimit } from "../../base/limit.ts";
import { quoteText } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";
import { HeadgateError } from "../../errors.ts";
import { fileFailure } from "./file-failure.ts";
import { compressionSql, relationSql, type Dialect, type FileColumn, type Reading } from "./file-relation.ts";
import type { FoundFile, LocalFile } from "./inspect-files.ts";
import { reasonFor, typeOfShape, type Shape } from "./shape.ts";
import { shapeOfRow, shapeWidth, textShapeSql } from "./text-type.ts";

/** Throws IMPORT_FILE_INVALID. */
export async function inspectCsv(
  engine: Engine,
  { files, hasHeader }: { files: readonly LocalFile[]; hasHeader: boolean },
): Promise<readonly FoundFile[]> {
  const read = await mapLimit(files, 4, async (file) => ({ file, reading: await sniff(engine, { file, hasHeader }) }));
  const groups = [...Map.groupBy(read, ({ reading }) => JSON.stringify(reading)).values()];
  const found: FoundFile[] = [];
  for (const group of groups) found.push(...(await withTypes(engine, group)));
  return found;
}

async function sniff(engine: Engine, { file, hasHeader }: { file: LocalFile; hasHeader: boolean }): Promise<Reading> {
  const { format, isGzip } = file;
  if (file.size === 0) return { format, isGzip, columns: [] };
  try {
    // A line that does not fit must not make the engine doubt the delimiter: it is found when the file is read.
    const { rows } = await engine.run(
      `select Delimiter, Quote, Escape, SkipRows, list_transform(Columns, lambda c: c.name)
        from sniff_csv(${quoteText(file.path)}, header = ${hasHeader}, ignore_errors = true, ${compressionSql(file)})`,
    );
    const [delimiter, quote, escape, skippedLines, names] = rows[0] ?? [];
    const dialect: Dialect = {
      delimiter: String(delimiter),
      quote: known(quote),
      escape: known(escape),
      skippedLines: Number(skippedLines),
      hasHeader,
    };
    return {
      format,
      isGzip,
      dialect,
      columns: (names as unknown as string[]).map((name) => ({ name, type: "string" })),
    };
  } catch (failure) {
    throw fileFailure(failure, new Map([[file.path, file.location]]));
  }
}

/** Where none was seen, one may follow. */
function known(mark: unknown): string {
  return mark === "(empty)" ? '"' : String(mark);
}

interface ReadFile {
  readonly file: LocalFile;
  readonly reading: Reading;
}

/** Of files that are read in the same way. */
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
    return group.map(({ file }) => {
      const [count = 0, ...found] = byPath.get(file.path) ?? [];
      const columns = reading.columns.map((column, index) =>
        withShape(column, shapeOfRow(found.slice(index * shapeWidth, (index + 1) * shapeWidth))),
      );
      return { ...file, reading: { ...reading, columns }, rows: Number(count) };
    });
  } catch (failure) {
    throw fileFailure(failure, new Map(group.map(({ file }) => [file.path, file.location])));
  }
}

function emptyFile(file: LocalFile, reading: Reading | undefined): FoundFile {
  if (reading === undefined || file.size > 0)
    throw new HeadgateError("IMPORT_FILE_INVALID", { place: file.location, message: "no columns were found" });
  return { ...file, reading, rows: 0 };
}

function withShape(column: FileColumn, shape: Shape): FileColumn {
  return { ...column, shape, type: typeOfShape(shape), because: reasonFor(shape) };
}
