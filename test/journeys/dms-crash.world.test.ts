/**
 * Kills runs over DMS files at every point where a run may die: nothing is lost, doubled or left behind, whether a full
 * load or changes were read.
 */
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CrashPoint } from "../../src/writer/crash-points.ts";
import { askCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate } from "../world/held-headgate.ts";
import { orphans } from "../world/orphans.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";

let home: string;
let metadata: PostgresServer;
let at: CommandOptions;
let written = 0;
/** The rows that the files add up to, by id. */
const model = new Map<number, string>();

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-dms-crash-"));
  metadata = await startPostgres();
  await metadata.createDatabase("data");
  const { user, password, socketDirectory } = metadata;
  const HEADGATE_DATABASE_URL = `postgres://${user}:${password}@localhost/data?host=${encodeURIComponent(socketDirectory)}`;
  at = {
    data: join(home, "data"),
    environment: { HEADGATE_SMALL_FILE: "0", HEADGATE_DATABASE_URL, HEADGATE_TABLE_ROOTS: home },
  };
  await mkdir(join(home, "files/shop/item"), { recursive: true });
  await load("first");
  await askCommand(["source", "add", "erp", `dms-files+file://${home}/files?settle=0`], at);
  await askCommand(["table", "set", "erp_shop.item", "--key", "column0", "--history", "yes"], at);
});
afterAll(async () => {
  await metadata.stop();
  await rm(home, { recursive: true, force: true });
});

/** Each file is written a minute after the one before. */
async function put(name: string, lines: readonly string[]): Promise<void> {
  const path = join(home, "files/shop/item", name);
  await writeFile(path, `${lines.join("\n")}\n`);
  const time = new Date(Date.UTC(2024, 0, 1, 0, ++written));
  await utimes(path, time, time);
}

async function load(text: string): Promise<void> {
  model.clear();
  for (let id = 1; id <= 500; id++) model.set(id, `${text} ${id}`);
  await put(
    "LOAD00000001.csv",
    [...model].map(([id, value]) => `${id},${value}`),
  );
}

async function change(): Promise<void> {
  const id = 1_000 + written;
  const lines = [`I,${id},new`, `U,${id},newer`, `U,${written},changed ${written}`, `D,${written + 100},gone`];
  model
    .set(id, "newer")
    .set(written, `changed ${written}`)
    .delete(written + 100);
  await put(`20240101-${String(written).padStart(9, "0")}.csv`, lines);
}

async function killedAt(point: CrashPoint): Promise<void> {
  const { code, stderr } = await runCommand(["sync", "erp", "--crash-at", point], at);
  expect({ code, stderr }).toMatchObject({ code: null });
}

const replay = `select column0, column1 from erp_shop.item__history group by all having
  sum(case when _operation in ('insert', 'update_after') then 1 else -1 end) > 0`;

async function syncsExactly(): Promise<void> {
  const databaseUrl = at.environment?.["HEADGATE_DATABASE_URL"] ?? "";
  await using held = await holdHeadgate({ data: at.data, smallFile: "0", databaseUrl, tableRoots: home });
  await held.sync("erp");
  const rows = await held.rows("select column0, column1 from erp_shop.item order by column0");
  expect(rows).toEqual([...model].toSorted(([left], [right]) => left - right));
  expect((await held.reconcile("erp")).tables).toMatchObject([{ equal: true }]);
  expect(await held.rows(`${replay} except all select column0, column1 from erp_shop.item`)).toEqual([]);
  expect(await orphans(held.session.context)).toEqual([]);
}

test.each(["planned", "split-published", "split-noted", "metadata-written", "commit-open"] as const)(
  "in the first load: %s",
  async (point) => {
    await killedAt(point);
  },
);

test("the first load ends exactly", syncsExactly);

test.each([
  "rows-published",
  "deletes-published",
  "history-published",
  "metadata-written",
  "commit-open",
  "committed",
] as const)("with changes to merge: %s", async (point) => {
  await change();
  await killedAt(point);
  await change();
  await syncsExactly();
});

test.each(["split-noted", "committed"] as const)("with a new full load: %s", async (point) => {
  await load(point);
  await killedAt(point);
  await change();
  await syncsExactly();
});
