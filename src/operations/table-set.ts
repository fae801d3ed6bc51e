/**
 * Settings of one table that a source feeds: how its changes are found, what is kept of removed rows, the layout of its
 * files, the columns that identify its rows, its freshness target, and its types.
 */
import { z } from "zod";
import { using } from "../base/cleanup.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import { captureModes } from "../db/tables.ts";
import { compressions } from "../engine/file-layout.ts";
import { HeadgateError } from "../errors.ts";
import { formatVersions } from "../iceberg/format-version.ts";
import { followSchema } from "../sync/run/lake-schema.ts";
import {
  chooseMode,
  cursorObstacle,
  cursorUnit,
  modeObstacle,
  usualOverlap,
  type ModeSetting,
} from "../sync/settings/capture-mode.ts";
import { knownTables } from "../sync/run/known-tables.ts";
import { lakeTable } from "../sync/settings/lake-table.ts";
import { describeTable } from "../sync/settings/select-tables.ts";
import type { SourceTable } from "../sync/source.ts";
import { checkLayout } from "../writer/table-layout.ts";
import { changeSettings, settingsOfTable, type TableSettings } from "../sync/settings/table-settings.ts";
import { unsignedBigints } from "../sync/settings/unsigned-bigint.ts";
import { findFedTable } from "./fed-table.ts";
import { captureMode } from "./answers.ts";
import { ofFedTable } from "./failures.ts";
import { operation } from "./operation.ts";

const names = z.array(z.string().min(1)).max(100).readonly();

/** Null removes a setting; absent values stay as they are. */
const settings = {
  /** How changes are found. */
  mode: z.enum(["auto", ...captureModes]).optional(),
  /** For `cursor`: the growing column. */
  column: z.string().optional(),
  /** For `cursor`: how far below its highest value reading begins, in numbers, seconds or days. */
  overlap: z.number().int().nonnegative().optional(),
  /** Keep rows that the source deletes, marked in `_deleted_at`. */
  softDelete: z.boolean().optional(),
  /** Record every change in `<table>__history`. */
  history: z.boolean().optional(),
  /** `city`, `day(created_at)`, `bucket(16, id)`, `truncate(4, name)`; empty for none. */
  partitionBy: names.nullish(),
  /** Like `partitionBy`, also with `desc` and `nulls last`; empty for none. */
  sortBy: names.nullish(),
  /** In MB. */
  targetFileSize: z.number().int().min(1).max(10_000).nullish(),
  compression: z.enum(compressions).nullish(),
  /** Iceberg format version. */
  formatVersion: z.literal(formatVersions).nullish(),
  /** Columns that identify a row when the source declares no key. */
  key: names.nullish(),
  /** In seconds. */
  freshness: z.number().int().positive().nullish(),
  unsignedBigint: z.enum(unsignedBigints).nullish(),
  /** How the files of a source that is no database are read, as JSON; null lets it be found again. */
  reading: z.string().nullish(),
};

const input = z.strictObject({
  /** `database.table` in the lake, even if no run has loaded the table yet. */
  table: z.string(),
  ...settings,
});

type Asked = z.infer<typeof input>;

const set = z.strictObject({
  table: z.string(),
  source: z.string(),
  mode: captureMode,
  softDelete: z.boolean(),
  history: z.boolean(),
  partitionBy: names.optional(),
  sortBy: names.optional(),
  targetFileSize: z.number().optional().describe("In MB."),
  compression: z.enum(compressions).optional(),
  formatVersion: z.literal(formatVersions).optional(),
  key: names.optional(),
  freshness: z.number().optional().describe("In seconds."),
  unsignedBigint: z.enum(unsignedBigints).optional(),
  reading: z.string().optional().describe("How the table's files are read, as JSON."),
});

export type SetOfTable = z.infer<typeof set>;

export const tableSet = operation({
  name: "table.set",
  summary: "Change the settings of a table that a source feeds, or return them when no setting is given",
  action: "administer",
  input,
  output: set,
  errors: ofFedTable,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, asked): Promise<SetOfTable> {
    const { sources, db } = context;
    const { label, source, name } = await findFedTable(context, asked.table);
    const place = { sourceId: source.id, table: name };
    const before = await settingsOfTable(db, place);
    const stored = (await knownTables(db, source.id))(name);
    const reading = chosen(asked.reading, before.reading);
    const known = { incarnation: undefined, position: undefined, ...stored, reading };
    const described = await using(sources.open(source), (opened) => describeTable(opened, name, known));
    const change = changeOf(asked, { before, described, label });
    if (changesFiles(asked)) checkSettings(described, change, await lakeTable(context, place));
    if (Object.values(asked).filter((value) => value !== undefined).length > 1)
      await changeSettings(db, { ...place, change });
    const { mode, layout, softDelete, history, key, freshness, unsignedBigint } = change;
    const keyed = { ...described, key: key ?? described.key };
    const chosenMode = chooseMode(keyed, mode);
    const rest = { softDelete, history, ...layout, key, freshness, unsignedBigint, reading };
    return { table: label, source: source.name, mode: chosenMode, ...rest };
  },
});

interface ChangeParts {
  readonly before: TableSettings;
  readonly described: SourceTable;
  readonly label: string;
}

/** Throws USAGE for a column that cannot be a cursor. */
function changeOf(
  asked: Asked,
  { before, described, label }: ChangeParts,
): Omit<TableSettings, "active" | "admitted" | "declaredPlace"> {
  const key = chosen(asked.key, before.key);
  const keyed = { ...described, key: key ?? described.key };
  return {
    mode: modeOf(asked, { table: keyed, before: before.mode, label }),
    softDelete: asked.softDelete ?? before.softDelete,
    history: asked.history ?? before.history,
    layout: {
      partitionBy: chosen(asked.partitionBy, before.layout.partitionBy),
      sortBy: chosen(asked.sortBy, before.layout.sortBy),
      targetFileSize: chosen(asked.targetFileSize, before.layout.targetFileSize),
      compression: chosen(asked.compression, before.layout.compression),
      formatVersion: chosen(asked.formatVersion, before.layout.formatVersion),
    },
    key,
    freshness: chosen(asked.freshness, before.freshness),
    unsignedBigint: chosen(asked.unsignedBigint, before.unsignedBigint),
    reading: chosen(asked.reading, before.reading),
  };
}

function chosen<T>(asked: T | null | undefined, before: T | undefined): T | undefined {
  return asked === undefined ? before : (asked ?? undefined);
}

interface ModeParts {
  /** With the key that identifies its rows. */
  readonly table: SourceTable;
  readonly before: ModeSetting | undefined;
  readonly label: string;
}

/** Throws USAGE for a mode that the table cannot have, and for a column that cannot be a cursor. */
function modeOf({ mode, column, overlap }: Asked, { table, before, label: place }: ModeParts): ModeSetting | undefined {
  if (mode !== "cursor" && (column !== undefined || overlap !== undefined))
    throw new HeadgateError("USAGE", {
      place,
      message: "a column and an overlap can only be set with the mode cursor",
    });
  if (mode === undefined) return before;
  if (mode === "auto") return undefined;
  const obstacle = modeObstacle(table, mode) ?? (mode === "cursor" ? obstacleOfCursor(table, column) : undefined);
  if (obstacle !== undefined) throw new HeadgateError("USAGE", { place, message: obstacle });
  if (mode === "files") return undefined;
  if (mode === "diff") return { mode, column: undefined, overlap: undefined };
  const type = table.columns.find(({ name }) => name === column)?.lakeType ?? "";
  return { mode, column, overlap: overlap ?? usualOverlap(type), unit: cursorUnit(type) };
}

function obstacleOfCursor(table: SourceTable, column: string | undefined): string | undefined {
  return column === undefined ? "the mode cursor needs a column" : cursorObstacle(table, column);
}

/** Whether a requested setting may not be possible with the table's columns. */
function changesFiles({ partitionBy, sortBy, targetFileSize, compression, formatVersion, key }: Asked): boolean {
  return [partitionBy, sortBy, targetFileSize, compression, formatVersion, key].some((value) => value !== undefined);
}

/**
 * Throws USAGE for settings that the table's columns, or the lake table, do not allow. The lake table is undefined
 * before the first run.
 */
export function checkSettings(
  table: SourceTable,
  { layout, key = [] }: Pick<TableSettings, "layout" | "key">,
  lake: CatalogTable | undefined,
): void {
  const place = table.name.name;
  const { schema } = followSchema(table, undefined);
  checkLayout(layout, { schema, metadata: undefined });
  if (layout.formatVersion === 2 && lake?.metadata.formatVersion === 3)
    throw new HeadgateError("USAGE", {
      place,
      message: "the table has format version 3 and cannot go back to version 2",
    });
  const twice = key.find((name, index) => key.indexOf(name) !== index);
  if (twice !== undefined)
    throw new HeadgateError("USAGE", { place, message: `the key names the column ${twice} twice` });
  const missing = key.find((name) => !table.columns.some((column) => column.name === name));
  if (missing === undefined) return;
  throw new HeadgateError("USAGE", {
    place,
    message: `the table has no column ${missing}, which should be part of the key`,
  });
}
