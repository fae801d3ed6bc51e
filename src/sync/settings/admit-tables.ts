/**
 * Which tables of a source a run loads. Paused tables are left out, and dropped ones until somebody names them; of new
 * tables, the source's policy loads all, only the named ones, or none.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import type { RegisteredSource } from "./source-registry.ts";
import type { SourceObject } from "../source.ts";
import { isExact, matchesAny } from "./table-pattern.ts";
import { settingsOfSource, type TableSettings } from "./table-settings.ts";

export interface WaitingTable extends SourceObject {
  readonly isDropped: boolean;
}

interface Admission {
  readonly chosen: readonly SourceObject[];
  /** New or dropped tables that wait until somebody names them. */
  readonly waiting: readonly WaitingTable[];
  /** Tables that wait until somebody resumes them. */
  readonly paused: readonly SourceObject[];
}

interface AdmissionParts {
  readonly db: Kysely<Tables>;
  readonly source: RegisteredSource;
  readonly patterns: readonly string[];
  /** The schedules that asked for this run, if any; they do not load again what somebody dropped. */
  readonly schedules?: readonly string[] | undefined;
}

/**
 * A table that a pattern matches is loaded whatever the policy; one that was dropped, or that the user cannot access,
 * only by its exact name.
 */
export async function admitTables(parts: AdmissionParts, offered: readonly SourceObject[]): Promise<Admission> {
  const [isPaused, isAdmitted] = [
    await tablesSet(parts, ({ active }) => !active),
    await tablesSet(parts, ({ admitted }) => admitted),
  ];
  const isLoaded = await loadedTables(parts);
  const isKnown: Test = (object) => isLoaded(object) || isAdmitted(object);
  const exact = parts.patterns.filter(isExact);
  const isMeant = (object: SourceObject): boolean =>
    object.isOutOfReach !== true || isKnown(object) || (exact.length > 0 && matchesAny(exact, object.name));
  const selected = offered.filter(isMeant);
  const isDropped = await droppedTables(parts);
  const paused = selected.filter(isPaused);
  const dropped = selected.filter((object) => !isPaused(object) && isDropped(object));
  const active = selected.filter((object) => !isPaused(object) && !isDropped(object));
  const { newTables } = parts.source;
  const waiting = (objects: readonly SourceObject[], areDropped: boolean): readonly WaitingTable[] =>
    objects.map((object) => ({ ...object, isDropped: areDropped }));
  if (newTables === "auto" || parts.patterns.length > 0)
    return { chosen: active, waiting: waiting(dropped, true), paused };
  const unknown = newTables === "ask" ? active.filter((object) => !isKnown(object)) : [];
  return { chosen: active.filter(isKnown), waiting: [...waiting(unknown, false), ...waiting(dropped, true)], paused };
}

type Test = (object: SourceObject) => boolean;

async function tablesSet({ db, source }: AdmissionParts, isMeant: (settings: TableSettings) => boolean): Promise<Test> {
  const found = (await settingsOfSource(db, source.id)).filter(({ settings }) => isMeant(settings));
  return ({ name }) => found.some(({ table }) => table.schema === name.schema && table.name === name.name);
}

/** Dropped tables that are named in this run no longer count as dropped. */
async function droppedTables({ db, source, patterns, schedules }: AdmissionParts): Promise<Test> {
  const rows = await db.selectFrom("dropped_tables").selectAll().where("source_id", "=", source.id).execute();
  const exact = schedules === undefined ? patterns.filter(isExact) : [];
  const isNamed = (row: (typeof rows)[number]): boolean =>
    exact.length > 0 && matchesAny(exact, { schema: row.source_schema, name: row.source_name });
  for (const { source_schema: schema, source_name: name } of rows.filter(isNamed))
    await db
      .deleteFrom("dropped_tables")
      .where("source_id", "=", source.id)
      .where("source_schema", "=", schema)
      .where("source_name", "=", name)
      .execute();
  const left = rows.filter((row) => !isNamed(row));
  return ({ name }) => left.some((row) => row.source_schema === name.schema && row.source_name === name.name);
}

async function loadedTables({ db, source }: AdmissionParts): Promise<Test> {
  const known = await db
    .selectFrom("positions")
    .select(["source_schema", "source_name"])
    .where("source_id", "=", source.id)
    .execute();
  return ({ name }) => known.some((row) => row.source_schema === name.schema && row.source_name === name.name);
}
