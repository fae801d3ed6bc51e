import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { openEngine } from "../../src/engine/open-engine.ts";
import { askCommand, refusedCommand } from "../world/command.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { preparedMetadata } from "../world/prepared-metadata.ts";
import { serveHeadgate } from "../world/served-headgate.ts";

const cleanup = openCleanup();
const nobody = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;
let home: string;
let server: PostgresServer;

beforeAll(async () => {
  // Here, all files are those that commands make.
  vi.stubEnv(preparedMetadata, undefined);
  server = cleanup.use(await startPostgres());
  home = await mkdtemp("/tmp/headgate-private-");
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  await chmod(home, 0o755);
  await server.createDatabase("shop");
  await server.query("create table orders as select i as id from generate_series(1, 100) numbers(i)", [], {
    database: "shop",
  });
});
afterAll(() => cleanup[Symbol.asyncDispose]());

/** Lists everything below a directory that others may read, write or enter. Links have no mode of their own. */
function openToOthers(directory: string): string[] {
  const found = execFileSync("find", [directory, "!", "-type", "l", "-perm", "/077"], { encoding: "utf8" });
  return found.split("\n").filter((path) => path !== "" && !path.includes("/postgres/programs/"));
}

test("nothing that Headgate makes is open to others", async () => {
  const at = { data: join(home, "closed"), environment: { HEADGATE_LAKE: "" } };
  await askCommand(["source", "add", "shop", server.url("shop")], at);
  await askCommand(["sync", "shop"], at);
  await askCommand(["sql", "select count(*) from shop.orders"], at);
  const served = await serveHeadgate(at);
  expect(openToOthers(at.data)).toEqual([]);
  await served.stop();
});

test("a lake elsewhere is as open as its directory: other engines may be let in", async () => {
  const lake = join(home, "lake");
  await mkdir(lake);
  await chmod(lake, 0o755);
  const at = { data: join(home, "shared"), environment: { HEADGATE_LAKE: lake } };
  await askCommand(["source", "add", "shop", server.url("shop")], at);
  await askCommand(["sync", "shop"], at);
  const files = execFileSync("find", [lake, "-type", "f"], { encoding: "utf8" }).trim().split("\n");
  expect(files.length).toBeGreaterThan(2);
  expect(new Set(await Promise.all(files.map(async (file) => (await stat(file)).mode & 0o777)))).toEqual(
    new Set([0o644]),
  );
  if (isRoot) execFileSync("cat", files, { ...nobody, stdio: "pipe" });
  expect(openToOthers(at.data)).toEqual([]);
});

test("a scratch directory that holds other things, or is another Headgate's, is left as it is", async () => {
  const precious = join(home, "precious");
  await mkdir(precious);
  await writeFile(join(precious, "thesis.txt"), "years of work");
  const at = { data: join(home, "closed"), environment: { HEADGATE_SCRATCH: precious } };
  await expect(refusedCommand(["user", "list"], at)).resolves.toMatchObject({
    code: "SETTING_INVALID",
    place: `HEADGATE_SCRATCH (${precious})`,
  });
  expect(await readFile(join(precious, "thesis.txt"), "utf8")).toBe("years of work");

  const scratch = join(home, "scratch");
  await askCommand(["user", "list"], { data: join(home, "closed"), environment: { HEADGATE_SCRATCH: scratch } });
  await writeFile(join(scratch, "left.parquet"), "left by a run");
  await askCommand(["user", "list"], { data: join(home, "closed"), environment: { HEADGATE_SCRATCH: scratch } });
  await expect(stat(join(scratch, "left.parquet"))).rejects.toThrow("ENOENT");
  await expect(
    refusedCommand(["user", "list"], { data: join(home, "shared"), environment: { HEADGATE_SCRATCH: scratch } }),
  ).resolves.toMatchObject({
    code: "SETTING_INVALID",
    message: `this is already the scratch directory of ${join(home, "closed")}`,
  });
});

test("a key file that others can read is refused", async () => {
  const data = join(home, "closed");
  await chmod(join(data, "secret.key"), 0o644);
  const at = { data, environment: { HEADGATE_LAKE: "" } };
  await expect(refusedCommand(["user", "list"], at)).resolves.toMatchObject({
    code: "KEY_FILE_EXPOSED",
    remedy: expect.stringContaining(`chmod 600 ${join(data, "secret.key")}`),
  });
  await chmod(join(data, "secret.key"), 0o600);
  await askCommand(["user", "list"], at);
});

test.runIf(isRoot)(
  "a path too long for a socket has it in a directory of ours, which nobody else may have made first",
  async () => {
    const temporary = join(home, "tmp");
    await mkdir(temporary);
    await chmod(temporary, 0o1777);
    const at = {
      data: join(home, "long".repeat(30)),
      environment: { TMPDIR: temporary, HEADGATE_LAKE: "" },
    };
    const own = join(temporary, "headgate-0");
    execFileSync("mkdir", ["-m", "777", own], nobody);
    await expect(refusedCommand(["source", "add", "shop", server.url("shop")], at)).resolves.toMatchObject({
      code: "PATH_NOT_PRIVATE",
      place: own,
    });
    await rm(own, { recursive: true });
    const served = await serveHeadgate(at);
    await askCommand(["source", "add", "shop", server.url("shop")], at);
    expect(() => execFileSync("ls", [own], { ...nobody, stdio: "pipe" })).toThrow(/Permission denied/);
    expect(openToOthers(own)).toEqual([]);
    await served.stop();
  },
);

test.runIf(process.platform === "linux")("an engine finds nothing of ours in its environment", async () => {
  process.env["SHOP_PASSWORD"] = "hunter2";
  const engine = cleanup.use(await openEngine({ memoryMb: 200, threads: 1, scratchDirectory: home }));
  const found = await readFile(`/proc/${engine.pid}/environ`, "utf8");
  const names = found.split("\0").map((entry) => entry.split("=")[0]);
  expect(names).not.toContain("SHOP_PASSWORD");
  expect(names.filter((name) => !/^(NODE_|$)/.test(name ?? ""))).toEqual([]);
});
