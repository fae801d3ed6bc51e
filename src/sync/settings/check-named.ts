/**
 * Looks up table names that somebody typed before anything begins, so that a typing mistake is not recorded as a failed
 * run.
 */
import { using } from "../../base/cleanup.ts";
import type { RegisteredSource } from "./source-registry.ts";
import type { SourceObject, TableName } from "../source.ts";
import type { SyncContext } from "../run/sync-context.ts";
import { noSuchTable } from "./select-tables.ts";
import { isExact, matchesAny } from "./table-pattern.ts";

interface NamedTables {
  readonly source: RegisteredSource;
  readonly patterns: readonly string[];
}

/**
 * Throws SOURCE_TABLE_NOT_FOUND. The source is asked only about tables that have not been loaded yet; if it does not
 * answer, the check passes.
 */
export async function checkNamed(context: Pick<SyncContext, "db" | "sources">, named: NamedTables): Promise<void> {
  const unknown = await unknownPatterns(context, named);
  if (unknown.length === 0) return;
  const objects = await discovered(context, named.source);
  if (objects !== undefined) checkPatterns(named.source.name, { patterns: unknown, objects });
}

/**
 * The same check for settings that take effect later. Returns notes about the patterns, in whole sentences. Throws
 * SOURCE_TABLE_NOT_FOUND for an exact name that does not exist.
 */
export async function patternNotes(
  context: Pick<SyncContext, "db" | "sources">,
  named: NamedTables,
): Promise<readonly string[]> {
  const unknown = await unknownPatterns(context, named);
  if (unknown.length === 0) return [];
  const objects = await discovered(context, named.source);
  if (objects === undefined)
    return [`${named.source.name} does not answer now, so it was not checked that it has ${unknown.join(", ")}`];
  checkPatterns(named.source.name, { patterns: unknown.filter(isExact), objects });
  const empty = unknown.filter((pattern) => !objects.some(({ name }) => matchesAny([pattern], name)));
  return empty.map((pattern) => `no table of ${named.source.name} matches ${pattern} now`);
}

/** The patterns that match no loaded table. */
async function unknownPatterns(
  { db }: Pick<SyncContext, "db">,
  { source, patterns }: NamedTables,
): Promise<readonly string[]> {
  if (patterns.length === 0) return [];
  const rows = await db
    .selectFrom("positions")
    .select(["source_schema as schema", "source_name as name"])
    .where("source_id", "=", source.id)
    .execute();
  return patterns.filter((pattern) => !rows.some((name: TableName) => matchesAny([pattern], name)));
}

/** Undefined if the source does not answer. */
function discovered(
  { sources }: Pick<SyncContext, "sources">,
  source: RegisteredSource,
): Promise<readonly SourceObject[] | undefined> {
  return using(sources.open(source), (opened) => opened.discover()).catch(() => undefined);
}

interface Looked {
  readonly patterns: readonly string[];
  readonly objects: readonly SourceObject[];
}

function checkPatterns(source: string, { patterns, objects }: Looked): void {
  const missing = patterns.filter((pattern) => !objects.some(({ name }) => matchesAny([pattern], name)));
  if (missing.length > 0) throw noSuchTable(missing, objects, { source });
}
