/**
 * Answers for those who monitor the process: whether it can work, and metrics. A door serves them; no command uses
 * them.
 */
import { sql } from "kysely";
import { z } from "zod";
import type { Context } from "./context.ts";
import { count, list } from "./answers.ts";
import { operation } from "./operation.ts";
import { sourceStatus, sourceStatuses } from "./status.ts";

export const ready = operation({
  name: "ready",
  summary: "Say whether the server is ready, which means that the metadata database answers",
  action: "watch",
  input: z.strictObject({}),
  output: z.strictObject({ status: z.literal("ready") }),
  errors: [],
  async run({ db }) {
    await sql`select 1`.execute(db);
    return { status: "ready" };
  },
});

const counted = z.strictObject({
  sources: list(sourceStatus),
  runs: list(z.strictObject({ source: z.string(), state: z.string(), count })),
});

export type Figures = z.infer<typeof counted>;

export const figures = operation({
  name: "figures",
  summary: "Return the numbers of runs and the freshness of each source",
  action: "watch",
  input: z.strictObject({}),
  output: counted,
  errors: [],
  run: async (context): Promise<Figures> => ({
    sources: await sourceStatuses(context),
    runs: await countRuns(context),
  }),
});

async function countRuns({ db }: Context): Promise<Figures["runs"]> {
  const rows = await db
    .selectFrom("runs")
    .select(({ fn }) => ["source_name as source", "state", fn.countAll<bigint>().as("count")])
    .groupBy(["source_name", "state"])
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
