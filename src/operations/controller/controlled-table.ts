/**
 * A table of a source in the words of the controller table that people keep beside DMS: ActiveFlag, PrimaryKey,
 * PartitionKey, LastFullLoadDate, LastIncrementalFile. It is a view: the first three are settings of the table, the
 * others a view of its position, and nothing is stored under these names.
 */
import { z } from "zod";
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { RegisteredSource } from "../../sync/settings/source-registry.ts";
import { settingsOfTable, type TableSettings } from "../../sync/settings/table-settings.ts";
import { sourceLabel } from "../../sync/settings/table-pattern.ts";
import type { FilePlace, FilePlaces } from "../../sync/source.ts";
import type { Context } from "../context.ts";
import type { FedTable } from "../fed-table.ts";

const columnsText = z.string().nullable();

/** Everything that may be set; null, or `null` as these tables write it, removes a setting. */
export const controls = {
  ActiveFlag: z.boolean().optional().describe("False leaves the table out of every run."),
  PrimaryKey: columnsText
    .optional()
    .describe("The columns that identify a row, with commas between them; null: rows are only added."),
  PartitionKey: columnsText
    .optional()
    .describe("The columns that divide its files, or transforms of them: day(created_at), bucket(16, id)."),
  LastFullLoadDate: z
    .string()
    .nullable()
    .optional()
    .describe("A time in UTC: files of a full load that were written later are loaded again. Null: all of them."),
  LastIncrementalFile: z
    .string()
    .nullable()
    .optional()
    .describe("The name or path of a file: files of changes after it are read again. Null: all of them."),
};

const controlsSchema = z.strictObject(controls);

export type Controls = z.infer<typeof controlsSchema>;

export const controlledTable = z
  .strictObject({
    table: z.string().describe("The table as database.table in the lake."),
    sourceTable: z.string().describe("The table as schema.name in the source."),
    ActiveFlag: z.boolean(),
    PrimaryKey: columnsText,
    PartitionKey: columnsText,
    LastFullLoadDate: z.string().nullable().describe("When the newest file of its full load was written, in UTC."),
    LastIncrementalFile: z.string().nullable().describe("The last file of changes that was read."),
  })
  .meta({ title: "ControlledTable" });

export type ControlledTable = z.infer<typeof controlledTable>;

/** A table of the source as the lake knows it. */
export async function readControls(context: Context, { label, source, name }: FedTable): Promise<ControlledTable> {
  const { db } = context;
  const place = { sourceId: source.id, table: name };
  const { active, admitted, key, layout } = await settingsOfTable(db, place);
  const position = await positionOf(db, { source, name });
  const places = context.sources.connectorOf(source).places;
  const at = position === undefined ? undefined : places?.of(position);
  const isTakenIn = position !== undefined || admitted || source.newTables === "auto";
  const isLoaded = active && isTakenIn && !(await isDropped(db, { source, name }));
  return {
    table: label,
    sourceTable: sourceLabel(name),
    ActiveFlag: isLoaded,
    PrimaryKey: textOf(key),
    PartitionKey: textOf(layout.partitionBy),
    LastFullLoadDate: at?.lastFullLoadDate == null ? null : timeText(at.lastFullLoadDate),
    LastIncrementalFile: at?.lastIncrementalFile ?? null,
  };
}

/** Throws TABLE_NOT_FOUND for a table that somebody dropped: its settings went with it, and no run would follow them. */
export async function checkNotDropped(db: Kysely<Tables>, { label, source, name }: FedTable): Promise<void> {
  if (!(await isDropped(db, { source, name }))) return;
  throw new HeadgateError("TABLE_NOT_FOUND", {
    place: label,
    message: `${label} was dropped from the lake, and no run loads it before somebody names it`,
    remedy: `load it again with \`headgate sync ${source.name} --table ${sourceLabel(name)}\`, and then set it`,
  });
}

async function isDropped(db: Kysely<Tables>, { source, name }: Pick<FedTable, "source" | "name">): Promise<boolean> {
  const row = await db
    .selectFrom("dropped_tables")
    .select("source_id")
    .where("source_id", "=", source.id)
    .where("source_schema", "=", name.schema)
    .where("source_name", "=", name.name)
    .executeTakeFirst();
  return row !== undefined;
}

/** Undefined before the table's first run. */
export async function positionOf(
  db: Kysely<Tables>,
  { source, name }: Pick<FedTable, "source" | "name">,
): Promise<string | undefined> {
  const row = await db
    .selectFrom("positions")
    .select("position")
    .where("source_id", "=", source.id)
    .where("source_schema", "=", name.schema)
    .where("source_name", "=", name.name)
    .executeTakeFirst();
  return row?.position;
}

/** The settings that the controls change. */
export function changedSettings(
  { ActiveFlag, PrimaryKey, PartitionKey }: Controls,
  before: TableSettings,
): Pick<TableSettings, "active" | "admitted" | "key" | "layout"> {
  return {
    active: ActiveFlag ?? before.active,
    admitted: ActiveFlag ?? before.admitted,
    key: PrimaryKey === undefined ? before.key : columnsOf(PrimaryKey),
    layout: PartitionKey === undefined ? before.layout : { ...before.layout, partitionBy: columnsOf(PartitionKey) },
  };
}

/** Undefined if the controls leave it where it is. Throws USAGE for a time that is none, and a name that no file of changes has. */
export function changedPlace({ LastFullLoadDate, LastIncrementalFile }: Controls): Partial<FilePlace> | undefined {
  if (LastFullLoadDate === undefined && LastIncrementalFile === undefined) return undefined;
  return {
    ...(LastFullLoadDate === undefined ? {} : { lastFullLoadDate: instantOf(LastFullLoadDate) }),
    ...(LastIncrementalFile === undefined ? {} : { lastIncrementalFile: fileOf(LastIncrementalFile) }),
  };
}

/** The names that DMS gives to files of changes, and `0.parquet`, by which people say that none has been read. */
const changeName = /^(?:(\d{8})-\d{9,10}|CDC_TXN-(\d{8})\d{9,10}|0+)\.(?:csv|parquet)(?:\.gz)?$/i;

function fileOf(text: string | null): string | null {
  const given = nullOr(text);
  if (given === null) return null;
  const found = changeName.exec(given.slice(given.lastIndexOf("/") + 1));
  if (found === null)
    throw new HeadgateError("USAGE", {
      place: "LastIncrementalFile",
      message: `${given} is no name of a file of changes; write it as DMS does: 20240131-101500123.csv`,
    });
  checkPassed(found[1] ?? found[2], { place: "LastIncrementalFile", given });
  return given;
}

/** A moment that is still to come would leave out every file until then. `digits`: a day, as `20240131`. */
function checkPassed(digits: string | undefined, { place, given }: { place: string; given: string }): void {
  const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1_000).toISOString().slice(0, 10).replaceAll("-", "");
  if (digits === undefined || digits <= tomorrow) return;
  const message = `${given} is of a day that is still to come, so that all files until then would be left out`;
  throw new HeadgateError("USAGE", { place, message });
}

/** Throws USAGE for a source whose tables are no files. */
export function placesOf(context: Context, { label, source }: Pick<FedTable, "label" | "source">): FilePlaces {
  const { places, title } = context.sources.connectorOf(source);
  if (places !== undefined) return places;
  const message = `LastFullLoadDate and LastIncrementalFile belong to tables that are files; ${source.name} is ${title}`;
  throw new HeadgateError("USAGE", { place: label, message });
}

/** Moves the position of a table that has one; the others are read from their beginning anyway. */
export async function movePlace(
  db: Kysely<Tables>,
  { source, name, places }: { source: RegisteredSource; name: FedTable["name"]; places: FilePlaces },
  change: Partial<FilePlace>,
): Promise<void> {
  const position = await positionOf(db, { source, name });
  if (position === undefined) return;
  await db
    .updateTable("positions")
    .set({ position: places.moved(position, change), fingerprint: null })
    .where("source_id", "=", source.id)
    .where("source_schema", "=", name.schema)
    .where("source_name", "=", name.name)
    .execute();
}

/** Divides at the commas that are not within a transform: `bucket(16, id),day(created_at)`. */
export function columnsOf(text: string | null): readonly string[] | undefined {
  const parts = (nullOr(text) ?? "").split(/,(?![^(]*\))/).map((part) => part.trim());
  const columns = parts.filter((part) => part !== "");
  return columns.length === 0 ? undefined : columns;
}

function textOf(columns: readonly string[] | undefined): string | null {
  return columns === undefined || columns.length === 0 ? null : columns.join(",");
}

function nullOr(text: string | null): string | null {
  return text === "null" || text === "" ? null : text;
}

/** `2024-01-31 10:11:12.123` in UTC. */
function timeText(instant: string): string {
  return new Date(instant).toISOString().replace("T", " ").replace("Z", "");
}

/** A day, perhaps with a time and an offset. */
const instant = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2})?)?$/i;

function instantOf(text: string | null): string | null {
  const given = nullOr(text)?.trim();
  if (given === undefined) return null;
  const [, day = "", time = "00:00", offset = "Z"] = instant.exec(given) ?? [];
  const found = new Date(`${day}T${time}${offset.toUpperCase()}`);
  if (Number.isNaN(found.getTime()) || !isDay(day)) {
    const message = `${given} is no time; write it in UTC: 2024-01-31 10:11:12`;
    throw new HeadgateError("USAGE", { place: "LastFullLoadDate", message });
  }
  checkPassed(day.replaceAll("-", ""), { place: "LastFullLoadDate", given });
  return found.toISOString();
}

/** False for the 31st of February, which a date takes for a day in March. */
function isDay(day: string): boolean {
  return new Date(`${day}T00:00Z`).toISOString().startsWith(day);
}
