/** How sensitive tables and databases are: whatever is flagged anywhere in them counts, however it is written. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, type ConnectedSource, type PlainLake } from "../../test/world/plain-lake.ts";
import { labelledTable } from "../../test/world/plain-source.ts";
import { must } from "../base/must.ts";
import { currentSchema } from "../iceberg/table-metadata.ts";
import { inTransaction } from "../db/transaction.ts";
import { setParameters } from "./parameters.ts";
import { sensitivityOfDatabase, sensitivityOfTable, type SensitivityParts } from "./sensitivity.ts";

let lake: PlainLake;
let made = 0;

beforeAll(async () => (lake = await openPlainLake()));
afterAll(() => lake[Symbol.asyncDispose]());

/** A database of its own for each test, with the tables customers (partitioned by country) and orders. */
async function connect(): Promise<ConnectedSource> {
  const source = await lake.connect(`shop${++made}`, { customers: customers(), orders: labelledTable(1) });
  await source.set("customers", { layout: { ...noLayout, partitionBy: ["country"] } });
  await source.sync();
  return source;
}

const noLayout = {
  partitionBy: undefined,
  sortBy: undefined,
  targetFileSize: undefined,
  compression: undefined,
  formatVersion: undefined,
};

const customers = () => ({
  ...labelledTable(2),
  columns: { id: "int!", label: "string", email: "string", country: "string" },
  rows: [{ id: 1, label: "a", email: "a@example.org", country: "DE" }],
});

const parts = (): SensitivityParts => ({ db: lake.context.db, catalog: lake.context.catalog });

async function flag(source: ConnectedSource, value: string, { table = "customers", column = "" } = {}): Promise<void> {
  const { id, metadata } = await source.table(table);
  const field = currentSchema(metadata).fields.find(({ name }) => name === column);
  const on = { kind: "table", id, fieldId: column === "" ? undefined : must(field, "a column").id } as const;
  await set([{ on, key: "pii_flag", value }]);
}

const set = (changes: Parameters<typeof setParameters>[1]) =>
  inTransaction(lake.context.db, (transaction) => setParameters(transaction, changes, { by: null, origin: null }));

const ofTable = async (source: ConnectedSource, table = "customers") =>
  sensitivityOfTable(parts(), await source.table(table));
const ofDatabase = async (source: ConnectedSource) =>
  sensitivityOfDatabase(parts(), (await source.table("orders")).databaseId);

describe("sensitivity", () => {
  test("is none where nothing is flagged, or flagged with a no", async () => {
    const source = await connect();
    expect(await ofTable(source)).toEqual({ class: "none", findings: [] });
    for (const word of ["false", "FALSE", " no", "0", "off", "n"]) {
      await flag(source, word, { column: "email" });
      expect((await ofTable(source)).class).toBe("none");
    }
    expect((await ofDatabase(source)).class).toBe("none");
  });

  test("of a database that is not flagged counts one flagged column of one of its tables (scenario 4a)", async () => {
    const source = await connect();
    await flag(source, "true", { column: "email" });
    expect(await ofDatabase(source)).toMatchObject({
      class: "pii",
      findings: [{ class: "pii", level: "column", column: "email", table: { name: "customers" } }],
    });
    expect((await ofTable(source, "orders")).class).toBe("none");
  });

  test.each(["true", "TRUE", " True ", "1", "yes", "Y", "on", "ja", "maybe", "flase"])(
    "understands %j as a yes (scenario 4b)",
    async (word) => {
      const source = await connect();
      await flag(source, word, { column: "email" });
      expect((await ofTable(source)).class).toBe("pii");
    },
  );

  test("counts a flag that is only on the partition column (scenario 4c)", async () => {
    const source = await connect();
    expect((await source.table("customers")).metadata.partitionSpecs.at(-1)?.fields).toHaveLength(1);
    await flag(source, "1", { column: "country" });
    expect((await ofTable(source)).class).toBe("pii");
  });

  test("is asked again at each moment: a column that is flagged later counts from then on (scenario 4e)", async () => {
    const source = await connect();
    expect((await ofDatabase(source)).class).toBe("none");
    await flag(source, "true", { table: "orders", column: "label" });
    expect((await ofDatabase(source)).class).toBe("pii");
    await flag(source, "false", { table: "orders", column: "label" });
    expect((await ofDatabase(source)).class).toBe("none");
  });

  test("counts a table that came later with a flagged column, and flags of the table and the database", async () => {
    const source = await connect();
    source.source.set("leads", labelledTable(1));
    await source.sync();
    expect((await ofDatabase(source)).class).toBe("none");
    await flag(source, "yes", { table: "leads", column: "label" });
    expect((await ofDatabase(source)).class).toBe("pii");
    await flag(source, "no", { table: "leads", column: "label" });
    await flag(source, "yes", { table: "leads" });
    expect((await ofTable(source, "leads")).findings).toMatchObject([{ level: "table" }]);
    const { databaseId: id } = await source.table("orders");
    await set([{ on: { kind: "database", id }, key: "pii_flag", value: "1" }]);
    expect((await ofTable(source, "orders")).findings).toMatchObject([{ level: "database" }]);
  });

  test("counts a flagged column that was dropped, while a state with it can still be read", async () => {
    const source = await connect();
    await flag(source, "true", { column: "email" });
    const { email: _email, ...columns } = customers().columns;
    source.source.set("customers", { ...customers(), columns, rows: [{ id: 1, label: "a", country: "DE" }] });
    await source.sync();
    expect(currentSchema((await source.table("customers")).metadata).fields.map(({ name }) => name)).not.toContain(
      "email",
    );
    expect(await ofTable(source)).toMatchObject({ class: "pii", findings: [{ column: "email" }] });
  });

  test("of a history of changes is at least that of its table", async () => {
    const source = await lake.connect(`shop${++made}`, { customers: customers() });
    await source.set("customers", { history: true });
    await source.sync();
    source.source.write("customers", []);
    await source.sync();
    expect((await ofTable(source, "customers__history")).class).toBe("none");
    await flag(source, "true", { column: "email" });
    expect((await ofTable(source, "customers__history")).class).toBe("pii");
  });

  test("counts columns that nobody has judged, where that is demanded", async () => {
    const source = await connect();
    const demanding = { ...parts(), demandsClasses: ({ name }: { name: string }) => name === "orders" };
    const orders = async () => sensitivityOfTable(demanding, await source.table("orders"));
    expect(await orders()).toMatchObject({ class: "unclassified", findings: [{ column: "id" }, { column: "label" }] });
    expect((await sensitivityOfTable(demanding, await source.table("customers"))).class).toBe("none");
    await flag(source, "no", { table: "orders", column: "id" });
    await flag(source, "yes", { table: "orders", column: "label" });
    expect((await orders()).class).toBe("pii");
  });
});
