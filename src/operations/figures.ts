/**
 * Answers for those who monitor the process: whether it can work, and metrics. A door serves them; no command uses
 * them.
 */
import { sql } from "kysely";
import { z } from "zod";
import type { Asking } from "../governance/asking.ts";
import { ownAccount } from "../governance/resource.ts";
import type { Context } from "./context.ts";
import { count, list } from "./answers.ts";
import { knownRuns } from "./known-runs.ts";
import { operation } from "./operation.ts";
import { nameInLists } from "./scope.ts";
import { sourceStatus, sourceStatuses } from "./status.ts";
import { restingLag } from "./unread-files.ts";

export const ready = operation({
  name: "ready",
  summary: "Say whether the server is ready, which means that the metadata database answers",
  action: "watch",
  input: z.strictObject({}),
  output: z.strictObject({ status: z.literal("ready") }),
  errors: [],
  resources: () => [ownAccount],
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
  resources: () => [ownAccount],
  run: async (context, _input, { asking }): Promise<Figures> => ({
    sources: await sourceStatuses(context, { asking, lagOf: restingLag(context) }),
    runs: await countRuns(context, asking),
  }),
});

async function countRuns({ db }: Context, asking: Asking): Promise<Figures["runs"]> {
  const rows = await db
    .selectFrom("runs")
    .select(({ fn }) => ["account_id", "source_name as name", "state", fn.countAll<bigint>().as("count")])
    .where(await knownRuns(db, asking))
    .groupBy(["account_id", "source_name", "state"])
    .execute();
  return rows.map(({ account_id: accountId, name, state, count: runs }) => ({
    source: accountId === null ? name : nameInLists(asking, { name, accountId }),
    state,
    count: Number(runs),
  }));
}
