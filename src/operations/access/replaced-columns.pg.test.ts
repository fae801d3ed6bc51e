/** A column of the source that gets another type becomes a new column of its name, and stays as hidden as it was. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { memberOf, openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import type { Principal } from "../../identity/principal.ts";
import { tableDescribe } from "../stewardship/describe.ts";
import { descriptionExport } from "../stewardship/documents.ts";
import { sql } from "../sql.ts";
import { tagAdd } from "../tags/tag-keys.ts";
import { tagSet, tagShow } from "../tags/tags.ts";
import { filterAdd } from "./filters.ts";
import { grantAdd } from "./grants.ts";

let lake: PlainLake;
let shop: ConnectedSource;
const people = new Map<string, Principal>();
const on = "shop.people";

const before = { id: "int!", pin: "int", born: "date", note: "string" } as const;
const after = { ...before, pin: "string", born: "string" } as const;
const table = (columns: typeof before | typeof after, row: Record<string, string | number>) => ({
  columns,
  key: ["id"],
  rows: [{ id: 1, note: "n", ...row }],
});

beforeAll(async () => {
  lake = await openPlainLake();
  for (const name of ["excepted", "masked", "tagged", "named"]) people.set(name, await memberOf(lake, name));
  shop = await lake.connect("shop", { people: table(before, { pin: 1234, born: "1990-01-02" }) });
  await shop.sync();
  await lake.ask(tagAdd, { key: "level", values: ["open", "secret"], sensitive: ["secret"] });
  await lake.ask(tagSet, { on, tags: ["level=open"] });
  await lake.ask(tagSet, { on, column: "pin", tags: ["level=secret"] });
  await lake.ask(tagSet, { on, column: "born", tags: ["level=secret"] });
  const masks = [
    { column: "pin", mask: "replace-with-null" },
    { column: "born", mask: "truncate-to-year" },
  ];
  await lake.ask(filterAdd, { name: "masked", on, masks });
  const select = (to: string, more: object = {}) => lake.ask(grantAdd, { permissions: ["SELECT"], on, to, ...more });
  await select("excepted", { except: ["pin", "born"] });
  await select("masked", { filter: "masked" });
  await select("named", { columns: ["id", "pin"] });
  await select("tagged", { on: "tags level=open" });
  await lake.ask(tableDescribe, { table: on, column: "pin", set: { description: "a secret", pii_flag: "true" } });
  await lake.ask(tableDescribe, { table: on, column: "born", set: { pii_flag: "no" } });
});
afterAll(() => lake[Symbol.asyncDispose]());

/** The first row as somebody reads it. */
async function read(name: string): Promise<unknown> {
  const found: unknown[] = [];
  const emit = async (item: unknown): Promise<void> => {
    const { columns, rows = [] } = item as { columns?: { name: string }[]; rows?: unknown[][] };
    found.push(...(columns === undefined ? rows : [columns.map((column) => column.name)]));
  };
  const principal = people.get(name);
  await lake.ask(sql, { sql: `from ${on}` }, principal === undefined ? { emit } : { principal, emit });
  return found.flat();
}

test("nobody sees more of it than before", async () => {
  expect(JSON.stringify(await Promise.all(["excepted", "tagged"].map(read)))).not.toMatch(/1234|1990/);
  shop.source.set("people", table(after, { pin: "1234", born: "1990-01-02" }));
  const { schemaChanges } = await shop.syncTable("people");
  expect(schemaChanges.join()).toMatch(/pin became string.*born became string/s);
  for (const name of ["excepted", "masked", "tagged", "named"])
    expect(JSON.stringify(await read(name)), name).not.toMatch(/1234|1990/);
  expect(JSON.stringify(await read("excepted"))).toContain('"n"');
  const { columns } = await lake.ask(tagShow, { on });
  const own = columns.flatMap(({ column, tags }) =>
    tags.filter(({ inherited }) => !inherited).map(({ tag }) => [column, tag]),
  );
  expect(own).toEqual([
    ["pin", "level=secret"],
    ["born", "level=secret"],
  ]);
  const { document } = await lake.ask(descriptionExport, { on });
  expect(document[on]?.columns).toMatchObject({
    pin: { parameters: { description: "a secret", pii_flag: "true" } },
    born: { parameters: {} },
  });
});
