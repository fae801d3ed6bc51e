/** Operations that list the lake's databases. */
import { z } from "zod";
import { sql } from "kysely";
import type { Asking } from "../governance/asking.ts";
import { decideFor } from "../governance/decide.ts";
import { visible } from "../governance/resource.ts";
import type { Context } from "./context.ts";
import { count, list, texts } from "./answers.ts";
import { operation } from "./operation.ts";
import { nameInLists } from "./scope.ts";

const database = z.strictObject({
  name: z.string(),
  tables: count,
  sources: texts.describe("The sources that feed tables in it."),
});

export type PresentedDatabase = z.infer<typeof database>;

export const databaseList = operation({
  name: "database.list",
  summary: "List the databases of the lake",
  action: "watch",
  input: z.strictObject({}),
  output: z.strictObject({ databases: list(database) }),
  errors: [],
  resources: () => [visible],
  run: async (context, _input, { asking }) => ({ databases: await listDatabases(context, asking) }),
});

/** The databases that somebody may know, or knows a table of. */
export async function listDatabases(
  { db, catalog }: Pick<Context, "db" | "catalog">,
  asking: Asking,
): Promise<readonly PresentedDatabase[]> {
  const entries = Map.groupBy(await catalog.entries(), ({ databaseId }) => databaseId);
  const rows = await databasesWithSources(db);
  return rows.flatMap(({ id, name, accountId, sources }) => {
    const tables = entries.get(id)?.length ?? 0;
    const isKnown = tables > 0 || decideFor(asking, "watch", { kind: "database", id, accountId }).allowed;
    const shown = nameInLists(asking, { name, accountId });
    return isKnown ? [{ name: shown, tables, sources: namesOfKnown(asking, sources) }] : [];
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
