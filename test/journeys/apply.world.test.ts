/**
 * Tests headgate.yaml: a plan is applied completely or not at all, applying it twice changes nothing, and it can be
 * shown exactly as written.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { using } from "../../src/base/cleanup.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AppliedPlan } from "../../src/operations/declaration/apply.ts";
import type { PresentedSchedule } from "../../src/operations/schedules.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

let home: string;
let source: SampleSource;
let at: CommandOptions;
let held: HeldHeadgate;
let file: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-apply-"));
  file = join(home, "headgate.yaml");
  source = await openSampleSource("mariadb", join(home, "source"));
  await source.execute("create table orders (id int primary key, entry varchar(20), updated_at datetime)");
  await source.execute("create table customers (id int primary key)");
  await source.execute("create table tmp_work (id int primary key)");
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
  // Held by the test, so that the commands need not each start a metadata database.
  held = await holdHeadgate({ data: at.data });
});
afterAll(async () => {
  await held[Symbol.asyncDispose]();
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const shop = () => `sources:
  shop: # the web shop
    url: ${source.url}
    password: { env: SHOP_PASSWORD }
    exclude: ["tmp_*"]
    tables:
      orders: { mode: cursor, column: updated_at, soft_delete: true }
`;
const schedules = `calendars:
  office: [2026-12-25]
schedules:
  often:
    source: shop
    tables: [orders]
    cron: "*/15 8-18 * * mon-fri"
    time_zone: Europe/Bucharest
    calendar: office
  nightly: { source: shop, cron: "30 3 * * *" }
`;
async function apply(text: string, ...words: string[]): Promise<AppliedPlan> {
  await writeFile(file, text);
  return askCommand(["apply", file, ...words], at);
}
const brief = ({ steps }: AppliedPlan): readonly string[] =>
  steps.map(({ what, name, change }) => `${change} ${what} ${name}`);

test("a dry run shows the plan and changes nothing", async () => {
  const plan = await apply(shop() + schedules, "--dry-run");
  expect(brief(plan)).toEqual([
    "add source shop",
    "add table shop: shop.orders",
    "add schedule often",
    "add schedule nightly",
  ]);
  expect(await askCommand(["source", "list"], at)).toEqual({ sources: [] });
});

test("applied once everything is so, applied twice nothing changes, and it reads back as written", async () => {
  expect((await apply(shop() + schedules)).steps).toHaveLength(4);
  expect((await apply(shop() + schedules)).steps).toEqual([]);
  const { stdout } = await runCommand(["apply", "--show"], at);
  expect(stdout).toBe(shop() + schedules);
  const report: SyncReport = await askCommand(["sync", "shop"], at);
  expect(report.tables.map(({ lakeTable }) => lakeTable)).toEqual(["shop.customers", "shop.orders"]);
  const listed = await askCommand<{ schedules: PresentedSchedule[] }>(["schedule", "list"], at);
  expect(listed.schedules).toMatchObject([
    { name: "nightly", tables: [] },
    { name: "often", tables: ["orders"], timeZone: "Europe/Bucharest", holidays: ["2026-12-25"] },
  ]);
});

test("a schedule of a table that the source does not have is refused, with the name that was probably meant", async () => {
  await writeFile(file, shop() + schedules.replace("tables: [orders]", "tables: [ordres]"));
  const refused = await refusedCommand(["apply", file], at);
  expect(refused).toMatchObject({
    code: "SOURCE_TABLE_NOT_FOUND",
    message: expect.stringContaining("did you mean orders?"),
  });
});

test("what changes is told, what is not declared any more goes, a source stays", async () => {
  const changed = shop().replace("soft_delete: true", "soft_delete: false") + schedules.replace("30 3", "0 4");
  const plan = await apply(changed.replace(/ {2}often:[^]*office\n/, ""));
  expect(plan.steps).toMatchObject([
    { change: "change", what: "table", details: ["soft delete yes → no"] },
    { change: "change", what: "schedule", name: "nightly", details: ["cron 30 3 * * * → 0 4 * * *"] },
    { change: "remove", what: "schedule", name: "often" },
  ]);
  const none = await apply("");
  expect(none).toMatchObject({ left: ["shop"], steps: [{ change: "remove", what: "schedule", name: "nightly" }] });
});

test("maintenance of the whole lake is declared without a source, and a source is added to it later", async () => {
  const lake = shop() + schedules.replace("{ source: shop,", "{ action: maintain,");
  const { steps } = await apply(lake);
  expect(steps.at(-1)).toMatchObject({ name: "nightly", details: ["maintain of the whole lake, 30 3 * * * UTC"] });
  expect((await apply(lake)).steps).toEqual([]);
  const narrower = await apply(lake.replace("{ action: maintain,", "{ action: maintain, source: shop,"));
  expect(narrower.steps).toMatchObject([{ name: "nightly", details: ["source the whole lake → shop"] }]);
});

test.each([
  ["a sync without a source", () => schedules.replace("{ source: shop,", "{"), "the action sync concerns one source"],
  ["a column that is no cursor", () => shop().replace("updated_at", "entry"), "entry is neither a number nor a time"],
  ["a table that is not there", () => shop().replace("orders:", "order:"), "SOURCE_TABLE_NOT_FOUND"],
  ["a schedule that never comes", () => shop() + schedules.replace("30 3 * * *", "0 0 31 2 *"), "never due"],
  ["a schedule of an unknown source", () => schedules.replaceAll("source: shop", "source: shup"), "SOURCE_NOT_FOUND"],
  ["a key with a mistake", () => shop().replace("exclude", "excluded"), "did you mean exclude?"],
  ["a variable that is not set", () => shop().replace("SHOP_PASSWORD", "NO_SUCH_VARIABLE"), "NO_SUCH_VARIABLE"],
])("%s is refused, and nothing is applied", async (_, text, message) => {
  await apply(shop() + schedules);
  await writeFile(file, text().replace("office: [2026-12-25]", "office: []"));
  const { code, stderr } = await runCommand(["apply", file], at);
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  expect((await apply(shop() + schedules)).steps).toEqual([]);
});

test("the layout of a table, its key and how old it may be are declared, and followed", async () => {
  const layout = `      customers:
        partition_by: ["bucket(4, id)"]
        sort_by: [id desc]
        target_file_size: 128
        compression: snappy
        format_version: 3
        freshness: 26h
`;
  const plan = await apply(shop() + layout + schedules);
  expect(plan.steps).toMatchObject([
    {
      name: "shop: shop.customers",
      details: [
        "partitions none → bucket(4, id)",
        "sorted by none → id desc",
        "file size none → 128",
        "compression none → snappy",
        "format version none → 3",
        "freshness none → 93600",
      ],
    },
  ]);
  expect((await apply(shop() + layout + schedules)).steps).toEqual([]);
  await source.execute("insert into customers select seq from seq_1_to_100");
  await askCommand(["sync", "shop"], at);
  const { tables } = await askCommand<{ tables: object[] }>(["source", "show", "shop"], at);
  expect(tables).toMatchObject([
    { partitionBy: ["bucket(4, id)"], origin: "headgate.yaml", freshness: 93_600 },
    { origin: "headgate.yaml" },
  ]);
  const described = await askCommand<object>(["table", "show", "shop.customers"], at);
  expect(JSON.stringify(described)).toContain("bucket[4]");
  expect(described).toMatchObject({ format: "Iceberg v3" });
  await writeFile(file, shop() + layout.replace("format_version: 3", "format_version: 2") + schedules);
  expect(await runCommand(["apply", file], at)).toMatchObject({
    stderr: expect.stringContaining("cannot go back to version 2"),
  });
  await writeFile(file, shop() + layout.replace("(4, id)", "(4, di)") + schedules);
  const { stderr } = await runCommand(["apply", file], at);
  expect(stderr).toContain("the table has no column di, which bucket(4, di) names");
});

/** Credentials, so that none are looked up on the network. */
const nobody = { AWS_ACCESS_KEY_ID: "nobody", AWS_SECRET_ACCESS_KEY: "nothing" };

test("where the lake is, is declared, tried, and so at the next start; a flag goes before it", async () => {
  const own = { data: join(home, "other"), environment: { ...at.environment, ...nobody, HEADGATE_LAKE: "" } };
  const declared = (location: string, more = "") =>
    writeFile(file, `lake: { location: "${location}"${more} }\n${shop()}`);
  const refused = async (place: string): Promise<void> => {
    const { code, stderr } = await runCommand(["apply", file], own);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(place) });
    expect(await askCommand(["source", "list"], own)).toEqual({ sources: [] });
  };
  await declared("s3://lakehouse/lake", ', endpoint: "http://127.0.0.1:1", region: us-east-1');
  await refused("STORE_UNREACHABLE");
  await declared("s3://UPPER");
  await refused("DECLARATION_INVALID");
  await declared("/dev/null/lake");
  await refused("DATA_DIRECTORY_UNWRITABLE");
  await declared(join(home, "declared lake"));
  expect(brief(await askCommand(["apply", file], own))).toEqual([
    `add lake ${join(home, "declared lake")}`,
    "add source shop",
    "add table shop: shop.orders",
  ]);
  await askCommand(["sync", "shop"], own);
  const located = async (options: CommandOptions) =>
    (await askCommand<{ tables: { metadata_location: string }[] }>(["table", "list"], options)).tables[0]
      ?.metadata_location;
  expect(await located(own)).toContain("declared%20lake");
  expect((await askCommand<AppliedPlan>(["apply", file], own)).steps).toEqual([]);
});

test("two sources whose tables would have one name are refused, declared or not", async () => {
  await using(openSampleSource("postgres", join(home, "postgres")), async (other) => {
    await other.execute("create schema shop");
    await other.execute("create table shop.orders (id int primary key)");
    const environment = { ...at.environment, OTHER_PASSWORD: other.password };
    const both = { data: join(home, "both"), environment };
    const clashing = `  web: { url: ${other.url}, password: { env: OTHER_PASSWORD } }\n`;
    await writeFile(file, shop().replace("shop:", "web_shop:") + clashing);
    const { code, stderr } = await runCommand(["apply", file], both);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("web_shop.orders in the lake; exclude one of them"),
    });
    expect(await askCommand(["source", "list"], both)).toEqual({ sources: [] });
    await askCommand(["source", "add", "web_shop", source.url, "--password-env", "SHOP_PASSWORD"], both);
    await askCommand(["source", "add", "web", other.url, "--password-env", "OTHER_PASSWORD"], both);
    await askCommand(["sync", "web_shop"], both);
    const { code: failed, stdout } = await runCommand(["sync", "web", "--json"], both);
    expect({ failed, report: JSON.parse(stdout) as SyncReport }).toMatchObject({
      failed: 2,
      report: { tables: [{ outcome: "failed", error: { code: "LAKE_NAME_TAKEN", place: "web_shop.orders" } }] },
    });
  });
});
