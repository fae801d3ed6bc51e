/**
 * Columns and types that people have written down: in headgate.yaml, in the table mapping of the DMS task, in Glue. The
 * lake then has them, whatever the values look like.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { declarationApply } from "../../src/operations/declaration/apply.ts";
import { sourceDefine } from "../../src/operations/source-define.ts";
import { sourceAdd, sourceTest } from "../../src/operations/sources.ts";
import { tableShow } from "../../src/operations/tables.ts";
import { runCommand } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };

let home: string;
let held: HeldHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-dms-columns-"));
  held = await holdHeadgate({ data: join(home, "data"), tableRoots: home });
});
afterAll(async () => {
  await held[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function put(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    const at = join(home, name, path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, content);
  }
  return join(home, name);
}

async function columnsOf(table: string): Promise<readonly string[]> {
  const { columns } = await held.session.call(tableShow, { table }, call);
  return columns.map(({ name, type }) => `${name} ${String(type)}`);
}

async function testedColumns(name: string): Promise<string> {
  const { checks } = await held.session.call(sourceTest, { name }, call);
  return JSON.stringify(checks);
}

describe("columns in headgate.yaml", () => {
  const apply = (text: string) =>
    held.session.call(declarationApply, { text, file: "headgate.yaml", passwords: {}, dryRun: false }, call);

  test("name files without names, in order; a type that is left out is found, and all are frozen", async () => {
    const url = await put("yaml", {
      "shop/item/LOAD00000001.csv": "I,007,apple,1.5\n",
      "shop/item/20240101-000000001.csv": "U,007,pear,2\n",
    });
    const declared = (columns: string) =>
      `sources: { yaml: { url: "${url}", tables: { item: { key: [code], columns: ${columns} } } } }`;
    await apply(declared("[{ name: code, type: string }, { name: label }, { name: price, type: 'decimal(8,2)' }]"));
    expect(await testedColumns("yaml")).toContain("code string, label string, price decimal(8,2)");
    await held.sync("yaml");
    expect(await columnsOf("yaml_shop.item")).toEqual(["code string", "label string", "price decimal(8,2)"]);
    expect(await held.rows("select code, label, price from yaml_shop.item")).toEqual([["007", "pear", "2.00"]]);
    await put("yaml", { "shop/item/20240102-000000001.csv": "I,8,9,3\n" });
    await held.sync("yaml");
    expect(await columnsOf("yaml_shop.item")).toEqual(["code string", "label string", "price decimal(8,2)"]);
    expect((await held.reconcile("yaml")).tables).toMatchObject([{ equal: true, rows: 2 }]);
  });

  test("give columns of files with names another type, and only columns that they have", async () => {
    const url = await put("named", { "shop/item/LOAD00000001.csv": "id,code\n1,12\n" });
    const declared = (columns: string) =>
      `sources: { named: { url: "${url}", tables: { item: { columns: ${columns} } } } }`;
    await expect(apply(declared("[{ name: cod, type: string }]"))).rejects.toMatchObject({
      message: expect.stringContaining("the files have no column cod; they have id, code") as string,
    });
    await apply(declared("[{ name: code, type: string }]"));
    await held.sync("named");
    expect(await columnsOf("named_shop.item")).toEqual(["id long", "code string"]);
  });

  test.each([
    ["[{ name: code, type: text }]", {}, "this is no type of the lake"],
    ["[{ name: code }, { name: code }]", {}, "two of these columns have the same name"],
    ["[{ name: code }]", { reading: "{ columns: [{ name: code, type: long }] }" }, "write one of them"],
  ])("columns %s are refused", async (columns, { reading }: { reading?: string }, message) => {
    const url = await put("refused", { "shop/item/LOAD00000001.csv": "1,2\n" });
    const more = reading === undefined ? "" : `, reading: ${reading}`;
    const text = `sources: { refused: { url: "${url}", tables: { item: { columns: ${columns}${more} } } } }`;
    await expect(apply(text)).rejects.toMatchObject({ message: expect.stringContaining(message) as string });
  });
});

const selection = (action: string, schema: string, table: string) => ({
  "rule-type": "selection",
  "rule-action": action,
  "object-locator": { "schema-name": schema, "table-name": table },
});
const ofColumn = (action: string, column: string, more: object) => ({
  "rule-type": "transformation",
  "rule-target": "column",
  "rule-action": action,
  "object-locator": { "schema-name": "Shop", "table-name": "SALE", "column-name": column },
  ...more,
});
const mapping = JSON.stringify({
  rules: [
    selection("include", "Shop", "%"),
    selection("exclude", "Shop", "tmp%"),
    {
      "rule-type": "transformation",
      "rule-target": "schema",
      "rule-action": "convert-lowercase",
      "object-locator": { "schema-name": "%" },
    },
    {
      "rule-type": "transformation",
      "rule-target": "table",
      "rule-action": "rename",
      "object-locator": { "schema-name": "Shop", "table-name": "SALE" },
      value: "sale",
    },
    ofColumn("rename", "AMT", { value: "amount" }),
    ofColumn("change-data-type", "AMT", { "data-type": { type: "numeric", precision: 12, scale: 2 } }),
    ofColumn("add-column", "origin", {
      value: "origin",
      expression: "'1'",
      "data-type": { type: "string", length: 5 },
    }),
    {
      "rule-type": "transformation",
      "rule-target": "table",
      "rule-action": "define-primary-key",
      "object-locator": { "schema-name": "Shop", "table-name": "SALE" },
      "primary-key-def": { name: "pk", columns: ["id"] },
    },
  ],
});

describe("a table mapping", () => {
  test("says types, a key and which tables there are when the source is added", async () => {
    const url = await put("mapped", {
      "shop/sale/LOAD00000001.csv": "id,amount,origin\n1,1.5,1\n",
      "shop/sale/20240101-000000001.csv": "Op,id,amount,origin\nU,1,2,1\n",
      "shop/item/LOAD00000001.csv": "id\n1\n",
      "shop/tmp1/LOAD00000001.csv": "id\n1\n",
      "other/item/LOAD00000001.csv": "id\n1\n",
    });
    const { defined } = await held.session.call(
      sourceAdd,
      { name: "mapped", url, newTables: "auto", tableMapping: mapping },
      call,
    );
    expect(defined).toEqual({
      tables: [
        {
          table: "mapped_shop.sale",
          sourceTable: "shop.sale",
          columns: [
            { name: "id", type: "long" },
            { name: "amount", type: "decimal(12,2)" },
            { name: "origin", type: "string" },
          ],
          key: ["id"],
          left: [],
        },
      ],
      skipped: [],
      excluded: ["other.item", "shop.tmp1"],
    });
    expect((await held.sync("mapped")).tables.map(({ lakeTable }) => lakeTable)).toEqual([
      "mapped_shop.item",
      "mapped_shop.sale",
    ]);
    expect(await held.rows("select id, amount, origin from mapped_shop.sale")).toEqual([[1, "2.00", "1"]]);
  });

  test("of another task, or for a database, is refused, and no source is added", async () => {
    const url = await put("elsewhere", { "crm/person/LOAD00000001.csv": "id\n1\n" });
    const added = (name: string, more: object) =>
      held.session.call(sourceAdd, { name, url, newTables: "auto", ...more }, call);
    await expect(added("unread", { tableMapping: "{" })).rejects.toMatchObject({
      code: "USAGE",
      place: "the table mapping",
    });
    await added("elsewhere", {});
    await expect(
      held.session.call(sourceDefine, { name: "elsewhere", tableMapping: mapping }, call),
    ).rejects.toMatchObject({
      message: expect.stringContaining("choose none of the source's tables: crm.person") as string,
    });
    await expect(
      added("database", { url: "postgres://nobody@127.0.0.1:1/none", tableMapping: mapping }),
    ).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("a database tells its columns itself") as string,
    });
    await expect(
      held.session.call(sourceDefine, { name: "unread", tableMapping: mapping }, call),
    ).rejects.toMatchObject({
      code: "SOURCE_NOT_FOUND",
    });
  });
});

const glue = (name: string, location: string, columns: readonly (readonly [string, string])[]) =>
  JSON.stringify({
    Table: {
      Name: name,
      DatabaseName: "raw",
      StorageDescriptor: { Location: location, Columns: columns.map(([Name, Type]) => ({ Name, Type })) },
    },
  });

describe("a table of Glue", () => {
  const place = (table: string): string => `s3://bucket/dms/shop/${table}/`;

  test("names the columns of files without names; of others it says the types, in any case", async () => {
    await put("glued", {
      "shop/bare/LOAD00000001.csv": "1,2024-01-31,12\n",
      "shop/bare/20240101-000000001.csv": "I,2,2024-02-01,13\n",
      "shop/named/LOAD00000001.csv": "Id,Code\n1,12\n",
      "shop/narrow/LOAD00000001.csv": "1,2\n",
    });
    await held.session.call(sourceAdd, { name: "glued", url: join(home, "glued"), newTables: "auto" }, call);
    const glueTables = [
      glue("bare", place("bare"), [
        ["op", "string"],
        ["id", "int"],
        ["sold_on", "string"],
        ["code", "varchar(9)"],
      ]),
      glue("named", place("named"), [
        ["id", "bigint"],
        ["code", "string"],
        ["gone", "date"],
      ]),
      glue("narrow", place("narrow"), [
        ["a", "int"],
        ["b", "int"],
        ["c", "int"],
      ]),
      glue("absent", place("absent"), [["id", "int"]]),
    ];
    const defined = await held.session.call(sourceDefine, { name: "glued", glueTables }, call);
    expect(defined.tables).toMatchObject([
      {
        table: "glued_shop.bare",
        columns: [
          { name: "id", type: "int" },
          { name: "sold_on", type: "string" },
          { name: "code", type: "string" },
        ],
      },
      {
        table: "glued_shop.named",
        columns: [{ name: "Id" }, { name: "Code", type: "string" }],
        left: ["the files have no column gone"],
      },
    ]);
    expect(defined.skipped).toEqual([
      { table: "raw.absent", reason: "the source has no such table" },
      { table: "shop.narrow", reason: expect.stringContaining("3 columns are given, and its files have 2") as string },
    ]);
    await held.sync("glued");
    expect(await held.rows("select id, sold_on, code from glued_shop.bare order by id")).toEqual([
      [1, "2024-01-31", "12"],
      [2, "2024-02-01", "13"],
    ]);
  });

  test("and a mapping can be given together, on the command line", async () => {
    const at = { data: join(home, "typed"), environment: { HEADGATE_TABLE_ROOTS: home } };
    await put("typed files", { "shop/sale/LOAD00000001.csv": "1,1.5,1\n" });
    await writeFile(join(home, "mapping.json"), mapping);
    await writeFile(
      join(home, "sale.json"),
      glue("sale", place("sale"), [
        ["id", "bigint"],
        ["amount", "double"],
        ["origin", "int"],
      ]),
    );
    const files = ["--table-mapping", join(home, "mapping.json"), "--glue-table", join(home, "sale.json")];
    const added = await runCommand(["source", "add", "erp", join(home, "typed files"), ...files], at);
    expect(added.code, added.stderr).toBe(0);
    expect(added.stdout).toContain("id long, amount decimal(12,2), origin string");
    const again = await runCommand(["source", "define", "erp", "--glue-table", join(home, "sale.json")], at);
    expect(again.stdout).toContain("id long, amount double, origin int");
    const missing = await runCommand(["source", "define", "erp"], at);
    expect(missing.stderr).toContain("give a table mapping or a Glue table");
  });
});
