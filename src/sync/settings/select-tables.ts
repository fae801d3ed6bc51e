/** Selects the objects of a source for a run: tables by default; views and the like only when named exactly. */
import { closest } from "../../base/closest.ts";
import { formatName } from "../../catalog/table-name.ts";
import { HeadgateError } from "../../errors.ts";
import type { KnownTable, Obstacle, Source, SourceObject, SourceTable, TableName } from "../source.ts";
import { isExact, matchesAny, sourceLabel } from "./table-pattern.ts";

/**
 * Unless it is tolerant, throws SOURCE_TABLE_NOT_FOUND when a pattern without a wildcard matches nothing, or when no
 * pattern matches anything.
 */
export function selectTables(
  objects: readonly SourceObject[],
  patterns: readonly string[],
  { isTolerant = false } = {},
): readonly SourceObject[] {
  const exact = patterns.filter(isExact);
  const missing = exact.filter((pattern) => !objects.some(({ name }) => matchesAny([pattern], name)));
  if (missing.length > 0 && !isTolerant) throw noSuchTable(missing, objects);
  const chosen = objects.filter((object) => isChosen(object, { patterns, exact }));
  if (patterns.length > 0 && chosen.length === 0 && !isTolerant) throw noSuchTable(patterns, objects);
  return chosen;
}

/** Suggests the name that was probably meant by the first of them. */
export function noSuchTable(
  missing: readonly string[],
  objects: readonly SourceObject[],
  { source = "the source" } = {},
): HeadgateError {
  const [first = ""] = missing;
  const meant = closest(
    first,
    objects.flatMap(({ name }) => [formatName([name.name]), sourceLabel(name)]),
  );
  return new HeadgateError("SOURCE_TABLE_NOT_FOUND", {
    place: missing.join(", "),
    message: `${source} has no table ${first}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
  });
}

/**
 * The objects that a source's own selection offers: those that it includes and does not exclude, plus those that are
 * named exactly.
 */
export function offeredTables(
  objects: readonly SourceObject[],
  selection: Selection,
  patterns: readonly string[],
): readonly SourceObject[] {
  const exact = patterns.filter(isExact);
  const isNamed = ({ name }: SourceObject): boolean => exact.length > 0 && matchesAny(exact, name);
  return objects.filter((object) => isOffered(object.name, selection) || isNamed(object));
}

/** Whether the source's own selection includes the table and does not exclude it. */
export function isOffered(name: TableName, { include, exclude }: Selection): boolean {
  return matchesAny(include, name) && !isLeftOut(name, exclude);
}

export function isLeftOut(name: TableName, excluded: readonly string[]): boolean {
  return excluded.length > 0 && matchesAny(excluded, name);
}

/** The objects that no excluding pattern matches. */
export function withoutTables(
  objects: readonly SourceObject[],
  excluded: readonly string[] = [],
): readonly SourceObject[] {
  return objects.filter(({ name }) => !isLeftOut(name, excluded));
}

interface Selection {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** The one table of that exact name. Throws SOURCE_TABLE_NOT_FOUND, or the obstacle to reading it. */
export async function describeOne(source: Source, pattern: string, known?: KnownTable): Promise<SourceTable> {
  const [found] = selectTables(await source.discover(), [pattern]);
  if (found === undefined) throw new HeadgateError("SOURCE_TABLE_NOT_FOUND", { place: pattern });
  return describeTable(source, found.name, known);
}

/** Throws SOURCE_TABLE_NOT_FOUND, or the obstacle to reading the table. */
export async function describeTable(source: Source, name: TableName, known?: KnownTable): Promise<SourceTable> {
  const [described] = await source.describe([name], () => known);
  if (described === undefined) throw new HeadgateError("SOURCE_TABLE_NOT_FOUND", { place: sourceLabel(name) });
  if ("obstacle" in described) throw obstacleError(sourceLabel(name), described.obstacle);
  return described;
}

/** The error for a table that cannot be read. */
export function obstacleError(place: string, { code, message, remedy }: Obstacle): HeadgateError {
  return new HeadgateError(code, { place, message, remedy });
}

function isChosen(
  { name, kind }: SourceObject,
  { patterns, exact }: { patterns: readonly string[]; exact: readonly string[] },
): boolean {
  if (kind === "table" || kind === "partitioned table") return matchesAny(patterns, name);
  return exact.length > 0 && matchesAny(exact, name);
}
