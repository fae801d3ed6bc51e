/** Operations that list the lake's databases. */
import { z } from "zod";
import { sql } from "kysely";
import { HeadgateError } from "../errors.ts";
import type { Asking } from "../governance/asking.ts";
import { decideFor } from "../governance/decide.ts";
import { visible } from "../governance/resource.ts";
import type { Context } from "./context.ts";
import { count, list, texts } from "./answers.ts";
import { operation } from "./operation.ts";
import { nameInLists } from "./scope.ts";
import { findDatabase } from "./stewardship/find-database.ts";
import { presentSaid, saidOfDatabase } from "./stewardship/present-said.ts";

const database = z.strictObject({
  name: z.string(),
  tables: count,
  sources: texts.describe("The sources that feed tables in it."),
});

const links = count
  .optional()
  .describe("How many of the tables are names that the account has for tables of other accounts; absent for none.");

const listed = database.extend({ links, description: z.string().optional() }).meta({ title: "ListedDatabase" });

export type PresentedDatabase = z.infer<typeof listed>;

interface KnownDatabase extends z.infer<typeof database> {
  readonly id: string;
}

export const databaseList = operation({
  name: "database.list",
  summary: "List the databases of the lake",
  action: "watch",
  seesViews: true,
  input: z.strictObject({}),
  output: z.strictObject({ databases: list(listed) }),
  errors: [],
  resources: () => [visible],
  async run(context, _input, { asking }) {
    const known = await listDatabases(context, asking);
    const said = await presentSaid(context, { databases: known.map(({ id }) => id) });
    const linked = await linkedDatabases(context);
    const own = known.map(({ id, ...shown }) => {
      const text = said.ofDatabase(id).description?.text;
      const ofLinks = linked.get(shown.name) ?? 0;
      const counted = withLinks(shown, ofLinks);
      return text === undefined ? counted : { ...counted, description: text };
    });
    const others = [...linked]
      .filter(([name]) => own.every((one) => one.name !== name))
      .map(([name, tables]) => ({ name, tables, links: tables, sources: [] }));
    return { databases: [...own, ...others].toSorted((one, other) => (one.name < other.name ? -1 : 1)) };
  },
});

export const databaseShow = operation({
  name: "database.show",
  summary: "Show a database: what is said of it, who answers for it, its tables and the sources that feed them",
  action: "watch",
  input: z.strictObject({ database: z.string() }),
  output: database.extend({ links, ...saidOfDatabase }),
  errors: ["DATABASE_NOT_FOUND"],
  resources: () => [visible],
  async run(context, asked, { asking }) {
    const ofLinks = (await linkedDatabases(context)).get(asked.database) ?? 0;
    const nothingSaid = { parameters: {}, terms: [], owners: [], stewards: [] };
    const found = await findDatabase(context, asking, asked.database).catch((failure: unknown) => {
      if (ofLinks > 0 && failure instanceof HeadgateError && failure.code === "DATABASE_NOT_FOUND") return undefined;
      throw failure;
    });
    if (found === undefined)
      return { name: asked.database, tables: ofLinks, links: ofLinks, sources: [], ...nothingSaid };
    const { id, name } = found;
    const said = await presentSaid(context, { databases: [id] });
    const shown = (await listDatabases(context, asking)).find((one) => one.id === id);
    const own = { name, tables: shown?.tables ?? 0, sources: shown?.sources ?? [] };
    return { ...withLinks(own, ofLinks), ...said.ofDatabase(id) };
  },
});

function withLinks<One extends { readonly tables: number }>(one: One, ofLinks: number): One & { links?: number } {
  return ofLinks === 0 ? one : { ...one, tables: one.tables + ofLinks, links: ofLinks };
}

/** The databases that consist of names for tables of other accounts, by name, each with the number of such tables. */
async function linkedDatabases({ catalog }: Pick<Context, "catalog">): Promise<ReadonlyMap<string, number>> {
  const names = (await catalog.entries()).flatMap(({ links: own = [] }) => own.map(({ database: name }) => name));
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}

/** The databases that somebody may know, or knows a table of. */
export async function listDatabases(
  { db, catalog }: Pick<Context, "db" | "catalog">,
  asking: Asking,
): Promise<readonly KnownDatabase[]> {
  const entries = Map.groupBy(await catalog.entries(), ({ databaseId }) => databaseId);
  const rows = await databasesWithSources(db);
  return rows.flatMap(({ id, name, accountId, sources }) => {
    const tables = entries.get(id)?.length ?? 0;
    const isKnown = tables > 0 || decideFor(asking, "watch", { kind: "database", id, accountId }).allowed;
    const shown = nameInLists(asking, { name, accountId });
    return isKnown ? [{ id, name: shown, tables, sources: namesOfKnown(asking, sources) }] : [];
  });
}

interface FeedingSource {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
}

function namesOfKnown(asking: Asking, sources: readonly FeedingSource[]): readonly string[] {
  const known = sources.filter(
    ({ id, accountId }) => decideFor(asking, "watch", { kind: "source", id, accountId }).allowed,
  );
  return known.map((source) => nameInLists(asking, source));
}

interface DatabaseWithSources {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  readonly sources: readonly FeedingSource[];
}

async function databasesWithSources(db: Context["db"]): Promise<readonly DatabaseWithSources[]> {
  const { rows } = await sql<DatabaseWithSources>`
    select d.id, d.name, d.account_id as "accountId", coalesce((
      select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'accountId', s.account_id) order by s.name)
      from sources s where exists (
        select from positions p join tables t on t.id = p.table_id
        where p.source_id = s.id and t.database_id = d.id)), '[]') as sources
    from databases d order by d.name`.execute(db);
  return rows;
}
