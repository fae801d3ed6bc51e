/** Operations that list the lake's databases. */
import { z } from "zod";
import { sql } from "kysely";
import { count, list, texts } from "./answers.ts";
import { operation } from "./operation.ts";

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
  async run({ db }): Promise<{ databases: readonly PresentedDatabase[] }> {
    const { rows } = await sql<{ name: string; tables: number; sources: readonly string[] }>`
      select d.name, count(distinct t.id)::int as tables,
        coalesce(array_agg(distinct s.name order by s.name) filter (where s.name is not null), '{}') as sources
      from databases d
      left join tables t on t.database_id = d.id
      left join positions p on p.table_id = t.id
      left join sources s on s.id = p.source_id
      group by d.name order by d.name`.execute(db);
    return { databases: rows };
  },
});
