/** Which new tables of a source a run takes in: all, those that were named, or none, as the source's policy says. */
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import type { RegisteredSource } from "./source-registry.ts";
import type { SourceObject } from "./source.ts";

interface Admission {
  readonly chosen: readonly SourceObject[];
  /** New, and left until somebody names them. */
  readonly waiting: readonly SourceObject[];
}

interface AdmissionParts {
  readonly db: Kysely<Tables>;
  readonly source: RegisteredSource;
  readonly patterns: readonly string[];
}

/** A table that a pattern names is taken in whatever the policy. */
export async function admitTables(
  { db, source, patterns }: AdmissionParts,
  selected: readonly SourceObject[],
): Promise<Admission> {
  if (source.newTables === "auto" || patterns.length > 0) return { chosen: selected, waiting: [] };
  const known = await db
    .selectFrom("positions")
    .select(["source_schema", "source_name"])
    .where("source_id", "=", source.id)
    .execute();
  const isKnown = ({ name }: SourceObject): boolean =>
    known.some((row) => row.source_schema === name.schema && row.source_name === name.name);
  const unknown = selected.filter((object) => !isKnown(object));
  return { chosen: selected.filter(isKnown), waiting: source.newTables === "ask" ? unknown : [] };
}
