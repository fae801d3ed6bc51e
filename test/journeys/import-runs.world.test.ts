/** Tests an import in the ledger of runs: listed, shown with its report, followed and cancelled like any other run. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { openEngine } from "../../src/engine/open-engine.ts";
import { runCancel, runList, type PresentedRun } from "../../src/operations/runs.ts";
import { status as lakeStatus } from "../../src/operations/status.ts";
import { askCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { refused } from "../world/import-cases.ts";
import { importDesk } from "../world/import-desk.ts";
import { orphans } from "../world/orphans.ts";

let home: string;
let files: string;
let engine: Engine;
let at: CommandOptions;
let held: HeldHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-import-runs-"));
  files = join(home, "files");
  await mkdir(files);
  engine = await openEngine({ memoryMb: 512, threads: 2, scratchDirectory: home });
  at = { data: join(home, "data"), environment: {} };
  held = await holdHeadgate({ data: at.data, tableRoots: files });
});
afterAll(async () => {
  await held[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const { put, putParquet, listener, approved, again } = importDesk(() => ({ files, engine, held }));

test("an import is a run of the ledger, with its report; one that fails says why, and one that is cancelled leaves nothing", async () => {
  const ask = <T>(...words: string[]) => askCommand<T>(words, at);
  await put("ledger/a.csv", "id\n1\n2\n");
  const { run: made } = await approved("shop.ledger", "ledger");
  expect(await ask("run", "show", made)).toMatchObject({
    run: made,
    kind: "import",
    source: "shop.ledger",
    state: "done",
    report: { table: "shop.ledger", files: 1, rows: 2 },
  });
  expect((await runCommand(["run", "show", made], at)).stdout).toMatch(/rows +2\n/);
  const [{ run: maker } = { run: null }] = await held.session.context.db
    .selectFrom("commits")
    .innerJoin("table_commits", "table_commits.commit_id", "commits.id")
    .innerJoin("tables", "tables.id", "table_commits.table_id")
    .select("run_id as run")
    .where("tables.name", "=", "ledger")
    .execute();
  expect(maker).toBe(made);
  await put("ledger/b.csv", "id\nwormwood\n");
  expect(await refused(again("shop.ledger"))).toMatchObject({ code: "IMPORT_VALUE_MISFIT" });
  await putParquet("slow/a.parquet", "select i as id, md5(i::varchar) as word from range(6000000) t(i)");
  const slow = approved("shop.slow", "slow").then(
    () => "imported",
    (failure: unknown) => failure,
  );
  let hasEnded = false;
  void slow.finally(() => (hasEnded = true));
  const newest = async () => (await held.session.call(runList, { limit: 1 }, listener)).runs[0];
  let run = await newest();
  for (; run?.state !== "running"; run = await newest()) expect(hasEnded).toBe(false);
  expect(run).toMatchObject({ kind: "import", source: "shop.slow" });
  await held.session.call(runCancel, { run: run.run }, listener);
  const { lake } = await held.session.call(lakeStatus, {}, listener);
  expect(await slow).toMatchObject({ code: "CANCELLED" });
  expect(lake.running).toEqual([run.run]);
  const { runs } = await ask<{ runs: PresentedRun[] }>("run", "list", "--limit", "3");
  expect(runs).toMatchObject([
    { source: "shop.slow", state: "cancelled" },
    { source: "shop.ledger", state: "failed", report: { code: "IMPORT_VALUE_MISFIT" } },
    { source: "shop.ledger", state: "done" },
  ]);
  expect(JSON.stringify(runs)).not.toContain("wormwood");
  expect(await orphans(held.session.context)).toEqual([]);
});
