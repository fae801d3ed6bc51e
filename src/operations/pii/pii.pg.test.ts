/**
 * Proposals of personal data, from the first load on: who sees them, what a decision does, when a rejected one is made
 * again, and that no value of a row is kept.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  memberOf,
  openPlainLake,
  programOf,
  type ConnectedSource,
  type PlainLake,
} from "../../../test/world/plain-lake.ts";
import { labelledTable, type PlainTable } from "../../../test/world/plain-source.ts";
import type { Principal } from "../../identity/principal.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { demandingSources } from "../../stewardship/demands-classes.ts";
import { sensitivityOfTable } from "../../stewardship/sensitivity.ts";
import { filterAdd } from "../access/filters.ts";
import { grantAdd } from "../access/grants.ts";
import { auditList } from "../audit/audit-list.ts";
import { runShow } from "../runs.ts";
import { sourceSet } from "../sources.ts";
import { status } from "../status.ts";
import { sync } from "../sync.ts";
import { stewardAdd } from "../stewardship/stewards.ts";
import { tableDescribe } from "../stewardship/describe.ts";
import { tableShow } from "../tables.ts";
import { piiDecide, piiList, piiScan } from "./pii.ts";

let lake: PlainLake;
let made = 0;
const people = new Map<string, Principal>();
const as = (name: string) => ({ principal: people.get(name) as Principal });

beforeAll(async () => {
  lake = await openPlainLake();
  for (const name of ["reader", "changer", "steward", "nobody"]) people.set(name, await memberOf(lake, name));
  people.set("viewer", await programOf(lake, "viewer"));
});
afterAll(() => lake[Symbol.asyncDispose]());

const secret = (id: number): string => `secretlocal${id}@example.org`;

function customers(contact: (id: number) => string = secret, more: Partial<PlainTable> = {}): PlainTable {
  const rows = Array.from({ length: 30 }, (_, at) => ({ id: at + 1, label: `word ${at}`, contact: contact(at) }));
  return { ...labelledTable(1), columns: { id: "int!", label: "string", contact: "string" }, rows, ...more };
}

async function connect(tables = { customers: customers() }): Promise<ConnectedSource> {
  return lake.connect(`shop${++made}`, tables);
}

const listed = async (source: ConnectedSource, more: object = {}) =>
  (await lake.ask(piiList, { database: source.name, ...more })).proposals;
const decide = (source: ConnectedSource, decision: "confirm" | "reject", more: object = {}) =>
  lake.ask(piiDecide, { database: source.name, decision, ...more });
const flagOf = async (source: ConnectedSource) => {
  const { columns } = await lake.ask(tableShow, { table: `${source.name}.customers` });
  return columns.find(({ name }) => name === "contact")?.parameters;
};

describe("a first load", () => {
  test("proposes, tells whoever may decide in its report and in the status, and keeps no value", async () => {
    const source = await connect();
    const report = await lake.ask(sync, { source: source.name });
    const found = { table: `${source.name}.customers`, column: "contact", class: "email", confidence: 0.99 };
    expect(report.personalData).toEqual([found]);
    expect((await lake.ask(runShow, { run: report.run })).personalData).toEqual([found]);
    const shown = (await lake.ask(status, {})).sources.find((one) => one.source === source.name);
    expect(shown?.personalData).toBe(1);
    expect(await listed(source)).toMatchObject([
      { ...found, state: "open", evidence: { values: 30, rates: { "well-formed": 1 } }, reason: null },
    ]);
    const { db } = lake.context;
    const stored = [
      await db.selectFrom("pii_proposals").selectAll().execute(),
      await db.selectFrom("pii_scans").selectAll().execute(),
      await db.selectFrom("runs").select("report").execute(),
      lake.logged,
    ];
    expect(
      JSON.stringify(stored, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
    ).not.toMatch(/secretlocal|word \d/);
  });

  test("leaves columns alone that were looked at, and looks at new ones", async () => {
    const source = await connect();
    await source.sync();
    await decide(source, "reject", { all: true });
    source.source.set("customers", {
      ...customers(),
      columns: { id: "int!", label: "string", contact: "string", client_ip: "string" },
      rows: Array.from({ length: 30 }, (_, at) => ({
        id: at + 1,
        label: "a",
        contact: secret(at),
        client_ip: `93.184.216.${at}`,
      })),
    });
    const report = await lake.ask(sync, { source: source.name });
    expect(report.personalData).toMatchObject([{ column: "client_ip", class: "ip_address" }]);
    expect((await listed(source, { state: "open" })).map(({ column }) => column)).toEqual(["client_ip"]);
  });
});

describe("a decision", () => {
  test("flags what is confirmed, and the flag goes when it is rejected later", async () => {
    const source = await connect();
    await source.sync();
    expect((await decide(source, "confirm", { classes: ["phone"] })).decided).toEqual([]);
    expect((await decide(source, "confirm", { atLeast: 0.9, plan: true })).decided).toMatchObject([{ state: "open" }]);
    expect(await flagOf(source)).toEqual({});
    await decide(source, "confirm", { atLeast: 0.9 });
    expect(await flagOf(source)).toEqual({ pii_flag: "true", pii_class: "email" });
    const sensitivity = await sensitivityOfTable(lake.context, await source.table("customers"));
    expect(sensitivity.class).toBe("pii");
    await decide(source, "reject", { state: "confirmed" });
    expect(await flagOf(source)).toEqual({ pii_flag: "false" });
    const { events } = await lake.ask(auditList, { operation: "pii.decide" });
    expect(JSON.stringify(events)).toContain(`${source.name}.customers.contact email`);
  });

  test("takes no flag away that somebody set", async () => {
    const source = await connect();
    await source.sync();
    await lake.ask(tableDescribe, { table: `${source.name}.customers`, column: "contact", set: { pii_flag: "yes" } });
    await decide(source, "reject", { all: true });
    expect(await flagOf(source)).toEqual({ pii_flag: "yes" });
  });

  test("has to say what is meant", async () => {
    await expect(lake.ask(piiDecide, { decision: "confirm" })).rejects.toMatchObject({ code: "USAGE" });
  });

  test("to reject holds until the values change in kind", async () => {
    const source = await connect({ customers: customers((id) => (id % 2 === 0 ? secret(id) : `word${id}`)) });
    await source.sync();
    await decide(source, "reject", { all: true });
    const table = `${source.name}.customers`;
    expect(await lake.ask(piiScan, { tables: [table] })).toMatchObject({ tables: [{ columns: 3, proposed: 0 }] });
    expect(await listed(source)).toMatchObject([{ state: "rejected" }]);
    source.source.set("customers", customers(secret));
    await source.sync();
    expect(await lake.ask(piiScan, { tables: [table] })).toMatchObject({ tables: [{ proposed: 1 }] });
    expect(await listed(source)).toMatchObject([
      { state: "open", reason: expect.stringContaining("with @: 50 % → 100 %") },
    ]);
    expect(await flagOf(source)).toEqual({});
  });

  test("is not needed any longer when nothing speaks for an open proposal", async () => {
    const source = await connect();
    await source.sync();
    source.source.set(
      "customers",
      customers((id) => `plain word ${id}`),
    );
    await source.sync();
    expect(await lake.ask(piiScan, { tables: [`${source.name}.customers`] })).toMatchObject({
      tables: [{ withdrawn: 1 }],
    });
    expect(await listed(source)).toEqual([]);
  });
});

describe("only those who may change a table", () => {
  test("see its proposals and decide on them", async () => {
    const source = await connect();
    const report = await source.sync();
    const table = `${source.name}.customers`;
    await lake.ask(filterAdd, { name: "few", on: table, rows: "id < 3" });
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: table, to: "reader", filter: "few" });
    await lake.ask(grantAdd, { permissions: ["ALTER"], on: table, to: "changer" });
    await lake.ask(stewardAdd, { of: table, as: "steward", who: "steward" });
    for (const name of ["reader", "viewer", "nobody"]) {
      expect((await lake.ask(piiList, {}, as(name))).proposals).toEqual([]);
      const { decided } = await lake.ask(piiDecide, { decision: "confirm", all: true }, as(name));
      expect(decided).toEqual([]);
      expect((await lake.ask(piiScan, {}, as(name))).tables).toEqual([]);
      const code = name === "nobody" ? "TABLE_NOT_FOUND" : "NOT_ALLOWED";
      for (const operation of [piiList, piiScan])
        await expect(lake.ask(operation as typeof piiList, { tables: [table] }, as(name))).rejects.toMatchObject({
          code,
        });
      await expect(lake.ask(piiDecide, { tables: [table], decision: "confirm" }, as(name))).rejects.toMatchObject({
        code,
      });
    }
    expect((await lake.ask(runShow, { run: report.run }, as("viewer"))).personalData).toBe(undefined);
    for (const name of ["changer", "steward"])
      expect((await lake.ask(piiList, {}, as(name))).proposals).toMatchObject([{ column: "contact" }]);
    const confirmed = await lake.ask(piiDecide, { decision: "confirm", all: true }, as("steward"));
    expect(confirmed.decided).toMatchObject([{ table, column: "contact", state: "confirmed" }]);
    expect(await flagOf(source)).toMatchObject({ pii_flag: "true" });
  });
});

test("a source can say that what nobody has judged is sensitive", async () => {
  const source = await connect();
  await source.set("customers", { history: true });
  await source.sync();
  const parts = { ...lake.context, demandsClasses: demandingSources(lake.context) };
  const classOf = async (table: string) => (await sensitivityOfTable(parts, await source.table(table))).class;
  expect(await classOf("customers")).toBe("none");
  await lake.ask(sourceSet, { name: source.name, unclassified: "sensitive" });
  expect(await classOf("customers")).toBe("unclassified");
  await decide(source, "reject", { all: true });
  expect(await classOf("customers")).toBe("unclassified");
  for (const { name } of currentSchema((await source.table("customers")).metadata).fields)
    await lake.ask(tableDescribe, { table: `${source.name}.customers`, column: name, set: { pii_flag: "no" } });
  expect(await classOf("customers")).toBe("none");
  source.source.write("customers", []);
  await source.sync();
  expect(await classOf("customers__history")).toBe("unclassified");
});

test("a failure of the search never fails the run", async () => {
  const source = await connect();
  const { context } = lake;
  await context.db.schema.alterTable("pii_scans").renameTo("pii_scans_away").execute();
  const report = await source
    .sync()
    .finally(() => context.db.schema.alterTable("pii_scans_away").renameTo("pii_scans").execute());
  expect(report.tables).toMatchObject([{ outcome: "created" }]);
  expect(source.events).toContainEqual(
    expect.objectContaining({ kind: "warning", text: expect.stringContaining("pii scan") }),
  );
  expect(await listed(source)).toEqual([]);
  expect(await lake.ask(piiScan, { database: source.name })).toMatchObject({ tables: [{ proposed: 1 }] });
});
