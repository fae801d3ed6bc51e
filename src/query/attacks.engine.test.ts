/** Every attack of attacks.fixture.ts against a restricted table: no canary shows, and nothing in the lake changes. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatJson } from "../base/json.ts";
import { wordsOf } from "../base/present-error.ts";
import { tableNotFound } from "../catalog/table-name.ts";
import type { EnginePool } from "../engine/engine-pool.ts";
import { HeadgateError } from "../errors.ts";
import type { TableAccess } from "../governance/table-access.ts";
import { attacks } from "./attacks.fixture.ts";
import { runQuery } from "./query.ts";
import { restrictTable } from "./restrict-table.ts";
import { openSampleLake, type SampleLake } from "./sample-lake.fixture.ts";
import { statementPool } from "./statement-pool.ts";
import type { TableSource } from "./table-source.ts";
import { viewOver } from "./view-over.fixture.ts";

const columns = [
  { fieldId: 1, name: "id", type: "int" },
  { fieldId: 2, name: "region", type: "string" },
  { fieldId: 3, name: "email", type: "string" },
  { fieldId: 4, name: "secret", type: "string" },
  { fieldId: 5, name: "amount", type: "long" },
];
const access: TableAccess = {
  parts: [
    {
      columns: { mode: "exclude", fieldIds: new Set([4]) },
      rows: [{ op: "=", column: { fieldId: 2, type: "string" }, value: { literal: "eu" } }],
      masks: new Map([[3, { action: "mask-alphanum" }]]),
    },
  ],
};

let lake: SampleLake;
let engines: EnginePool;
let tables: TableSource;
/** The same tables, each behind a view of its owner, who may see no more of it. */
let views: TableSource;
let places: Readonly<Record<string, string>>;
beforeAll(async () => {
  lake = await openSampleLake();
  const scratchDirectory = join(lake.directory, "scratch");
  await mkdir(scratchDirectory);
  engines = statementPool({
    memoryMb: 200,
    threads: 1,
    scratchDirectory,
    processes: 1,
    processesEach: 1,
    timeoutMs: 20_000,
  });
  const visible = (id: number) => [`${id}`, "'eu'", `'CANARY${id}@mail.example'`, `'CANARY secret ${id}'`, `${id}`];
  const hidden = (id: number) => [`${id}`, "'us'", `'CANARY${id}@mail.example'`, `'CANARY secret ${id}'`, "771177"];
  const files = [
    [visible(1), hidden(2)],
    [hidden(3), visible(4)],
  ];
  const orders = await lake.add({ database: "shop", name: "orders", columns, files });
  const salaries = await lake.add({ database: "crm", name: "salaries", columns, files: [[hidden(7)]] });
  const pathOf = async (table: typeof orders): Promise<string> =>
    (await table.planFiles(undefined)).files[0]?.path ?? "";
  places = {
    file: await pathOf(orders),
    other: await pathOf(salaries),
    outside: join(lake.directory, "outside.csv"),
    directory: lake.directory,
  };
  await writeFile(places["outside"] ?? "", "name\nCANARY outside\n");
  tables = {
    async resolve(parts, asOf) {
      const table = await lake.resolve(parts, asOf);
      if (table.database !== "shop") throw tableNotFound(parts, [orders]);
      return restrictTable(table, access);
    },
  };
  views = { resolve: async (parts, asOf) => viewOver(await tables.resolve(parts, asOf), "from orders") };
});
afterAll(async () => {
  await engines[Symbol.asyncDispose]();
  await lake[Symbol.asyncDispose]();
});

async function outcome(sql: string, from = tables): Promise<string> {
  try {
    await using result = await runQuery({ sql, tables: from, engines, asker: { principal: "somebody", rules: "" } });
    const rows: string[] = [formatJson(result.columns), formatJson(result.stats.tables)];
    for await (const batch of result.batches) rows.push(...batch.map((row) => formatJson(row)));
    return rows.join("\n");
  } catch (failure) {
    if (!(failure instanceof HeadgateError)) throw failure;
    return `${failure.code} ${failure.place} ${failure.message} ${wordsOf(failure)}`;
  }
}

async function fingerprints(): Promise<readonly string[]> {
  const entries = await readdir(lake.directory, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const each = files.toSorted().map(async (name) => {
    const bytes = await readFile(join(lake.directory, name));
    return `${name} ${createHash("sha256").update(bytes).digest("hex")}`;
  });
  return Promise.all(each);
}

test.each([
  ["on the tables", () => tables],
  ["on views of them", () => views],
])("no attack %s shows a canary or changes the lake", async (_what, from) => {
  const before = await fingerprints();
  const breaches: string[] = [];
  for (const attack of attacks) {
    const sql = attack.replace(/\{(\w+)\}/g, (_all, name: string) => places[name] ?? "");
    const found = (await outcome(sql, from())).replaceAll(sql, "");
    // A person's own words may come back in a message.
    const own = attack.includes("CANARY") || attack.includes("771176");
    const shows = own ? /secret \d|@mail|771177/.test(found) : /CANARY|771177/.test(found);
    if (shows) breaches.push(`${attack}\n${found}`);
  }
  expect(breaches).toEqual([]);
  expect(await fingerprints()).toEqual(before);
  expect(await outcome("select id, region, email, amount from orders order by id", from())).toContain(
    '[1,"eu","xxxxxxn@xxxx.xxxxxxx",1]\n[4,"eu","xxxxxxn@xxxx.xxxxxxx",4]',
  );
});
