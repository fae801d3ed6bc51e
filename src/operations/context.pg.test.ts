/** The parts of a process that are opened once: engines that are replaced when they are lost, and what its operator is told. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, programOf, type PlainLake } from "../../test/world/plain-lake.ts";
import { tableImport } from "./import.ts";
import { sourceRemove, sourceShow } from "./sources.ts";
import { sql } from "./sql.ts";
import { tableShow } from "./tables.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

test("the engine that writes is one for all, until it is lost", async () => {
  const [one, two] = await Promise.all([lake.context.loadEngine(), lake.context.loadEngine()]);
  expect(two).toBe(one);
  expect(await lake.context.loadEngine()).toBe(one);
  await one[Symbol.asyncDispose]();
  const next = await lake.context.loadEngine();
  expect(next).not.toBe(one);
  expect((await next.run("select 1")).rows).toEqual([[1]]);
});

describe("the operator", () => {
  const told = async (work: () => Promise<unknown>): Promise<readonly unknown[]> => {
    lake.logged.length = 0;
    await work().catch(() => undefined);
    return [...lake.logged];
  };

  test("is told of a refusal, with its reason", async () => {
    const viewer = await programOf(lake, "viewer");
    const events = await told(() => lake.ask(sourceRemove, { name: "shop" }, { principal: viewer }));
    expect(events).toMatchObject([
      {
        event: "refusal",
        fields: {
          principal: viewer.name,
          operation: "source.remove",
          because: `no grant allows ${viewer.name} to administer this source`,
        },
      },
    ]);
  });

  test("is told of a failure that is nobody's mistake, and of no other", async () => {
    expect(await told(() => lake.ask(sourceShow, { name: "nowhere" }))).toEqual([]);
    expect(await told(() => lake.ask(sql, { sql: "select 1" }))).toEqual([]);
    const findEntry = () => Promise.reject(new TypeError("broken"));
    const broken = { ...lake.context.catalog, find: findEntry, findEntry, withViews: () => broken };
    const context = { ...lake.context, catalog: broken };
    const events = await told(() => lake.askWith(context, tableShow, { table: "a.b" }));
    expect(events).toMatchObject([
      { event: "operation failed", fields: { operation: "table.show", code: "INTERNAL" } },
    ]);
  });
});

describe("an import", () => {
  let imports = 0;
  async function files(): Promise<{ table: string; location: string; put(name: string, text: string): Promise<void> }> {
    const folder = `import${++imports}`;
    const location = join(lake.files, folder);
    await mkdir(location, { recursive: true });
    const put = (name: string, text: string) => writeFile(join(location, name), text);
    await put("a.csv", "id,label\n1,one\n2,two\n");
    return { table: `files.t${imports}`, location, put };
  }

  test("is proposed, approved, and goes on with files that are new", async () => {
    const { table, location, put } = await files();
    const ask = (more: object) => lake.ask(tableImport, { table, ...more });
    const { proposal, imported } = await ask({ location });
    expect(imported).toBeNull();
    expect(proposal).toMatchObject({ table, rows: 2, files: [{ rows: 2 }] });
    const approve = proposal?.digest;
    expect(await ask({ location, approve, plan: true })).toMatchObject({
      imported: null,
      proposal: { digest: approve },
    });
    expect(await ask({ location, approve })).toMatchObject({ proposal: null, imported: { table, files: 1, rows: 2 } });
    await put("b.csv", "id,label\n3,three\n");
    expect(await ask({ again: true, plan: true })).toMatchObject({ imported: null, proposal: { rows: 1 } });
    expect(await ask({ again: true })).toMatchObject({ proposal: null, imported: { files: 1, rows: 1 } });
    expect(await ask({ again: true })).toMatchObject({ imported: { files: 0, commit: null } });
  });

  test("needs to know where the files are", async () => {
    await expect(lake.ask(tableImport, { table: "files.t" })).rejects.toMatchObject({
      code: "USAGE",
      place: "files.t",
      message: "the location of the files is missing",
    });
  });

  test.each([
    { location: "/nowhere" },
    { approve: "digest" },
    { types: { a: "string" } },
    { names: { a: "b" } },
    { csv: { skipLines: 1 } },
    { header: false },
  ])("that goes on takes no %j", async (more) => {
    await expect(lake.ask(tableImport, { table: "files.t", again: true, ...more })).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("an import with --again takes"),
    });
  });
});
