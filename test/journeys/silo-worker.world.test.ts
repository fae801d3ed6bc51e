/**
 * A worker of one account, with the account's key file alone: it does the account's work, writes below its lake only,
 * and touches nothing of another account, whose key it cannot open.
 */
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCommand, refusedCommand, runCommand, startCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

let home: string;
let postgres: PostgresServer;
let source: SampleSource;
let central: CommandOptions;
let worker: CommandOptions;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-silo-worker-"));
  postgres = await startPostgres({ directory: join(home, "metadata") });
  source = await openSampleSource("postgres", join(home, "source"));
  await source.execute("create table people (id int primary key, salary int)");
  await source.execute("insert into people values (1, 4200), (2, 4300)");
  const address = `localhost/postgres?host=${encodeURIComponent(postgres.socketDirectory)}`;
  const environment = {
    SHOP_PASSWORD: source.password,
    HEADGATE_DATABASE_URL: `postgres://${postgres.user}:${postgres.password}@${address}`,
    HEADGATE_LAKE: lakeOf(home),
  };
  central = {
    data: join(home, "central"),
    environment: { ...environment, HEADGATE_KEY_FILE: join(home, "secret.key") },
  };
  worker = { data: join(home, "worker"), environment: { ...environment, HEADGATE_KEY_FILE: join(home, "hr.key") } };
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
});

async function files(name: string): Promise<number> {
  const entries = await readdir(join(home, name), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

test("it works for its account and for nobody else", async () => {
  await askCommand(["source", "add", "main_shop", source.url, "--password-env", "SHOP_PASSWORD"], central);
  for (const account of ["hr", "law"]) {
    const of = ["--account", account];
    await askCommand(["account", "add", account], central);
    await runCommand(["account", "set", account, "--lake", join(home, account), "--encrypt", "--json"], central);
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD", ...of], central);
    await askCommand(["schedule", "set", "yearly", "--source", "shop", "--cron", "0 0 1 1 *", ...of], central);
  }
  const { key } = await askCommand<{ key: string }>(["account", "key", "worker", "hr"], central);
  await writeFile(join(home, "hr.key"), key, { mode: 0o600 });
  await postgres.query("update schedules set due_at = now(), done_at = null");
  const working = startCommand(["worker", "--account", "hr"], worker);
  while ((await postgres.query("select 1 from schedules where done_at is not null")).length === 0) await delay(100);
  // Time in which it would begin the other account's work, which is due as well.
  await delay(3_000);
  working.process.kill("SIGTERM");
  expect(await working.result).toMatchObject({ code: 0 });
  const runs = await postgres.query(
    "select accounts.name, runs.state from runs join accounts on accounts.id = runs.account_id",
  );
  expect(runs).toEqual([{ name: "hr", state: "done" }]);
  expect([await files("hr"), await files("law")]).toEqual([expect.any(Number), 0]);
  expect(await files("hr")).toBeGreaterThan(2);
  const salaries = ["sql", "select sum(salary) as n from shop.people", "--account", "hr"];
  expect(await askCommand(salaries, central)).toMatchObject({ rows: [{ n: 8500 }] });
});

test("its key file opens no secret of another account, whatever it is asked", async () => {
  await askCommand(["sync", "shop", "--account", "law"], central);
  const mismatch = { code: "SECRET_KEY_MISMATCH", place: join(home, "hr.key") };
  expect(await refusedCommand(["sync", "shop", "--account", "law"], worker)).toMatchObject(mismatch);
  const stolen = ["sql", "select * from shop.people", "--account", "law"];
  expect(await refusedCommand(stolen, worker)).toMatchObject({ code: "DATA_FILE_MISSING" });
  expect(await refusedCommand(["account", "key", "worker", "law"], worker)).toMatchObject(mismatch);
  const own = ["sql", "select count(*) as n from shop.people", "--account", "hr"];
  expect(await askCommand(own, worker)).toMatchObject({ rows: [{ n: 2 }] });
  await chmod(join(home, "hr.key"), 0o644);
  expect(await refusedCommand(own, worker)).toMatchObject({ code: "KEY_FILE_EXPOSED" });
});
