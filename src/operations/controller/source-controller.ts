/** All tables of a source in the words of a DMS controller table, and the settings of an existing one read in. */
import { z } from "zod";
import { using } from "../../base/cleanup.ts";
import { messageOf } from "../../base/thrown.ts";
import { HeadgateError } from "../../errors.ts";
import { knownTables } from "../../sync/run/known-tables.ts";
import { lakeTable } from "../../sync/settings/lake-table.ts";
import { describeTable } from "../../sync/settings/select-tables.ts";
import { sourceLabel } from "../../sync/settings/table-pattern.ts";
import { changeSettings, settingsOfTable } from "../../sync/settings/table-settings.ts";
import type { Source } from "../../sync/source.ts";
import { list } from "../answers.ts";
import type { Context } from "../context.ts";
import { ofCommit, ofSource } from "../failures.ts";
import type { FedTable } from "../fed-table.ts";
import { operation } from "../operation.ts";
import { checkSettings } from "../table-set.ts";
import { tablesToFeed } from "../tables-to-feed.ts";
import {
  changedSettings,
  checkNotDropped,
  controlledTable,
  readControls,
  type ControlledTable,
} from "./controlled-table.ts";
import { readControllerExport, type ExportedItem } from "./controller-export.ts";

const named = z.strictObject({ name: z.string() });

export const sourceController = operation({
  name: "source.controller",
  summary: "List the tables of a source in the words of a DMS controller table",
  action: "operate",
  input: named,
  output: z.strictObject({ tables: list(controlledTable) }),
  errors: [...ofSource, ...ofCommit],
  resources: ({ name }) => [{ kind: "source", name }],
  async run(context, { name }): Promise<{ tables: readonly ControlledTable[] }> {
    const source = await context.sources.get(name);
    const tables: ControlledTable[] = [];
    for (const fed of await using(context.sources.open(source), (opened) => tablesToFeed(opened, source)))
      tables.push(await readControls(context, fed));
    return { tables };
  },
});

const readIn = z
  .strictObject({
    tables: list(controlledTable).describe("The tables that were set."),
    skipped: list(z.strictObject({ table: z.string(), reason: z.string() })),
  })
  .meta({ title: "ControllerReadIn" });

export type ControllerReadIn = z.infer<typeof readIn>;

export const sourceControl = operation({
  name: "source.control",
  summary:
    "Set ActiveFlag, PrimaryKey and PartitionKey of a source's tables as an export of a DynamoDB controller table says; how far another lake had read the files is left out",
  action: "administer",
  input: named.extend({
    /** JSON lines of an export to S3, or the answer of a scan. */
    export: z.string(),
  }),
  output: readIn,
  errors: [...ofSource, ...ofCommit],
  resources: ({ name }) => [{ kind: "source", name }],
  async run(context, { name, export: text }): Promise<ControllerReadIn> {
    const items = readControllerExport(text);
    const source = await context.sources.get(name);
    return using(context.sources.open(source), async (opened) => {
      const known = await tablesToFeed(opened, source);
      const tables: ControlledTable[] = [];
      const skipped: { table: string; reason: string }[] = [];
      for (const item of items) {
        const outcome = await setItem(context, { opened, known, item });
        if ("reason" in outcome) skipped.push(outcome);
        else tables.push(outcome);
      }
      return { tables, skipped };
    });
  },
});

interface ItemParts {
  readonly opened: Source;
  readonly known: readonly FedTable[];
  readonly item: ExportedItem;
}

/** Returns why it was skipped if it names no table of the source, or columns that the table does not have. */
async function setItem(
  context: Context,
  { opened, known, item }: ItemParts,
): Promise<ControlledTable | { readonly table: string; readonly reason: string }> {
  const table = sourceLabel(item.table);
  const fed = known.find(({ name }) => name.schema === item.table.schema && name.name === item.table.name);
  if (fed === undefined) return { table, reason: "the source has no such table" };
  try {
    await setFed(context, { opened, fed, item });
  } catch (failure) {
    if (!(failure instanceof HeadgateError)) throw failure;
    return { table, reason: messageOf(failure) };
  }
  return readControls(context, fed);
}

async function setFed(
  context: Context,
  { opened, fed, item }: { opened: Source; fed: FedTable; item: ExportedItem },
): Promise<void> {
  await checkNotDropped(context.db, fed);
  const place = { sourceId: fed.source.id, table: fed.name };
  const change = changedSettings(item.controls, await settingsOfTable(context.db, place));
  const known = (await knownTables(context.db, fed.source.id))(fed.name);
  checkSettings(await describeTable(opened, fed.name, known), change, await lakeTable(context, place));
  await changeSettings(context.db, { ...place, change });
}
