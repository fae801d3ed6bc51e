/** The files of the lake were restored from an older copy than the catalog: nothing older is read in place of what is missing. */
import { cp, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlainLake, type ConnectedSource, type PlainLake } from "../../test/world/plain-lake.ts";
import { labelledTable } from "../../test/world/plain-source.ts";
import { openCatalog } from "../catalog/catalog.ts";
import { grantAdd } from "./access/grants.ts";
import { grantReattach } from "./access/reattach.ts";
import { tableDrop } from "./table-drop.ts";
import { sql } from "./sql.ts";

let lake: PlainLake;
let shop: ConnectedSource;
beforeAll(async () => {
  lake = await openPlainLake();
  shop = await lake.connect("shop", { people: labelledTable(3) });
  await shop.sync();
});
afterAll(() => lake[Symbol.asyncDispose]());

test("a table whose newer files are gone is refused, stays as it is in every sync, and can be made anew", async () => {
  const { db, log, objects, catalog, config } = lake.context;
  const place = fileURLToPath(config.lakeLocation);
  await cp(place, `${place}-older`, { recursive: true });
  shop.source.write("people", labelledTable(5).rows);
  await shop.sync();
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.people", to: "account:main" });
  await rm(place, { recursive: true });
  await cp(`${place}-older`, place, { recursive: true });
  const restarted = () => ({ ...lake.context, catalog: openCatalog({ db, log, objects, derived: catalog.derived }) });
  const read = () => lake.askWith(restarted(), sql, { sql: "select * from shop.people" });
  const missing = { code: "DATA_FILE_MISSING", remedy: expect.stringContaining("headgate grant reattach") };
  await expect(read()).rejects.toMatchObject(missing);
  for (const full of [false, true]) {
    const { tables } = await shop.sync({ catalog: restarted().catalog, full });
    expect(tables).toMatchObject([{ outcome: "failed", error: missing }]);
  }
  await lake.askWith(restarted(), tableDrop, { table: "shop.people" });
  await shop.sync({ catalog: restarted().catalog, patterns: ["people"] });
  expect(await read()).toMatchObject({ rows: 5 });
  expect(await lake.ask(grantReattach, { table: "shop.people" })).toMatchObject({ added: 1 });
});
