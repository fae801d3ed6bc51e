/**
 * How far the tables of a source of files lag behind its files: the age of the oldest file that no run has applied. The
 * files are listed for it, so that the answer also tells of files of which no run knows yet.
 */
import { z } from "zod";
import { using } from "../base/cleanup.ts";
import { presentError } from "../base/present-error.ts";
import { withinTime } from "../base/within-time.ts";
import { HeadgateError } from "../errors.ts";
import { knownTables } from "../sync/run/known-tables.ts";
import { isOffered } from "../sync/settings/select-tables.ts";
import type { RegisteredSource } from "../sync/settings/source-registry.ts";
import { sourceLabel } from "../sync/settings/table-pattern.ts";
import { settingsOfSource, usualSettings } from "../sync/settings/table-settings.ts";
import type { KnownTables, TableName, UnreadFiles } from "../sync/source.ts";
import { count, instant, list, presentedError } from "./answers.ts";
import type { Context } from "./context.ts";

export const filesLag = z
  .strictObject({
    oldestAt: instant
      .nullable()
      .describe("When the oldest file that no run has applied was written; null if none is left."),
    tables: list(
      z.strictObject({
        table: z.string().describe("The table as schema.name in the source."),
        files: count.describe("Its files that no run has applied."),
        oldestAt: instant,
      }),
    ),
    error: presentedError.optional().describe("Why the files could not be listed."),
  })
  .meta({ title: "FilesLag" });

export type FilesLag = z.infer<typeof filesLag>;

type LagParts = Pick<Context, "db" | "sources">;

export type LagOf = (source: RegisteredSource) => Promise<FilesLag | null>;

/** A listing that takes longer is given up, because somebody waits for the status. */
const longestMs = 10_000;

/** Null for a source whose tables are no files. Never throws. */
export async function lagOfSource(context: LagParts, source: RegisteredSource): Promise<FilesLag | null> {
  if (context.sources.connectorOf(source).places === undefined) return null;
  const late = (): HeadgateError =>
    new HeadgateError("SOURCE_UNREACHABLE", {
      place: source.name,
      message: `its files were not listed within ${longestMs / 1_000} s`,
    });
  try {
    return presentLag(await withinTime(listUnread(context, source), { milliseconds: longestMs, late }));
  } catch (failure) {
    return { oldestAt: null, tables: [], error: presentError(failure) };
  }
}

async function listUnread(context: LagParts, source: RegisteredSource): Promise<readonly UnreadFiles[]> {
  const known = await knownTables(context.db, source.id);
  const isMeant = await meantTables(context, { source, known });
  const unread = await using(context.sources.open(source), async (opened) => (await opened.unread?.(known)) ?? []);
  return unread.filter(({ name }) => isMeant(name));
}

/** Tables that runs bring up to date: not paused, not left out, not waiting for somebody to name them. */
async function meantTables(
  { db }: LagParts,
  { source, known }: { source: RegisteredSource; known: KnownTables },
): Promise<(name: TableName) => boolean> {
  const settings = await settingsOfSource(db, source.id);
  return (name) => {
    const set = settings.find(({ table }) => table.schema === name.schema && table.name === name.name);
    const { active, admitted } = set?.settings ?? usualSettings;
    const isTakenIn = known(name)?.position !== undefined || admitted || source.newTables === "auto";
    return active && isTakenIn && isOffered(name, source);
  };
}

function presentLag(unread: readonly UnreadFiles[]): FilesLag {
  const tables = unread
    .map(({ name, files, oldestAt }) => ({ table: sourceLabel(name), files, oldestAt: oldestAt.toISOString() }))
    .toSorted((left, right) => (left.oldestAt < right.oldestAt ? -1 : 1));
  return { oldestAt: tables[0]?.oldestAt ?? null, tables };
}

/** For those who ask again and again: each source is listed at most once in this time. */
const restingMs = 60_000;

export function restingLag(context: LagParts): LagOf {
  const known = lags.get(context.sources) ?? new Map<string, { at: number; lag: Promise<FilesLag | null> }>();
  lags.set(context.sources, known);
  return (source) => {
    const before = known.get(source.id);
    if (before !== undefined && Date.now() - before.at < restingMs) return before.lag;
    const lag = lagOfSource(context, source);
    known.set(source.id, { at: Date.now(), lag });
    return lag;
  };
}

/** By the process's registry of sources. */
const lags = new WeakMap<Context["sources"], Map<string, { at: number; lag: Promise<FilesLag | null> }>>();
