/** How a table's changes are found: chosen by us, or set by somebody. */
import { z } from "zod";
import { using } from "../base/cleanup.ts";
import { HeadgateError } from "../errors.ts";
import {
  chooseMode,
  cursorObstacle,
  cursorUnit,
  usualOverlap,
  type CaptureMode,
  type ModeSetting,
} from "../sync/settings/capture-mode.ts";
import { changeSettings, settingsOfTable } from "../sync/settings/table-settings.ts";
import { describeOne } from "../sync/settings/select-tables.ts";
import type { SourceTable } from "../sync/source.ts";
import { operation } from "./operation.ts";

const input = z.strictObject({
  source: z.string(),
  /** Exactly one: `table` or `schema.table`. */
  table: z.string(),
  mode: z.enum(["auto", "diff", "cursor"]),
  /** For `cursor`: the growing column. */
  column: z.string().optional(),
  /** For `cursor`: how far below its highest value reading begins; numbers, seconds or days. */
  overlap: z.number().int().nonnegative().optional(),
});

export const tableMode = operation({
  name: "table.mode",
  summary: "Choose how the changes of a table are found",
  action: "administer",
  input,
  resources: ({ source, table }) => [{ kind: "source-table", source, name: table }],
  async run({ sources, db }, request): Promise<{ table: string; mode: CaptureMode }> {
    const source = await sources.get(request.source);
    const described = await using(sources.open(source), (opened) => describeOne(opened, request.table));
    const { key } = await settingsOfTable(db, { sourceId: source.id, table: described.name });
    const table = { ...described, key: key ?? described.key };
    const mode = settingOf(request, table);
    await changeSettings(db, { sourceId: source.id, table: table.name, change: { mode } });
    return { table: `${table.name.schema}.${table.name.name}`, mode: chooseMode(table, mode) };
  },
});

/** Throws USAGE for a column that cannot be a cursor. */
function settingOf({ mode, column, overlap }: z.infer<typeof input>, table: SourceTable): ModeSetting | undefined {
  if (mode === "auto") return undefined;
  if (mode === "diff") return { mode, column: undefined, overlap: undefined };
  const obstacle = column === undefined ? "a cursor needs a column" : cursorObstacle(table, column);
  if (obstacle !== undefined) throw new HeadgateError("USAGE", { place: table.name.name, message: obstacle });
  const type = table.columns.find(({ name }) => name === column)?.lakeType ?? "";
  return { mode, column, overlap: overlap ?? usualOverlap(type), unit: cursorUnit(type) };
}
