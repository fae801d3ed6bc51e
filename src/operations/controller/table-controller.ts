/** Shows and sets one table of a source in the words of a DMS controller table. */
import { z } from "zod";
import { using } from "../../base/cleanup.ts";
import { knownTables } from "../../sync/run/known-tables.ts";
import { lockSource } from "../../sync/run/lock-source.ts";
import { lakeTable } from "../../sync/settings/lake-table.ts";
import { describeTable } from "../../sync/settings/select-tables.ts";
import { changeSettings, settingsOfTable } from "../../sync/settings/table-settings.ts";
import type { Context } from "../context.ts";
import { ofFedTable } from "../failures.ts";
import { findFedTable, type FedTable } from "../fed-table.ts";
import { operation, type Call } from "../operation.ts";
import { checkSettings } from "../table-set.ts";
import {
  changedPlace,
  changedSettings,
  checkNotDropped,
  controlledTable,
  controls,
  movePlace,
  placesOf,
  readControls,
  type ControlledTable,
  type Controls,
} from "./controlled-table.ts";

export const tableController = operation({
  name: "table.controller",
  summary:
    "Show a table in the words of a DMS controller table, and set what is given: whether it is active, its keys, how far its files count as read",
  action: "administer",
  input: z.strictObject({
    /** `database.table` in the lake, even if no run has loaded the table yet. */
    table: z.string(),
    ...controls,
  }),
  output: controlledTable,
  errors: ofFedTable,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, { table, ...asked }, call): Promise<ControlledTable> {
    const fed = await findFedTable(context, table);
    await checkNotDropped(context.db, fed);
    await setControls(context, fed, { asked, call });
    return readControls(context, fed);
  },
});

interface Asked {
  readonly asked: Controls;
  readonly call: Pick<Call, "report" | "signal">;
}

/** Throws USAGE for what the table's columns, or its kind of source, do not allow; then nothing is changed. */
async function setControls(context: Context, fed: FedTable, { asked, call }: Asked): Promise<void> {
  const place = changedPlace(asked);
  const places = place && placesOf(context, fed);
  const { ActiveFlag, PrimaryKey, PartitionKey } = asked;
  if ([ActiveFlag, PrimaryKey, PartitionKey].some((value) => value !== undefined))
    await setSettings(context, fed, asked);
  if (place === undefined || places === undefined) return;
  const { source, name } = fed;
  await lockSource(context.db, { sourceId: source.id, ...call }, () =>
    movePlace(context.db, { source, name, places }, place),
  );
}

async function setSettings(context: Context, { source, name }: FedTable, asked: Controls): Promise<void> {
  const place = { sourceId: source.id, table: name };
  const change = changedSettings(asked, await settingsOfTable(context.db, place));
  if (asked.PrimaryKey != null || asked.PartitionKey != null) {
    const known = (await knownTables(context.db, source.id))(name);
    const described = await using(context.sources.open(source), (opened) => describeTable(opened, name, known));
    checkSettings(described, change, await lakeTable(context, place));
  }
  await changeSettings(context.db, { ...place, change });
}
