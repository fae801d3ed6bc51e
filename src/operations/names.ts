/** Names of existing things and nothing else about them: cheap enough to be requested while somebody types. */
import { z } from "zod";
import { decideFor } from "../governance/decide.ts";
import { visible } from "../governance/resource.ts";
import { isView } from "../catalog/catalog.ts";
import { tableLabel } from "../catalog/table-name.ts";
import { sourceLabel } from "../sync/settings/table-pattern.ts";
import type { Context } from "./context.ts";
import { texts } from "./answers.ts";
import type { Asking } from "../governance/asking.ts";
import { listDatabases } from "./databases.ts";
import { knownRuns } from "./known-runs.ts";
import { operation } from "./operation.ts";
import { ownAccountOf } from "./scope.ts";

const most = 10_000;

const input = z.strictObject({
  kind: z.enum(["source", "table", "schedule", "database", "run", "source-table", "view"]),
  /** For `source-table`: the source whose tables to list. */
  source: z.string().optional(),
});

type Asked = z.infer<typeof input>;

export const nameList = operation({
  name: "name.list",
  summary: "List the names of sources, tables, schedules, databases, latest runs, or the loaded tables of a source",
  action: "watch",
  seesViews: true,
  input,
  output: z.strictObject({ names: texts }),
  errors: [],
  resources: ({ source }) => (source === undefined ? [visible] : [{ kind: "source", name: source }]),
  async run(context, asked, { asking }): Promise<{ names: readonly string[] }> {
    return { names: (await namesOf(context, asked, asking)).slice(0, most) };
  },
});

async function namesOf(context: Context, { kind, source }: Asked, asking: Asking): Promise<readonly string[]> {
  const { db, catalog } = context;
  if (kind === "table")
    return (await catalog.entries()).flatMap((entry) => [entry, ...(entry.links ?? [])].map(tableLabel));
  if (kind === "view") return (await catalog.entries()).filter(isView).map(tableLabel);
  if (kind === "database") return (await listDatabases(context, asking)).map(({ name }) => name);
  if (kind === "source-table") return tablesOf(context, source ?? "");
  if (!decideFor(asking, "watch", ownAccountOf(asking)).allowed) return [];
  if (kind === "run") {
    const known = db
      .selectFrom("runs")
      .select("id")
      .where(await knownRuns(db, asking));
    return ["latest", ...(await known.orderBy("id", "desc").limit(20).execute()).map(({ id }) => id)];
  }
  const own = db.selectFrom(({ source: "sources", schedule: "schedules" } as const)[kind]).select("name");
  const rows = await own
    .where("account_id", "=", asking.accountId ?? null)
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}

async function tablesOf({ db, sources }: Context, source: string): Promise<readonly string[]> {
  const known = (await sources.list()).find(({ name }) => name === source);
  const rows = await db
    .selectFrom("positions")
    .select(["source_schema as schema", "source_name as name"])
    .where("source_id", "=", known?.id ?? null)
    .orderBy("source_schema")
    .orderBy("source_name")
    .execute();
  return rows.map(sourceLabel);
}
