/**
 * The metadata database is restored from a copy that was taken before a right was revoked. The right counts again, which
 * nobody can see in the restored log alone; a digest that was kept elsewhere shows it, at once and later.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { copyDirectory } from "../world/cold-copy.ts";
import { askCommand, refusedCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { personOf, personWith, type Person } from "../world/person.ts";
import { startPostgres } from "../world/postgres-server.ts";
import { serveHeadgate } from "../world/served-headgate.ts";

const cleanup = openCleanup();
let at: CommandOptions;
/** The headers of a key whose right is revoked. */
let headers: Person["headers"];
/** The digest that the log had when the right was revoked. */
let kept: string;

const run = <T = unknown>(line: string): Promise<T> => askCommand<T>(line.split(" "), at);
const digest = async (): Promise<string> => (await run<{ digest: string }>("audit digest")).digest;
const eventOf = (text: string): number => Number(text.split(":")[0]);

/** A server that runs only for this; the key asks it for rows. */
async function whileServing(work: (readRows: () => Promise<string>) => Promise<void>): Promise<void> {
  const served = await serveHeadgate(at);
  const person = personWith(served, headers);
  await work(async () => (await person.ask("sql", { sql: "select count(*) from shop.orders" })).text).finally(() =>
    served.stop(),
  );
}

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-restored-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  const source = cleanup.use(await startPostgres());
  await source.createDatabase("shop");
  await source.query("create table orders as select 1 as id", [], { database: "shop" });
  at = { data: join(home, "data"), environment: { HEADGATE_LAKE: lakeOf(home) } };
  const served = await serveHeadgate(at);
  await run(`source add shop ${source.url("shop")}`);
  await run("sync shop");
  ({ headers } = await personOf(served, at, "leaver"));
  await run("grant select on shop.orders to key:leaver");
  await served.stop();
  await copyDirectory(join(at.data, "postgres"), join(home, "backup"));
  await source.query("insert into orders values (2)", [], { database: "shop" });
  await run("sync shop");
  await run("revoke select on shop.orders from key:leaver");
  kept = await digest();
  await run(`audit verify --digest ${kept}`);
  await copyDirectory(join(home, "backup"), join(at.data, "postgres"));
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

test("the restored log is whole in itself, and refused with a digest of later", async () => {
  const last = await digest();
  expect(eventOf(last)).toBeLessThan(eventOf(kept));
  expect(await run("audit verify")).toMatchObject({ digest: last });
  expect(await refusedCommand(["audit", "verify", "--digest", kept], at)).toMatchObject({
    code: "AUDIT_CHAIN_BROKEN",
    place: expect.stringMatching(new RegExp(`^event ${eventOf(last)}, `)),
    message: `the chain is broken: the events after it are missing; there were ${eventOf(kept)}`,
    remedy: expect.stringContaining("what was revoked since then counts again"),
  });
});

test("nobody is served before the restore is accepted, and commands work meanwhile", async () => {
  const refused = {
    code: "METADATA_RESTORED",
    message: expect.stringContaining(`does not have event ${eventOf(kept)}`),
  };
  for (const command of ["up", "worker"])
    expect(await refusedCommand([command, ...(command === "up" ? ["--port", "0"] : [])], at)).toMatchObject(refused);
  expect(await run("access grants")).toMatchObject({ grants: expect.any(Array) });
  expect(await refusedCommand(["up", "--port", "0"], at), "commands do not make it forgotten").toMatchObject(refused);
  expect(await run("audit accept-restore")).toMatchObject({ keys: 0, rotated: [] });
});

test("it stays refused when new events have taken the place of those that were lost", async () => {
  await whileServing(async (readRows) => {
    expect(await readRows(), "the revoked right counts again").toContain('"rows":[[1]]');
    for (let number = 0; eventOf(await digest()) < eventOf(kept); number++) await run(`group add later-${number}`);
    expect(await refusedCommand(["audit", "verify", "--digest", kept], at)).toMatchObject({
      code: "AUDIT_CHAIN_BROKEN",
      place: expect.stringMatching(new RegExp(`^event ${eventOf(kept)}, `)),
      remedy: expect.stringContaining("restored from a backup"),
    });
  });
});

test("what is revoked again is gone, a new digest holds, and a sync brings the rows of later", async () => {
  await whileServing(async (readRows) => {
    await run("revoke select on shop.orders from key:leaver");
    expect(await readRows()).toMatch(/NOT_ALLOWED|TABLE_NOT_FOUND/);
    await run(`audit verify --digest ${await digest()}`);
    await run("sync shop");
    expect(await askCommand(["sql", "select count(*) from shop.orders"], at)).toMatchObject({
      rows: [{ "count_star()": 2 }],
    });
  });
});
