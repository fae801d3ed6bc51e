/** Operations on sources: connect, test, show, remove. No response ever contains a password. */
import { z } from "zod";
import { using } from "../base/cleanup.ts";
import { tableLabel } from "../catalog/table-name.ts";
import { unclassifiedMeanings } from "../db/pii-rows.ts";
import { captureModes } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { listSchedules } from "../jobs/schedules.ts";
import { authorOf } from "../identity/principal.ts";
import { dropTable } from "../sync/settings/drop-tables.ts";
import { knownTables } from "../sync/run/known-tables.ts";
import { lockSource } from "../sync/run/lock-source.ts";
import { tablesOfSource as fedTables } from "../sync/settings/tables-of-source.ts";
import type { RegisteredSource } from "../sync/settings/source-registry.ts";
import { settingsOfSource } from "../sync/settings/table-settings.ts";
import { checkNamed } from "../sync/settings/check-named.ts";
import { isLeftOut, isOffered } from "../sync/settings/select-tables.ts";
import type { SourceObject, TableName } from "../sync/source.ts";
import { matchesAny, sourceLabel } from "../sync/settings/table-pattern.ts";
import { unsignedBigints } from "../sync/settings/unsigned-bigint.ts";
import { ownAccount } from "../governance/resource.ts";
import type { Context } from "./context.ts";
import { ofCommit, ofKnownSource, ofSource } from "./failures.ts";
import { count, instant, list, serverVersion, texts } from "./answers.ts";
import { operation } from "./operation.ts";
import { nameInLists } from "./scope.ts";
import { changeAddress, checkDatabase, checkDirectory } from "./source-address.ts";
import { definedTables, defineTables, descriptionTexts, parseDescriptions } from "./source-define.ts";
import { tablesOfSource } from "./source-tables.ts";
import { knownSources } from "./status.ts";

/**
 * `auto`: the next sync loads new tables; `ask`: it only lists them until somebody names them; `ignore`: it leaves them
 * out.
 */
const newTables = z.enum(["auto", "ask", "ignore"]);

const unclassified = z.enum(unclassifiedMeanings);

const named = z.strictObject({ name: z.string() });

const presentedSource = z
  .strictObject({
    name: z.string(),
    connector: z.string(),
    url: z.string(),
    newTables,
    include: texts.describe("Exact names or globs of the tables that are loaded; empty for all."),
    exclude: texts.describe("Exact names or globs of tables that no run loads."),
    freshness: z.number().nullable().describe("In seconds."),
    unsignedBigint: z.enum(unsignedBigints),
    unclassified: unclassified.describe("Whether columns about which nobody has decided count as sensitive."),
    origin: z.string().nullable().describe("The file that declares it; null if a command connected it."),
    createdAt: instant,
  })
  .meta({ title: "Source" });

export type PresentedSource = z.infer<typeof presentedSource>;

const fedTable = z.strictObject({
  sourceTable: z.string().describe("The table as schema.name in the source."),
  lakeTable: z.string(),
  active: z.boolean(),
  mode: z.enum(captureModes),
  softDelete: z.boolean(),
  history: z.boolean(),
  key: texts.nullable().describe("The columns that a person named to identify rows."),
  partitionBy: texts.nullable(),
  freshness: z.number().nullable().describe("In seconds."),
  origin: z.string().nullable().describe("The file that declares it; null if a command set it, or if nothing is set."),
  rows: count,
  fullLoadAt: instant.nullable().describe("When all of its rows were last read and loaded as they were."),
  freshAt: instant.describe("When it was last updated to the state of the source."),
  position: z.string(),
});

const check = z.strictObject({
  name: z.string(),
  outcome: z.enum(["ok", "warning", "failed"]),
  found: z.string(),
  mend: z.string().optional().describe("A statement to run on the server."),
});

const tableName = z.strictObject({ schema: z.string(), name: z.string() });

const sourceObject = z.strictObject({
  name: tableName,
  kind: z.enum(["table", "view", "materialized view", "partitioned table", "partition", "foreign table"]),
  partOf: tableName.optional(),
  isOutOfReach: z.boolean().optional().describe("The user may not even use the schema of the table."),
  estimatedRows: z.number().optional(),
  estimatedBytes: z.number().optional(),
});

const removed = z.strictObject({
  removed: z.string().nullable().describe("Null if the request only asked what would be removed."),
  tables: texts.describe("Tables in the lake, including those with the history of changes."),
  schedules: texts,
  settings: texts.describe("Tables of the source that have settings of their own."),
  declaredIn: z.string().nullable(),
});

export type SourceRemoved = z.infer<typeof removed>;

const changed = z.strictObject({
  source: presentedSource,
  server: serverVersion.optional().describe("The version of the server at that address, if it was asked."),
  notes: texts.describe("Whole sentences."),
});

export type SourceChanged = z.infer<typeof changed>;

const tested = z.strictObject({ server: serverVersion, checks: list(check) });

export type SourceTested = z.infer<typeof tested>;

export const sourceAdd = operation({
  name: "source.add",
  summary: "Connect a database as a source, after trying the connection",
  action: "administer",
  creates: true,
  input: z.strictObject({
    name: z.string(),
    url: z.string(),
    password: z.string().optional(),
    newTables: newTables.default("auto"),
    /** Load every database of the server, for an address that names none. */
    allDatabases: z.boolean().optional(),
    /** Default for its tables. */
    unsignedBigint: z.enum(unsignedBigints).optional(),
    /** Whether columns about which nobody has decided count as sensitive. */
    unclassified: unclassified.optional(),
    ...descriptionTexts,
  }),
  output: z.strictObject({
    source: presentedSource,
    server: serverVersion,
    defined: definedTables.optional().describe("The definitions of its tables in a table mapping or in Glue tables."),
  }),
  errors: [...ofSource, ...ofCommit, "SOURCE_EXISTS"],
  resources: ({ name }) => [{ kind: "source", name }],
  async run(
    context,
    { name, url, password, newTables: policy, allDatabases = false, unsignedBigint, unclassified: meant, ...given },
  ) {
    const { sources } = context;
    const descriptions = parseDescriptions(sources.connectorOf({ url }), given);
    const { server, identity } = await using(sources.openAddress({ url, password }), async (source) => {
      await checkDatabase(source, allDatabases);
      await checkDirectory(source, url);
      return { server: source.server, identity: await source.identity() };
    });
    const choices = { newTables: policy, unsignedBigint, unclassified: meant };
    const added = await sources.add({ name, url, password, identity, ...choices });
    if (descriptions.length === 0) return { source: present(added), server };
    const defined = await defineTables(context, { source: added, descriptions });
    return { source: present(await sources.get(name)), server, defined };
  },
});

export const sourceSet = operation({
  name: "source.set",
  summary:
    "Change the address or password of a source, which tables are left out, what happens to new tables, the type of bigint unsigned, how old tables may be, or whether unclassified columns are sensitive",
  action: "administer",
  input: named.extend({
    /** Tried before it is stored. Without a password, the stored one stays in use. */
    url: z.string().optional(),
    password: z.string().optional(),
    /** Load every database of the server, for an address that names none. */
    allDatabases: z.boolean().optional(),
    newTables: newTables.optional(),
    /** Exact names or globs of tables that no run loads, instead of those that were excluded before. */
    exclude: z.array(z.string().min(1)).max(10_000).optional(),
    /** In seconds; null for no target. */
    freshness: z.number().int().positive().nullish(),
    /** Default for its tables. */
    unsignedBigint: z.enum(unsignedBigints).optional(),
    /** Whether columns about which nobody has decided count as sensitive. */
    unclassified: unclassified.optional(),
  }),
  output: changed,
  errors: ofSource,
  resources: ({ name }) => [{ kind: "source", name }],
  async run(context, { name, url, password, allDatabases = false, ...change }, call): Promise<SourceChanged> {
    const source = await context.sources.get(name);
    const asked = { url, password, allDatabases };
    const isReaddressed = url !== undefined || password !== undefined;
    const { server, notes = [] } = isReaddressed ? await changeAddress(context, { source, asked, call }) : {};
    const after = await context.sources.change(name, change);
    const isDeclared = isReaddressed || change.exclude !== undefined;
    return { source: present(after), server, notes: [...notes, ...declaredNote(after, isDeclared)] };
  },
});

function declaredNote({ name, origin }: RegisteredSource, isDeclared: boolean): readonly string[] {
  if (origin === undefined || !isDeclared) return [];
  return [`${name} is declared in ${origin}: change it there too, or the next apply takes this back`];
}

export const sourceList = operation({
  name: "source.list",
  summary: "List the sources",
  action: "watch",
  input: z.strictObject({}),
  output: z.strictObject({ sources: list(presentedSource) }),
  errors: [],
  resources: () => [ownAccount],
  async run({ sources }, _input, { asking }) {
    const known = knownSources(asking, await sources.listAll());
    return { sources: known.map((source) => ({ ...present(source), name: nameInLists(asking, source) })) };
  },
});

export const sourceShow = operation({
  name: "source.show",
  summary: "Show a source and the state of each of its tables",
  action: "watch",
  input: named,
  output: z.strictObject({ source: presentedSource, tables: list(fedTable) }),
  errors: ofKnownSource,
  resources: ({ name }) => [{ kind: "source", name }],
  async run({ sources, db }, { name }) {
    const source = await sources.get(name);
    const inFiles = sources.connectorOf(source).places !== undefined;
    return { source: present(source), tables: await tablesOfSource(db, { sourceId: source.id, inFiles }) };
  },
});

export const sourceRemove = operation({
  name: "source.remove",
  summary: "Remove a source, its schedules and its settings; its tables stay in the lake unless they are dropped too",
  action: "administer",
  input: named.extend({
    /** Also drop the tables that it feeds and their histories, with their files. */
    dropTables: z.boolean().default(false),
    /** Only show what would be removed. */
    plan: z.boolean().default(false),
  }),
  output: removed,
  errors: [...ofKnownSource, ...ofCommit],
  resources: ({ name }) => [{ kind: "source", name }],
  async run(context, { name, dropTables, plan }, { principal, report, record }): Promise<SourceRemoved> {
    const by = authorOf(principal);
    record({ plan });
    const source = await context.sources.get(name);
    const going = await whatGoes(context, source);
    if (plan) return { removed: null, ...going };
    await lockSource(context.db, { sourceId: source.id, report }, async () => {
      if (dropTables)
        for (const entry of await fedTables(context, source.id))
          await dropTable(context, { entry, keepFiles: false, by });
      await context.sources.remove(name);
    });
    return { removed: name, ...going };
  },
});

async function whatGoes(context: Context, source: RegisteredSource): Promise<Omit<SourceRemoved, "removed">> {
  const tables = await fedTables(context, source.id);
  const schedules = (await listSchedules(context.db)).filter(({ sourceId }) => sourceId === source.id);
  const settings = await settingsOfSource(context.db, source.id);
  return {
    tables: tables.map(tableLabel),
    schedules: schedules.map(({ name }) => name),
    settings: settings.map(({ table }) => sourceLabel(table)),
    declaredIn: source.origin ?? null,
  };
}

export const sourceTest = operation({
  name: "source.test",
  summary: "Check every precondition of loading, and return the statement that fixes a missing one",
  action: "operate",
  changes: false,
  input: named.extend({
    /** Exact names or globs of tables not to look at, in addition to those that the source excludes. */
    exclude: z.array(z.string()).optional(),
  }),
  output: tested,
  errors: ofSource,
  resources: ({ name }) => [{ kind: "source", name }],
  async run(context, { name, exclude = [] }): Promise<SourceTested> {
    const source = await context.sources.get(name);
    await checkNamed(context, { source, patterns: exclude });
    const isMeant = (table: TableName): boolean => isOffered(table, source) && !isLeftOut(table, exclude);
    const known = await knownTables(context.db, source.id);
    return using(context.sources.open(source), async (opened) => ({
      server: opened.server,
      checks: await opened.test(isMeant, known),
    }));
  },
});

export const sourceDiscover = operation({
  name: "source.discover",
  summary: "List what a source contains, without loading anything",
  action: "operate",
  changes: false,
  input: named.extend({ tables: z.array(z.string()).default([]) }),
  output: z.strictObject({ objects: list(sourceObject) }),
  errors: ofSource,
  resources: ({ name }) => [{ kind: "source", name }],
  async run({ sources }, { name, tables }): Promise<{ objects: readonly SourceObject[] }> {
    const objects = await using(await sources.open(await sources.get(name)), (source) => source.discover());
    const found = objects.filter((object) => matchesAny(tables, object.name));
    if (tables.length > 0 && found.length === 0)
      throw new HeadgateError("SOURCE_TABLE_NOT_FOUND", { place: `${name}: ${tables.join(", ")}` });
    return { objects: found };
  },
});

function present(source: RegisteredSource): PresentedSource {
  const { name, connector, url, newTables: policy, freshness = null, unsignedBigint, origin = null } = source;
  const createdAt = source.createdAt.toISOString();
  const { include, exclude } = source;
  const choices = { newTables: policy, include, exclude, freshness, unsignedBigint, unclassified: source.unclassified };
  return { name, connector, url, ...choices, origin, createdAt };
}
