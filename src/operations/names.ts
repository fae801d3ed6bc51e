/** Names of existing things and nothing else about them: cheap enough to be requested while somebody types. */
import { z } from "zod";
import { lake } from "../governance/resource.ts";
import { tableLabel } from "../catalog/table-name.ts";
import { sourceLabel } from "../sync/settings/table-pattern.ts";
import type { Context } from "./context.ts";
import { texts } from "./answers.ts";
import { operation } from "./operation.ts";

const most = 10_000;

const input = z.strictObject({
  kind: z.enum(["source", "table", "schedule", "database", "run", "source-table"]),
  /** For `source-table`: the source whose tables to list. */
  source: z.string().optional(),
});

type Asked = z.infer<typeof input>;

export const nameList = operation({
  name: "name.list",
  summary: "List the names of sources, tables, schedules, databases, latest runs, or the loaded tables of a source",
  action: "watch",
  input,
  output: z.strictObject({ names: texts }),
  errors: [],
  resources: ({ source }) => (source === undefined ? [lake] : [{ kind: "source", name: source }]),
  async run(context, asked): Promise<{ names: readonly string[] }> {
    return { names: (await namesOf(context, asked)).slice(0, most) };
  },
});

async function namesOf({ db, catalog }: Context, { kind, source }: Asked): Promise<readonly string[]> {
  if (kind === "table") return (await catalog.entries()).map(tableLabel);
  if (kind === "run") {
    const rows = await db.selectFrom("runs").select("id").orderBy("id", "desc").limit(20).execute();
    return ["latest", ...rows.map(({ id }) => id)];
  }
  if (kind === "source-table") {
    const rows = await db
      .selectFrom("positions")
      .innerJoin("sources", "sources.id", "positions.source_id")
      .select(["source_schema as schema", "source_name as name"])
      .where("sources.name", "=", source ?? "")
      .orderBy("source_schema")
      .orderBy("source_name")
      .execute();
    return rows.map(sourceLabel);
  }
  const tables = { source: "sources", schedule: "schedules", database: "databases" } as const;
  return (await db.selectFrom(tables[kind]).select("name").orderBy("name").execute()).map(({ name }) => name);
}
