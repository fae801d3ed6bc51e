/**
 * Two Headgates on one metadata database sync the same tables; one is killed now and then, and another engine commits
 * in between.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { using } from "../../src/base/cleanup.ts";
import { must } from "../../src/base/must.ts";
import { metadataText } from "../../src/iceberg/metadata-file.ts";
import { currentSnapshot, formatTableMetadata, parseTableMetadata } from "../../src/iceberg/table-metadata.ts";
import { applyUpdates } from "../../src/iceberg/table-update.ts";
import { openRandom } from "../soak/random.ts";
import { askCommand, startCommand, type CommandOptions } from "../world/command.ts";
import { compareAllWithLake } from "../world/equality.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { orphans } from "../world/orphans.ts";
import { startPostgres } from "../world/postgres-server.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { lakeOf } from "../world/lake.ts";

let home: string;
let source: SampleSource;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let one: CommandOptions;
let other: CommandOptions;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-two-"));
  postgres = await startPostgres({ directory: join(home, "metadata") });
  source = await openSampleSource("mariadb", join(home, "source"));
  await source.execute("create table keyed (id int primary key, entry varchar(200))");
  await source.execute("create table keyless (entry varchar(200), n int)");
  const environment = {
    SHOP_PASSWORD: source.password,
    HEADGATE_DATABASE_URL: address(),
    HEADGATE_LAKE: lakeOf(home),
    HEADGATE_KEY_FILE: join(home, "secret.key"),
    HEADGATE_SMALL_FILE: "0",
  };
  one = { data: join(home, "one"), environment };
  other = { data: join(home, "other"), environment };
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], one);
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
});

function address(): string {
  const { user, password, socketDirectory } = postgres;
  return `postgres://${user}:${password}@localhost/postgres?host=${encodeURIComponent(socketDirectory)}`;
}

async function change(round: number): Promise<void> {
  await source.execute(`insert into keyed values (${round}, 'new'), (${100 + round}, null)`);
  await source.execute(`update keyed set entry = 'changed ${round}' where id > 90`);
  await source.execute(`insert into keyless values ('same', ${round % 3}), ('same', ${round % 3})`);
  await source.execute(`delete from keyless where n = ${(round + 1) % 3} limit 1`);
}

function holdReader(): Promise<HeldHeadgate> {
  const keyFile = join(home, "secret.key");
  return holdHeadgate({ data: join(home, "reader"), databaseUrl: address(), lake: lakeOf(home), keyFile });
}

async function expectExact(): Promise<void> {
  await using held = await holdReader();
  const tables = ["keyed", "keyless"];
  const compared = await compareAllWithLake({ source, session: held.session, database: "shop", tables });
  expect(compared).toMatchObject(tables.map((table) => ({ table: `shop.${table}`, equal: true })));
  expect(await orphans(held.session.context)).toEqual([]);
}

test("at once, again and again: each change arrives once", async () => {
  const random = openRandom(3);
  for (let round = 0; round < 6; round++) {
    await change(round);
    const runs = [one, other, one].map((at) => startCommand(["sync", "shop"], at));
    if (round % 2 === 1) {
      await delay(300 + random.below(1_500));
      runs[1]?.process.kill("SIGKILL");
    }
    const ended = await Promise.all(runs.map(({ result }) => result));
    for (const [index, { code, stderr }] of ended.entries())
      if (index !== 1 || round % 2 === 0) expect({ code, stderr }).toMatchObject({ code: 0 });
    await expectExact();
  }
});

test("another writer's rows, here earlier ones, while a run is under way: the run finds them and is done once more", async () => {
  await change(50);
  await using foreign = await openForeign();
  await foreign.query("begin");
  const { rows } = await foreign.query("select id, metadata_location from tables where name = 'keyed'");
  const { id, metadata_location: from } = rows[0] as { id: string; metadata_location: string };
  const to = from.replace(/[^/]*$/, `00900-${id}.metadata.json`);
  await using(holdReader(), async ({ session }) => {
    const { objects } = session.context;
    const metadata = parseTableMetadata(metadataText(await objects.get(from)));
    const snapshotId = must(currentSnapshot(metadata)?.parentSnapshotId, "an earlier state");
    const rollBack = { action: "set-snapshot-ref", refName: "main", snapshotId, type: "branch" } as const;
    const next = applyUpdates(metadata, { updates: [rollBack], previousFile: from, now: Date.now() });
    await objects.put(to, Buffer.from(formatTableMetadata(next)));
  });
  await foreign.query("update tables set metadata_location = $1 where id = $2", [to, id]);
  const run = startCommand(["sync", "shop"], one);
  await untilSomebodyWaits();
  await foreign.query("commit");
  const { code, stderr } = await run.result;
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("the run starts again") });
  await expectExact();
});

async function openForeign() {
  const client = new Client({ connectionString: address() });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

async function untilSomebodyWaits(): Promise<void> {
  const waiting = "select 1 from pg_locks where not granted";
  while ((await postgres.query(waiting)).length === 0) await delay(50);
}
