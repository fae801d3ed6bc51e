/** Steps to make the tables of a source as declared. The source is asked, so that mistakes are reported beforehand. */
import { messageOf } from "../../base/thrown.ts";
import { sourceLabel } from "../../sync/settings/table-pattern.ts";
import type { Kysely } from "kysely";
import { using } from "../../base/cleanup.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import {
  cursorObstacle,
  cursorUnit,
  modeObstacle,
  usualOverlap,
  type ModeSetting,
} from "../../sync/settings/capture-mode.ts";
import { lakeTable } from "../../sync/settings/lake-table.ts";
import { describeOne } from "../../sync/settings/select-tables.ts";
import { lockSource } from "../../sync/run/lock-source.ts";
import { silent } from "../../base/progress.ts";
import type { RegisteredSource } from "../../sync/settings/source-registry.ts";
import type { Context } from "../context.ts";
import type { FilePlace, SourceTable, TableName } from "../../sync/source.ts";
import {
  changeSettings,
  forgetSettings,
  settingsOfSource,
  usualSettings,
  type SetTable,
  type TableSettings,
} from "../../sync/settings/table-settings.ts";
import { secondsOf } from "../../base/duration.ts";
import { changedPlace, columnsOf, movePlace, placesOf } from "../controller/controlled-table.ts";
import { checkSettings } from "../table-set.ts";
import { openDeclared } from "./open-declared.ts";
import type { DeclaredTable } from "./declaration.ts";
import { changed, type PlanParts, type SourceParts, type Step } from "./step.ts";

export async function tableSteps(parts: PlanParts, { name, declared, known }: SourceParts): Promise<readonly Step[]> {
  const { context } = parts;
  const set = known === undefined ? [] : await settingsOfSource(context.db, known.id);
  const wanted = await wantedSettings(parts, { name, declared, known });
  const isDeclared = ({ table }: SetTable): boolean => wanted.some((want) => isSame(want.table, table));
  const sourceId = async (transaction: Kysely<Tables>): Promise<string> =>
    (await context.sources.within(transaction).get(name)).id;
  return [
    ...wanted.flatMap(({ table, settings: declaredSettings }): Step[] => {
      const before = set.find((other) => isSame(other.table, table));
      // A command may have admitted it, about which the declaration says nothing.
      const isAdmitted = declaredSettings.admitted || before?.settings.admitted === true;
      const settings = { ...declaredSettings, admitted: isAdmitted };
      const details = settingDetails(before?.settings ?? usualSettings, settings);
      if (details.length === 0) return [];
      const apply = async (transaction: Kysely<Tables>): Promise<void> => {
        const source = await parts.context.sources.within(transaction).get(name);
        await moveTo({ context: parts.context, transaction, source, table }, { from: before?.settings, to: settings });
        const place = { sourceId: source.id, table };
        await changeSettings(transaction, { ...place, change: settings, origin: parts.origin });
      };
      const change = before === undefined ? "add" : "change";
      return [{ what: "table", name: `${name}: ${sourceLabel(table)}`, change, details, apply }];
    }),
    ...set
      .filter((other) => other.origin !== undefined && !isDeclared(other))
      .map(({ table }): Step => {
        const apply = async (transaction: Kysely<Tables>) =>
          forgetSettings(transaction, { sourceId: await sourceId(transaction), table });
        return { what: "table", name: `${name}: ${sourceLabel(table)}`, change: "remove", details: [], apply };
      }),
  ];
}

function isSame(left: TableName, right: TableName): boolean {
  return left.schema === right.schema && left.name === right.name;
}

function settingDetails(from: TableSettings, to: TableSettings): readonly string[] {
  const mode = ({ mode: set }: TableSettings): string =>
    set === undefined
      ? "auto"
      : [set.mode, set.column, set.overlap, set.unit].filter((part) => part !== undefined).join(" ");
  const answer = (is: boolean): string => (is ? "yes" : "no");
  const optional = (value: string | number | undefined): string => (value === undefined ? "" : String(value));
  const list = (values: readonly string[] | undefined): string =>
    values === undefined ? "" : values.length === 0 ? "by nothing" : values.join(", ");
  return [
    ...changed("mode", mode(from), mode(to)),
    ...changed("soft delete", answer(from.softDelete), answer(to.softDelete)),
    ...changed("history", answer(from.history), answer(to.history)),
    ...changed("active", answer(from.active), answer(to.active)),
    ...changed("admitted", answer(from.admitted), answer(to.admitted)),
    ...changed("key", list(from.key), list(to.key)),
    ...changed("partitions", list(from.layout.partitionBy), list(to.layout.partitionBy)),
    ...changed("sorted by", list(from.layout.sortBy), list(to.layout.sortBy)),
    ...changed("file size", optional(from.layout.targetFileSize), optional(to.layout.targetFileSize)),
    ...changed("compression", optional(from.layout.compression), optional(to.layout.compression)),
    ...changed("format version", optional(from.layout.formatVersion), optional(to.layout.formatVersion)),
    ...changed("freshness", optional(from.freshness), optional(to.freshness)),
    ...changed("unsigned bigint", optional(from.unsignedBigint), optional(to.unsignedBigint)),
    ...changed("reading", optional(from.reading), optional(to.reading)),
    ...changed("place", shownPlace(from), shownPlace(to)),
  ];
}

/** `lastIncrementalFile 20240131-101500123.csv`. */
function shownPlace({ declaredPlace: place }: TableSettings): string {
  const members: Partial<FilePlace> = place === undefined ? {} : JSON.parse(place);
  return Object.entries(members)
    .map(([name, value]) => `${name} ${value ?? "none"}`)
    .join(", ");
}

interface Moved {
  readonly context: Context;
  readonly transaction: Kysely<Tables>;
  readonly source: RegisteredSource;
  readonly table: TableName;
}

/** Moves the table's place in its files if the declaration says another one than before. */
async function moveTo(
  { context, transaction, source, table: name }: Moved,
  { from, to }: { readonly from: TableSettings | undefined; readonly to: TableSettings },
): Promise<void> {
  if (to.declaredPlace === undefined || to.declaredPlace === from?.declaredPlace) return;
  const places = placesOf(context, { label: `${source.name}: ${sourceLabel(name)}`, source });
  const change: Partial<FilePlace> = JSON.parse(to.declaredPlace);
  await lockSource(context.db, { sourceId: source.id, report: silent }, () =>
    movePlace(transaction, { source, name, places }, change),
  );
}

/** Asks the source for its tables, so that a missing name or column is reported before anything changes. */
async function wantedSettings(
  parts: PlanParts,
  { name, declared, known }: SourceParts,
): Promise<readonly { readonly table: TableName; readonly settings: TableSettings }[]> {
  const tables = Object.entries(declared.tables);
  if (tables.length === 0) return [];
  return using(openDeclared(parts, { name, declared, known }), async (source) => {
    const found = [];
    for (const [pattern, table] of tables) {
      const reading = declaredReading(table);
      const described = await describeOne(source, pattern, { reading, incarnation: undefined, position: undefined });
      const place = `sources.${name}.tables.${pattern}`;
      if (table.columns !== undefined && described.inFiles !== true) throw notInFiles(place);
      const key = declaredColumns(table.controller?.PrimaryKey, table.key);
      const keyed = { ...described, key: key ?? described.key };
      const settings: TableSettings = {
        mode: modeSetting(table, { described: keyed, place }),
        softDelete: table.soft_delete,
        history: table.history,
        active: table.controller?.ActiveFlag ?? table.active,
        admitted: table.controller?.ActiveFlag ?? false,
        layout: {
          partitionBy: declaredColumns(table.controller?.PartitionKey, table.partition_by),
          sortBy: table.sort_by,
          targetFileSize: table.target_file_size,
          compression: table.compression,
          formatVersion: table.format_version,
        },
        key,
        freshness: table.freshness === undefined ? undefined : secondsOf(table.freshness),
        unsignedBigint: table.unsigned_bigint,
        reading,
        declaredPlace: declaredPlace(table),
      };
      const lake = known && (await lakeTable(parts.context, { sourceId: known.id, table: described.name }));
      checkAt(place, () => checkSettings(described, settings, lake));
      found.push({ table: described.name, settings });
    }
    return found;
  });
}

/** As JSON. Columns are the part of a reading that people know best, so they can be declared on their own. */
function declaredReading({ reading, columns }: DeclaredTable): string | undefined {
  if (columns === undefined) return reading && JSON.stringify(reading);
  return JSON.stringify({ ...reading, columns });
}

function notInFiles(place: string): HeadgateError {
  const message = "columns are declared for tables that are files; a database tells its columns itself";
  return new HeadgateError("DECLARATION_INVALID", { place: `${place}.columns`, message });
}

/** A list, or the text of a controller table. */
function declaredColumns(
  text: string | null | undefined,
  list: readonly string[] | undefined,
): readonly string[] | undefined {
  return text === undefined ? list : columnsOf(text);
}

/** As JSON. Throws USAGE for a time that is none. */
function declaredPlace({ controller }: DeclaredTable): string | undefined {
  const place = controller && changedPlace(controller);
  return place && JSON.stringify(place);
}

/** Throws DECLARATION_INVALID with the place if `check` throws. */
function checkAt(place: string, check: () => void): void {
  try {
    check();
  } catch (failure) {
    throw new HeadgateError("DECLARATION_INVALID", { place, message: messageOf(failure), cause: failure });
  }
}

function modeSetting(
  { mode, column, overlap }: DeclaredTable,
  { described, place }: { described: SourceTable; place: string },
): ModeSetting | undefined {
  if (mode === "auto") return undefined;
  const unfit = modeObstacle(described, mode);
  if (unfit !== undefined) throw new HeadgateError("DECLARATION_INVALID", { place, message: unfit });
  if (mode === "files") return undefined;
  if (mode === "diff" || column === undefined) return { mode: "diff", column: undefined, overlap: undefined };
  const obstacle = cursorObstacle(described, column);
  if (obstacle !== undefined) throw new HeadgateError("DECLARATION_INVALID", { place, message: obstacle });
  const type = described.columns.find(({ name }) => name === column)?.lakeType ?? "";
  return { mode, column, overlap: overlap ?? usualOverlap(type), unit: cursorUnit(type) };
}
