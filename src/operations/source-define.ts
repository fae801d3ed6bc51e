/**
 * Sets the columns, types and keys of tables that are files as somebody has written them down elsewhere: in the table
 * mapping of the DMS task, or in the Glue data catalog. The selection rules of a mapping choose the source's tables.
 */
import { z } from "zod";
import { using } from "../base/cleanup.ts";
import { messageOf } from "../base/thrown.ts";
import { HeadgateError } from "../errors.ts";
import { knownTables } from "../sync/run/known-tables.ts";
import { lakeTable } from "../sync/settings/lake-table.ts";
import { describeTable } from "../sync/settings/select-tables.ts";
import type { RegisteredSource } from "../sync/settings/source-registry.ts";
import { sourceLabel } from "../sync/settings/table-pattern.ts";
import { changeSettings, settingsOfTable } from "../sync/settings/table-settings.ts";
import type {
  Connector,
  DescribedReading,
  DescribedTables,
  KnownTable,
  Source,
  SourceTable,
  TableName,
} from "../sync/source.ts";
import { list, texts } from "./answers.ts";
import type { Context } from "./context.ts";
import { ofCommit, ofSource } from "./failures.ts";
import type { FedTable } from "./fed-table.ts";
import { operation } from "./operation.ts";
import { checkSettings } from "./table-set.ts";
import { tablesToFeed } from "./tables-to-feed.ts";

/** Texts of files that a person has. */
export const descriptionTexts = {
  /** The table mapping of the DMS task that writes the files, as JSON. */
  tableMapping: z.string().optional(),
  /** Tables of the Glue data catalog, each as `aws glue get-table` or `get-tables` prints it. */
  glueTables: z.array(z.string()).optional(),
};

type DescriptionTexts = z.infer<z.ZodObject<typeof descriptionTexts>>;

const definedTable = z.strictObject({
  table: z.string().describe("The table as database.table in the lake."),
  sourceTable: z.string().describe("The table as schema.name in the source."),
  columns: list(z.strictObject({ name: z.string(), type: z.string() })),
  key: texts.nullable().describe("The columns that identify a row, if they are said."),
  left: texts.describe("The statements that could not be followed, in whole sentences."),
});

type DefinedTable = z.infer<typeof definedTable>;

export const definedTables = z
  .strictObject({
    tables: list(definedTable).describe("The tables of which something is said."),
    skipped: list(z.strictObject({ table: z.string(), reason: z.string() })),
    excluded: texts.describe("Tables of the source, as schema.name, that no selection rule chooses."),
  })
  .meta({ title: "DefinedTables" });

export type DefinedTables = z.infer<typeof definedTables>;

export const sourceDefine = operation({
  name: "source.define",
  summary:
    "Set the columns, types and keys of a source's tables as a DMS table mapping or tables of Glue say; the mapping's selection rules choose its tables",
  action: "administer",
  input: z.strictObject({ name: z.string(), ...descriptionTexts }),
  output: definedTables,
  errors: [...ofSource, ...ofCommit],
  resources: ({ name }) => [{ kind: "source", name }],
  async run(context, { name, ...given }): Promise<DefinedTables> {
    const source = await context.sources.get(name);
    const descriptions = parseDescriptions(context.sources.connectorOf(source), given);
    if (descriptions.length === 0)
      throw new HeadgateError("USAGE", { place: name, message: "give a table mapping or a Glue table" });
    return defineTables(context, { source, descriptions });
  },
});

/** Throws USAGE for text that cannot be understood, and for a source whose tables are no files. */
export function parseDescriptions(
  { descriptions, title }: Connector,
  { tableMapping, glueTables = [] }: DescriptionTexts,
): readonly DescribedTables[] {
  if (tableMapping === undefined && glueTables.length === 0) return [];
  if (descriptions === undefined)
    throw new HeadgateError("USAGE", {
      place: title,
      message:
        "only files that AWS DMS writes need a table mapping or a Glue table; a database tells its columns itself",
    });
  // A mapping says types of columns that have names, which Glue may give them.
  const mapped = tableMapping === undefined ? [] : [descriptions.tableMapping(tableMapping)];
  return [...glueTables.map((text) => descriptions.glueTable(text)), ...mapped];
}

interface Defining {
  readonly source: RegisteredSource;
  readonly descriptions: readonly DescribedTables[];
}

export async function defineTables(context: Context, { source, descriptions }: Defining): Promise<DefinedTables> {
  return using(context.sources.open(source), async (opened) => {
    const excluded = await excludeUnchosen(context, { source, descriptions, opened });
    const feeding = await tablesToFeed(opened, await context.sources.get(source.name));
    const names = feeding.map(({ name }) => name);
    const unmatched = descriptions.flatMap((described) => described.unmatched(names));
    const skipped = unmatched.map((table) => ({ table, reason: "the source has no such table" }));
    const tables: DefinedTable[] = [];
    for (const fed of feeding) {
      const outcome = await defineTable(context, { opened, fed, descriptions });
      if (outcome !== undefined && "reason" in outcome) skipped.push(outcome);
      else if (outcome !== undefined) tables.push(outcome);
    }
    return { tables, skipped, excluded };
  });
}

/** Tables that the source gets later are not known to be chosen, so they are not excluded. */
async function excludeUnchosen(
  { sources }: Context,
  { source, descriptions, opened }: Defining & { readonly opened: Source },
): Promise<readonly string[]> {
  const choices = descriptions.flatMap(({ isChosen }) => isChosen ?? []);
  if (choices.length === 0) return [];
  const names = (await opened.discover()).map(({ name }) => name);
  const isMeant = (name: TableName): boolean => choices.some((isChosen) => isChosen(name));
  const chosen = names.filter(isMeant).map(sourceLabel);
  const others = names.filter((name) => !isMeant(name)).map(sourceLabel);
  if (chosen.length === 0)
    throw new HeadgateError("USAGE", {
      place: source.name,
      message: `the selection rules of the table mapping choose none of the source's tables: ${others.slice(0, 5).join(", ")}`,
      remedy: "give the mapping of the task that writes these files",
    });
  const kept = source.exclude.filter((pattern) => !chosen.includes(pattern));
  await sources.change(source.name, { exclude: [...new Set([...kept, ...others])] });
  return others;
}

interface TableParts {
  readonly opened: Source;
  readonly fed: FedTable;
  readonly descriptions: readonly DescribedTables[];
}

type Outcome = DefinedTable | { readonly table: string; readonly reason: string } | undefined;

/** Undefined if nothing is said of the table. Returns why it was skipped if what is said does not fit its files. */
async function defineTable(context: Context, parts: TableParts): Promise<Outcome> {
  try {
    return await setDefined(context, parts);
  } catch (failure) {
    if (!(failure instanceof HeadgateError)) throw failure;
    return { table: sourceLabel(parts.fed.name), reason: `${messageOf(failure)}; ${failure.remedy}` };
  }
}

async function setDefined(
  context: Context,
  { opened, fed, descriptions }: TableParts,
): Promise<DefinedTable | undefined> {
  const { db } = context;
  const place = { sourceId: fed.source.id, table: fed.name };
  const before = await settingsOfTable(db, place);
  const stored = (await knownTables(db, fed.source.id))(fed.name);
  const said = await whatIsSaid(descriptions, { opened, fed, stored, reading: before.reading });
  if (said === undefined) return undefined;
  const { table, reading, left, key = before.key } = said;
  checkSettings(table, { layout: before.layout, key }, await lakeTable(context, place));
  await changeSettings(db, { ...place, change: { reading, key } });
  const columns = table.columns.map(({ name, lakeType }) => ({ name, type: lakeType }));
  return { table: fed.label, sourceTable: sourceLabel(fed.name), columns, key: said.key ?? null, left };
}

interface SaidParts {
  readonly opened: Source;
  readonly fed: FedTable;
  readonly stored: KnownTable | undefined;
  readonly reading: string | undefined;
}

/** The table as it is read with all that the descriptions say, the last one winning. */
async function whatIsSaid(
  descriptions: readonly DescribedTables[],
  { opened, fed, stored, reading: before }: SaidParts,
): Promise<(DescribedReading & { readonly table: SourceTable }) | undefined> {
  let table = await describeTable(opened, fed.name, stored);
  let said: DescribedReading | undefined;
  for (const description of descriptions) {
    const more = description.readingOf(table, said?.reading ?? before);
    if (more === undefined) continue;
    said = { ...more, key: more.key ?? said?.key, left: [...(said?.left ?? []), ...more.left] };
    const known = { incarnation: undefined, position: undefined, ...stored, reading: said.reading };
    table = await describeTable(opened, fed.name, known);
  }
  return said && { ...said, table };
}
