/** Which tables of a source a run takes: not the paused ones; of the new ones all, those that were named, or none, by its policy. */
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import type { RegisteredSource } from "./source-registry.ts";
import type { SourceObject } from "./source.ts";
import { settingsOfSource } from "./table-settings.ts";

interface Admission {
  readonly chosen: readonly SourceObject[];
  /** New, and left until somebody names them. */
  readonly waiting: readonly SourceObject[];
  /** Left until somebody resumes them. */
  readonly paused: readonly SourceObject[];
}

interface AdmissionParts {
  readonly db: Kysely<Tables>;
  readonly source: RegisteredSource;
  readonly patterns: readonly string[];
}

/** A table that a pattern names is taken in whatever the policy. */
export async function admitTables(parts: AdmissionParts, selected: readonly SourceObject[]): Promise<Admission> {
  const isPaused = await pausedTables(parts);
  const [paused, active] = [selected.filter(isPaused), selected.filter((object) => !isPaused(object))];
  const { newTables } = parts.source;
  if (newTables === "auto" || parts.patterns.length > 0) return { chosen: active, waiting: [], paused };
  const isKnown = await knownTables(parts);
  const unknown = active.filter((object) => !isKnown(object));
  return { chosen: active.filter(isKnown), waiting: newTables === "ask" ? unknown : [], paused };
}

type Test = (object: SourceObject) => boolean;

async function pausedTables({ db, source }: AdmissionParts): Promise<Test> {
  const paused = (await settingsOfSource(db, source.id)).filter(({ settings }) => !settings.active);
  return ({ name }) => paused.some(({ table }) => table.schema === name.schema && table.name === name.name);
}

async function knownTables({ db, source }: AdmissionParts): Promise<Test> {
  const known = await db
    .selectFrom("positions")
    .select(["source_schema", "source_name"])
    .where("source_id", "=", source.id)
    .execute();
  return ({ name }) => known.some((row) => row.source_schema === name.schema && row.source_name === name.name);
}
