/**
 * A server whose disks fill up while it works. Requests that need space are refused with DISK_FULL, everything else is
 * answered, and once there is space again all goes on, with every row in place.
 */
import { mkdir, mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

/** Mounting a separate disk needs root. */
const mayMount = process.getuid?.() === 0;
const mebibyte = 1024 * 1024;

let home: string;
let source: SampleSource;
let at: CommandOptions;
let served: ServedHeadgate;

beforeAll(async () => {
  if (!mayMount) return;
  home = await mkdtemp(join(tmpdir(), "headgate-full-"));
  source = await openSampleSource("mariadb", join(home, "source"));
  await source.execute("create table wide (id int primary key, pad varchar(4000))");
  await source.execute("insert into wide select seq, concat(md5(seq), sha1(seq), sha2(seq, 512)) from seq_1_to_20000");
  const mounts = await Promise.all(
    ["lake", "scratch"].map(async (name) => {
      await mkdir(join(home, name));
      return `mount -t tmpfs -o size=24m none '${join(home, name)}'`;
    }),
  );
  const environment = {
    SHOP_PASSWORD: source.password,
    HEADGATE_LAKE: join(home, "lake/files"),
    HEADGATE_SCRATCH: join(home, "scratch/files"),
    HEADGATE_ENGINE_MEMORY: "64",
  };
  at = { data: join(home, "data"), environment };
  const under = ["unshare", "--mount", "sh", "-c", `${mounts.join(" && ")} && exec "$@"`, "sh"];
  served = await serveHeadgate({ ...at, under });
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
});
afterAll(async () => {
  if (!mayMount) return;
  await served.stop();
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

/** A path as the server sees it, which has the disks mounted and we have not. */
function seenByServer(path: string): string {
  return `/proc/${served.running.process.pid}/root${path}`;
}

/** Leaves no space on a disk until the returned function is called. */
async function fill(disk: string): Promise<() => Promise<void>> {
  const directory = seenByServer(join(home, disk));
  const filler = join(directory, "filler");
  const { bavail, bsize } = await statfs(directory);
  await writeFile(filler, Buffer.alloc(bavail * bsize, 1));
  return () => rm(filler);
}

const sync = (): Promise<SyncReport> => askCommand<SyncReport>(["sync", "shop"], at);

async function count(): Promise<unknown> {
  const { rows } = await askCommand<{ rows: unknown }>(["sql", "select count(*), max(pad) from shop.wide"], at);
  return rows;
}

test.runIf(mayMount)("the lake's disk is full", async () => {
  await sync();
  const before = await count();
  const free = await fill("lake");
  await source.execute("update wide set pad = concat('~', pad) where id % 2 = 0");
  expect(await refusedCommand(["sync", "shop"], at)).toMatchObject({ code: "DISK_FULL" });
  expect(await count()).toEqual(before);
  await free();
  expect(await sync()).toMatchObject({ tables: [{ outcome: "reloaded" }] });
  expect(await count()).not.toEqual(before);
});

test.runIf(mayMount)("the disk for intermediate files is full", async () => {
  const free = await fill("scratch");
  const sort = "select max(x) from (select md5(range::varchar) as x from range(3000000) order by x limit 2500000)";
  const { code, stderr } = await runCommand(["sql", sort, "--json"], at);
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/DISK_FULL|SQL_OUT_OF_MEMORY/) });
  expect((await served.get("/ready")).status).toBe(200);
  expect(await count()).toHaveLength(1);
  await free();
});

test.runIf(mayMount)("nothing is left of what found no space", async () => {
  const { bavail, bsize, blocks } = await statfs(seenByServer(join(home, "scratch")));
  expect((blocks - bavail) * bsize).toBeLessThan(mebibyte);
  expect(await askCommand(["reconcile", "shop"], at)).toMatchObject({ tables: [{ equal: true }] });
});
