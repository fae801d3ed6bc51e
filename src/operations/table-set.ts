/** What is set for one table: how its files are laid out, what identifies its rows, how old it may be, its types. */
import { z } from "zod";
import { using } from "../base/cleanup.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import { compressions } from "../engine/file-layout.ts";
import { HeadgateError } from "../errors.ts";
import { formatVersions } from "../iceberg/format-version.ts";
import { followSchema } from "../sync/run/lake-schema.ts";
import { lakeTable } from "../sync/settings/lake-table.ts";
import { describeOne } from "../sync/settings/select-tables.ts";
import type { SourceTable } from "../sync/source.ts";
import { checkLayout, type LayoutSettings } from "../writer/table-layout.ts";
import { changeSettings, settingsOfTable, type TableSettings } from "../sync/settings/table-settings.ts";
import type { UnsignedBigint } from "../db/tables.ts";
import { unsignedBigints } from "../sync/settings/unsigned-bigint.ts";
import { operation } from "./operation.ts";

const names = z.array(z.string().min(1)).max(100).readonly();

/** Null takes back what was set; absent leaves it. */
const settings = {
  /** `city`, `day(created_at)`, `bucket(16, id)`, `truncate(4, name)`; empty for none. */
  partitionBy: names.nullish(),
  /** Like partitions, and `desc`, `nulls last`; empty for none. */
  sortBy: names.nullish(),
  /** In MB. */
  targetFileSize: z.number().int().min(1).max(10_000).nullish(),
  compression: z.enum(compressions).nullish(),
  /** Of Iceberg. */
  formatVersion: z.literal(formatVersions).nullish(),
  /** Columns that identify a row where the source declares no key. */
  key: names.nullish(),
  /** In seconds. */
  freshness: z.number().int().positive().nullish(),
  unsignedBigint: z.enum(unsignedBigints).nullish(),
};

export interface SetOfTable extends LayoutSettings {
  /** `schema.name` in the source. */
  readonly table: string;
  readonly key: readonly string[] | undefined;
  readonly freshness: number | undefined;
  readonly unsignedBigint: UnsignedBigint | undefined;
}

export const tableSet = operation({
  name: "table.set",
  summary:
    "Set how a table's files are laid out, what identifies its rows, how old it may be, what bigint unsigned becomes",
  action: "administer",
  input: z.strictObject({
    source: z.string(),
    /** Exactly one: `table` or `schema.table`. */
    table: z.string(),
    ...settings,
  }),
  resources: ({ source, table }) => [{ kind: "source-table", source, name: table }],
  async run(context, { source: sourceName, table: tableName, ...asked }): Promise<SetOfTable> {
    const { sources, db } = context;
    const source = await sources.get(sourceName);
    const described = await using(sources.open(source), (opened) => describeOne(opened, tableName));
    const place = { sourceId: source.id, table: described.name };
    const before = await settingsOfTable(db, place);
    const layout = {
      partitionBy: chosen(asked.partitionBy, before.layout.partitionBy),
      sortBy: chosen(asked.sortBy, before.layout.sortBy),
      targetFileSize: chosen(asked.targetFileSize, before.layout.targetFileSize),
      compression: chosen(asked.compression, before.layout.compression),
      formatVersion: chosen(asked.formatVersion, before.layout.formatVersion),
    };
    const change = {
      layout,
      key: chosen(asked.key, before.key),
      freshness: chosen(asked.freshness, before.freshness),
      unsignedBigint: chosen(asked.unsignedBigint, before.unsignedBigint),
    };
    checkSettings(described, change, await lakeTable(context, place));
    await changeSettings(db, { ...place, change });
    const { schema, name } = described.name;
    const { key, freshness, unsignedBigint } = change;
    return { table: `${schema}.${name}`, ...layout, key, freshness, unsignedBigint };
  },
});

function chosen<T>(asked: T | null | undefined, before: T | undefined): T | undefined {
  return asked === undefined ? before : (asked ?? undefined);
}

/** Throws USAGE for what the table's columns do not allow, or the lake's table, which is undefined before its first run. */
export function checkSettings(
  table: SourceTable,
  { layout, key = [] }: Pick<TableSettings, "layout" | "key">,
  lake: CatalogTable | undefined,
): void {
  const place = table.name.name;
  const { schema } = followSchema(table, undefined);
  checkLayout(layout, { schema, metadata: undefined });
  if (layout.formatVersion === 2 && lake?.metadata.formatVersion === 3)
    throw new HeadgateError("USAGE", { place, message: "it is in format version 3, and no table goes back to 2" });
  const missing = key.find((name) => !table.columns.some((column) => column.name === name));
  if (missing === undefined) return;
  throw new HeadgateError("USAGE", { place, message: `there is no column ${missing} for the key` });
}
