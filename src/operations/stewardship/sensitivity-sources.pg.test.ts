/** How sensitive views are, and whatever has a tag with a sensitive value: both are made by operations. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { sensitivityOfDatabase, sensitivityOfTable, type SensitivityParts } from "../../stewardship/sensitivity.ts";
import { tagAdd } from "../tags/tag-keys.ts";
import { tagSet } from "../tags/tags.ts";
import { viewCreate } from "../views/view-create.ts";
import { tableDescribe } from "./describe.ts";

let lake: PlainLake;
let made = 0;

beforeAll(async () => (lake = await openPlainLake()));
afterAll(() => lake[Symbol.asyncDispose]());

/** A database of its own for each test, with the tables customers and orders. */
async function connect(): Promise<ConnectedSource> {
  const customers = {
    ...labelledTable(2),
    columns: { id: "int!", label: "string", email: "string" },
    rows: [{ id: 1, label: "a", email: "a@example.org" }],
  };
  const source = await lake.connect(`shop${++made}`, { customers, orders: labelledTable(1) });
  await source.sync();
  return source;
}

const parts = (): SensitivityParts => ({ db: lake.context.db, catalog: lake.context.catalog });

const flag = ({ name }: ConnectedSource, value: string, column?: string) =>
  lake.ask(tableDescribe, { table: `${name}.customers`, column, set: { pii_flag: value } });

const ofTable = async (source: ConnectedSource, table = "customers") =>
  sensitivityOfTable(parts(), await source.table(table));
const ofDatabase = async (source: ConnectedSource) =>
  sensitivityOfDatabase(parts(), (await source.table("orders")).databaseId);

test("of a view is that of the columns that it reads, through other views, too", async () => {
  const source = await connect();
  const at = source.name;
  const make = (view: string, text: string) => lake.ask(viewCreate, { view: `${at}.${view}`, sql: text });
  await make("mails", `select lower(email) as m, id from ${at}.customers`);
  await make("count_mails", `select count(distinct m) as n from ${at}.mails`);
  await make("ids", `select id from ${at}.customers`);
  const all = lake.context.catalog.everything();
  const classOf = async (view: string) => (await sensitivityOfTable(parts(), await all.find(`${at}.${view}`))).class;
  const classes = () => Promise.all(["mails", "count_mails", "ids"].map(classOf));
  expect(await classes()).toEqual(["none", "none", "none"]);
  await flag(source, "true", "email");
  expect(await classes()).toEqual(["pii", "pii", "none"]);
  await flag(source, "true");
  expect(await classes()).toEqual(["pii", "pii", "pii"]);
});

test("of a database counts views that read what lies in others", async () => {
  const [source, other] = [await connect(), await connect()];
  await lake.ask(viewCreate, { view: `${other.name}.m`, sql: `select email from ${source.name}.customers` });
  await flag(source, "true", "email");
  expect((await ofDatabase(other)).class).toBe("pii");
});

test("is secret where a tag says so whose value is marked sensitive, unless a lower level says otherwise", async () => {
  const source = await connect();
  const [key, at] = [`level${made}`, source.name];
  await lake.ask(tagAdd, { key, values: ["open", "secret"], sensitive: ["secret"] });
  const tag = (on: string, value: string, column?: string) =>
    lake.ask(tagSet, { on, tags: [`${key}=${value}`], ...(column === undefined ? {} : { column }) });
  await tag(`${at}.customers`, "secret", "email");
  await flag(source, "true", "email");
  expect(await ofTable(source)).toMatchObject({
    class: "secret",
    findings: [
      { class: "secret", level: "column", column: "email" },
      { class: "pii", level: "column", column: "email" },
    ],
  });
  expect((await ofDatabase(source)).class).toBe("secret");
  expect((await ofTable(source, "orders")).class).toBe("none");
  await tag(`${at}.customers`, "open", "email");
  expect((await ofTable(source)).class).toBe("pii");
  await tag(`database ${at}`, "secret");
  expect((await ofTable(source, "orders")).class).toBe("secret");
  await tag(`${at}.orders`, "open");
  expect((await ofTable(source, "orders")).class).toBe("none");
  expect((await ofDatabase(source)).findings).toContainEqual({ class: "secret", level: "database" });
});
