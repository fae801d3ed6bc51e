/**
 * Writes rows of files as data files of a table: files of the same kind are read together, and each value is converted
 * without loss.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { using } from "../../base/cleanup.ts";
import { mapLimit } from "../../base/limit.ts";
import { must } from "../../base/must.ts";
import { sumOf } from "../../base/sum.ts";
import { readColumn } from "../../catalog/read-column.ts";
import { copyDataFiles, publishAll, type FilePart } from "../../engine/copy-data-files.ts";
import { isFloat, quoteText } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";
import type { NestedColumn } from "../../engine/read-column.ts";
import type { FileLayout } from "../../engine/file-layout.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import { HeadgateError } from "../../errors.ts";
import type { NestedField } from "../../iceberg/type.ts";
import { stagedFile, type StagedFile } from "../../writer/staged-file.ts";
import { reach } from "../../writer/crash-points.ts";
import { conversion, type Conversion, type SourceValue } from "./convert-value.ts";
import { fileFailure } from "./file-failure.ts";
import { relationSql, type Reading } from "./file-relation.ts";
import type { ImportContext, ImportListener } from "./import-context.ts";
import { localFiles } from "./inspect-files.ts";
import type { FoundFile, LocalFile } from "./found-file.ts";
import { rewriteJson } from "./rewrite-json.ts";
import { alikeFiles, type AlikeFiles } from "./alike-files.ts";
import type { ImportColumn } from "./import-column.ts";

interface WriteImport extends ImportListener {
  readonly files: readonly FoundFile[];
  readonly columns: readonly ImportColumn[];
  readonly tableLocation: string;
  /** Part of the names of the written files. */
  readonly run: string;
  readonly layout: FileLayout;
}

/** Throws IMPORT_FILE_INVALID, IMPORT_FILE_CHANGED, IMPORT_VALUE_MISFIT, DISK_FULL. */
export async function writeImport(context: ImportContext, request: WriteImport): Promise<readonly StagedFile[]> {
  const engine = await context.loadEngine();
  const staged: StagedFile[] = [];
  const read = { files: 0 };
  for (const alike of alikeFiles(request.files, request.columns)) {
    request.signal.throwIfAborted();
    staged.push(...(await writeAlike(context, { ...request, alike, engine, written: staged.length })));
    reach("import-published", context.config);
    read.files += alike.files.length;
    request.report({ kind: "rows", task: "files imported", rows: read.files, total: request.files.length });
  }
  const [wanted, found] = [sumOf(request.files, ({ rows }) => rows), sumOf(staged, ({ rowCount }) => rowCount)];
  if (wanted !== found) throw new Error(`${wanted} rows should have been imported, but ${found} were`);
  return staged;
}

interface WriteAlike extends WriteImport {
  readonly alike: AlikeFiles;
  readonly engine: Engine;
  readonly written: number;
}

/** Rows per row group; their width is not known here. */
const groupRows = 61_440;

async function writeAlike(context: ImportContext, request: WriteAlike): Promise<readonly StagedFile[]> {
  const { alike, signal } = request;
  const local = await localFiles(context.objects, alike.files);
  return using(readablePaths(context, { alike, local, signal }), (readable) =>
    writeReadable(context, { ...request, local, ...readable }),
  );
}

interface WriteReadable extends WriteAlike, ReadablePaths {
  readonly local: readonly LocalFile[];
}

async function writeReadable(context: ImportContext, request: WriteReadable): Promise<readonly StagedFile[]> {
  const { alike, engine, columns, layout, tableLocation, run, written, signal, local, paths, reading } = request;
  const conversions = columns.map(({ key, field }) => conversionOf(alike.places.get(key), field));
  let made = written;
  try {
    const files = await withMoreMemory(engine, () =>
      copyDataFiles({
        engine,
        columns: columns.map(({ field }, index) => ({
          name: field.name,
          fieldId: field.id,
          expression: conversions[index]?.sql ?? nullOf(field),
          isFloat: isFloat(String(field.type)),
          isVariant: field.type === "variant",
          parts: partsOf(readColumn(field)),
        })),
        relation: withPaths({ ...alike, reading }, paths),
        layout,
        scratchDirectory: context.config.scratchDirectory,
        groupRows,
        newFile: async () => {
          const location = `${tableLocation}/data/${run}-${made++}.parquet`;
          return { ...(await context.objects.draft(location)), location };
        },
        signal,
      }),
    );
    await publishAll(files);
    return files.map(stagedFile);
  } catch (failure) {
    const locations = new Map(paths.map((path, index) => [path, local[index]?.location ?? path]));
    if (failure instanceof HeadgateError && failure.code === "SQL_FAILED")
      await findMisfit(engine, { alike: { ...alike, reading }, paths, columns, conversions, locations });
    throw fileFailure(failure, locations);
  }
}

interface ReadablePaths {
  /** In the order of the files. */
  readonly paths: readonly string[];
  readonly reading: Reading;
}

/**
 * Paths from which the engine reads the files. JSON is rewritten in the scratch directory, because the engine's own
 * reader changes numbers.
 */
async function readablePaths(
  { config: { scratchDirectory } }: ImportContext,
  { alike, local, signal }: { alike: AlikeFiles; local: readonly LocalFile[]; signal: AbortSignal },
): Promise<ReadablePaths & AsyncDisposable> {
  const { reading, rewriting, files } = alike;
  if (rewriting === undefined)
    return { paths: local.map(({ path }) => path), reading, [Symbol.asyncDispose]: () => Promise.resolve() };
  const directory = await mkdtemp(join(scratchDirectory, "import-"));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const paths = local.map((_file, index) => join(directory, `${index}.ndjson`));
    const longest = await mapLimit([...local.entries()], 2, ([index, file]) =>
      rewriteJson(file, {
        columns: rewriting(must(files[index], "a file")),
        path: must(paths[index], "a path"),
        signal,
      }),
    );
    return { paths, reading: { ...reading, longestLine: Math.max(...longest) }, [Symbol.asyncDispose]: remove };
  } catch (failure) {
    await remove();
    throw failure;
  }
}

function nullOf(field: NestedField): string {
  return `null::${readColumn(field).sqlType}`;
}

function partsOf({ parts = [] }: NestedColumn): readonly FilePart[] {
  return parts.map((part) => ({ name: part.name, fieldId: part.fieldId, parts: partsOf(part) }));
}

function conversionOf(place: SourceValue | undefined, { type }: NestedField): Conversion | undefined {
  return place === undefined ? undefined : conversion(place, type);
}

/** The files' rows with the values from their paths: columns `p0`, `p1` … */
function withPaths({ reading, files, pathValues }: AlikeFiles, paths: readonly string[]): string {
  const relation = relationSql(reading, paths);
  if (pathValues.length === 0) return `${relation} data`;
  const rows = files.map((file, index) => {
    const values = pathValues
      .map((valueOf) => valueOf(file))
      .map((value) => (value === null ? "null" : quoteText(value)));
    return `(${[quoteText(paths[index] ?? ""), ...values].join(", ")})`;
  });
  const names = pathValues.map((_valueOf, index) => `p${index}`);
  return `${relation} data join (values ${rows.join(", ")}) told(path, ${names.join(", ")}) on data.origin = told.path`;
}

interface Misfitting extends Pick<WriteAlike, "alike" | "columns"> {
  readonly paths: readonly string[];
  readonly conversions: readonly (Conversion | undefined)[];
  readonly locations: ReadonlyMap<string, string>;
}

/** Throws IMPORT_VALUE_MISFIT for the first value that cannot be converted; returns if there is none. */
async function findMisfit(
  engine: Engine,
  { alike, paths, columns, conversions, locations }: Misfitting,
): Promise<void> {
  const doubtful = columns.flatMap(({ field }, index) => {
    const { misfit, shown } = conversions[index] ?? {};
    return misfit === undefined || shown === undefined ? [] : [{ field, misfit, shown }];
  });
  if (doubtful.length === 0) return;
  const which = doubtful.map(({ misfit }, index) => `when ${misfit} then ${index}`).join(" ");
  const value = doubtful.map(({ misfit, shown }) => `when ${misfit} then ${shown}`).join(" ");
  for (const [index, path] of paths.entries()) {
    const one = withPaths({ ...alike, files: alike.files.slice(index, index + 1) }, [path]);
    const { rows } = await engine.run(
      `select number, which, value from (select row_number() over () as number, case ${which} end as which,
        case ${value} end as value from ${one}) where which is not null order by number limit 1`,
    );
    const [number, column, text] = rows[0] ?? [];
    const found = doubtful[Number(column)]?.field;
    if (number === undefined || found === undefined) continue;
    throw new HeadgateError("IMPORT_VALUE_MISFIT", {
      place: `${locations.get(path)}, row ${number}, column ${found.name}`,
      message: `a value is not a valid ${String(found.type)}`,
      quoted: `"${String(text).slice(0, 100)}" is not a valid ${String(found.type)}`,
    });
  }
}
