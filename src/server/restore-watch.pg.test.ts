/** A metadata database that is an earlier state of itself is noticed before anybody is served, and while somebody is. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openPlainLake, type PlainLake } from "../../test/world/plain-lake.ts";
import { auditAcceptRestore } from "../operations/audit/accept-restore.ts";
import { groupAdd } from "../operations/people/groups.ts";
import { watchForRestores, type RestoreWatch } from "./restore-watch.ts";

let lake: PlainLake;
let watch: RestoreWatch;
beforeAll(async () => (lake = await openPlainLake()));
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(() => {
  watch = watchForRestores(lake.context);
});
afterEach(() => watch[Symbol.asyncDispose]());

const file = (): string => join(lake.context.config.dataDirectory, "newest-event.json");
const kept = async () => JSON.parse(await readFile(file(), "utf8")) as { sequence: number; hash: string };
const refused = { code: "METADATA_RESTORED" };
let groups = 0;
const change = () => lake.ask(groupAdd, { name: `group-${groups++}` });

/** As if events had been seen that the database does not have. */
const seeMore = async (seen: object): Promise<void> =>
  writeFile(file(), JSON.stringify({ ...(await kept()), ...seen }));

describe("the newest event", () => {
  test("is kept while the process runs and when it ends, and is found again", async () => {
    await watch.check();
    const before = await kept();
    await change();
    await expect.poll(async () => (await kept()).sequence, { timeout: 5_000 }).toBeGreaterThan(before.sequence);
    const later = await kept();
    await change();
    await lake.context.audit.written();
    await watch[Symbol.asyncDispose]();
    expect((await kept()).sequence).toBeGreaterThan(later.sequence);
    await watch.check();
  });

  test.each([
    ["has a number that the log does not have", { sequence: 1_000_000 }],
    ["was another event", { hash: "ab".repeat(32) }],
  ])("that %s is a restore, before serving and while serving, until it is accepted", async (_what, seen) => {
    await change();
    await lake.context.audit.written();
    await watch.check();
    await change();
    await lake.context.audit.written();
    await seeMore(seen);
    const forged = await kept();
    await expect(watch.check()).rejects.toMatchObject(refused);
    await expect(watch.replaced).rejects.toMatchObject(refused);
    await watch[Symbol.asyncDispose]();
    expect(await kept(), "what tells of it stays").toEqual(forged);
    await lake.ask(auditAcceptRestore);
    await watch.check();
    expect((await kept()).sequence).toBeLessThan(1_000_000);
  });

  test("of a removed month is no restore, and an unreadable file is not taken for none", async () => {
    await watch.check();
    const { sequence } = await kept();
    await seeMore({ hash: "cd".repeat(32) });
    const removed = { month: "2020-01-01", sequence: BigInt(sequence), at: new Date(), events: 1n };
    await lake.context.db
      .insertInto("audit_checkpoints")
      .values({ ...removed, hash: Buffer.alloc(32) })
      .execute();
    await watch.check();
    await writeFile(file(), "{");
    await expect(watch.check()).rejects.toThrow();
  });
});
