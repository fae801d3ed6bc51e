/** Control of single tables of a source: where each stands, pause, resume, and begin again. */
import { z } from "zod";
import { using } from "../base/cleanup.ts";
import { lockSource } from "../sync/run/lock-source.ts";
import { describeOne } from "../sync/settings/select-tables.ts";
import { changeSettings, settingsOfSource, usualSettings } from "../sync/settings/table-settings.ts";
import type { Context } from "./context.ts";
import { operation } from "./operation.ts";

export interface ControlledTable {
  /** `schema.name` in the source. */
  readonly table: string;
  /** `database.table` in the lake. */
  readonly lakeTable: string;
  readonly active: boolean;
  readonly mode: "diff" | "cursor";
  readonly keepsDeleted: boolean;
  readonly keepsHistory: boolean;
  /** Columns that somebody named to identify rows. */
  readonly key: readonly string[] | null;
  readonly partitionBy: readonly string[] | null;
  /** In seconds. */
  readonly freshness: number | null;
  /** The file it was declared in; null where a command set it, or nobody. */
  readonly origin: string | null;
  readonly rows: number;
  /** When it was last read whole and taken as it was. */
  readonly fullLoadAt: string | null;
  /** When it was last brought to the source's state. */
  readonly freshAt: string;
  readonly position: string;
}

export const controlList = operation({
  name: "table.control",
  summary: "List the tables of a source: active, mode, position, how fresh",
  action: "watch",
  input: z.strictObject({ source: z.string() }),
  resources: ({ source }) => [{ kind: "source", name: source }],
  async run({ sources, db }, { source: name }): Promise<{ tables: readonly ControlledTable[] }> {
    const source = await sources.get(name);
    const settings = await settingsOfSource(db, source.id);
    const rows = await db
      .selectFrom("positions")
      .innerJoin("tables", "tables.id", "positions.table_id")
      .innerJoin("databases", "databases.id", "tables.database_id")
      .selectAll("positions")
      .select(["tables.name as lake_name", "databases.name as lake_database"])
      .where("source_id", "=", source.id)
      .orderBy("source_schema")
      .orderBy("source_name")
      .execute();
    const tables = rows.map((row): ControlledTable => {
      const set = settings.find(({ table }) => table.schema === row.source_schema && table.name === row.source_name);
      const { active, mode, softDelete, history, key, layout, freshness } = set?.settings ?? usualSettings;
      return {
        table: `${row.source_schema}.${row.source_name}`,
        lakeTable: `${row.lake_database}.${row.lake_name}`,
        active,
        mode: mode?.mode ?? "diff",
        keepsDeleted: softDelete,
        keepsHistory: history,
        key: key ?? null,
        partitionBy: layout.partitionBy ?? null,
        freshness: freshness ?? null,
        origin: set?.origin ?? null,
        rows: Number(row.row_count),
        fullLoadAt: row.full_load_at?.toISOString() ?? null,
        freshAt: row.moved_at.toISOString(),
        position: row.position,
      };
    });
    return { tables };
  },
});

const oneTable = z.strictObject({ source: z.string(), table: z.string() });

export const tablePause = operation({
  name: "table.pause",
  summary: "Leave a table out of every run, or take it in again",
  action: "operate",
  input: oneTable.extend({ paused: z.boolean() }),
  resources: ({ source, table }) => [{ kind: "source-table", source, name: table }],
  async run(context, { paused, ...asked }) {
    const { sourceId, name } = await findTable(context, asked);
    await changeSettings(context.db, { sourceId, table: name, change: { active: !paused } });
    return { table: `${name.schema}.${name.name}`, paused };
  },
});

export const tableReset = operation({
  name: "table.reset",
  summary: "Forget how a table was known to be equal: the next run reads it whole and compares",
  action: "operate",
  input: oneTable,
  resources: ({ source, table }) => [{ kind: "source-table", source, name: table }],
  async run(context, asked, { report }) {
    const { sourceId, name } = await findTable(context, asked);
    await lockSource(context.db, { sourceId, report }, () =>
      context.db
        .updateTable("positions")
        .set({ fingerprint: null, content_digest: null, snapshot_id: null, compared_whole: false })
        .where("source_id", "=", sourceId)
        .where("source_schema", "=", name.schema)
        .where("source_name", "=", name.name)
        .execute(),
    );
    return { table: `${name.schema}.${name.name}` };
  },
});

async function findTable({ sources }: Context, { source: sourceName, table }: z.infer<typeof oneTable>) {
  const source = await sources.get(sourceName);
  const described = await using(sources.open(source), (opened) => describeOne(opened, table));
  return { sourceId: source.id, name: described.name };
}
