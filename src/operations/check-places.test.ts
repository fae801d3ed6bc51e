/** From where somebody may bring files of others into the lake. */
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TableEntry } from "../catalog/catalog.ts";

import { askingOf } from "../governance/asking.ts";
import type { Permission } from "../governance/permission.ts";
import { policyOf, type GrantText } from "../governance/policy.fixture.ts";
import { localPrincipal } from "../identity/principal.ts";
import { objectStoreByRoot } from "../objects/by-root.ts";
import { fileObjectStore } from "../objects/fs/file-object-store.ts";
import { literalFileStore } from "../objects/fs/literal-file-store.ts";
import { checkPlaces } from "./check-places.ts";

let home: string;
const at = (path: string): string => `file://${home}/${path}`;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate places "));
  for (const path of ["warehouse/sales/data", "warehouse/free", "lake/0001", "elsewhere"])
    await mkdir(join(home, path), { recursive: true });
  await symlink(join(home, "warehouse/sales"), join(home, "warehouse/link"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const lakeAdministrator: GrantText = { to: "ada", on: "lake", permissions: ["ADMINISTER"] };
const accountAdministrator: GrantText = { to: "ada", on: "account abroad", permissions: ["ADMINISTER"] };
const location = (path: string, ...permissions: Permission[]): GrantText => ({
  to: "ada",
  on: `location ${at(path)}`,
  permissions,
});

function check(path: string, grants: readonly GrantText[], isOwn = false): Promise<void> {
  const principal = { ...localPrincipal, kind: "user", id: "ada", name: "ada" } as const;
  return checkAs(path, { principal: grants.length === 0 ? localPrincipal : principal, grants, isOwn });
}

interface Checked {
  readonly principal: Parameters<typeof askingOf>[1];
  readonly grants: readonly GrantText[];
  readonly isOwn: boolean;
}

async function checkAs(path: string, { principal, grants, isOwn }: Checked): Promise<void> {
  const store = objectStoreByRoot([
    { root: at("lake"), store: fileObjectStore(`file://${home.replaceAll(" ", "%20")}/lake`) },
    { root: at("warehouse"), store: literalFileStore(at("warehouse")) },
  ]);
  const sales = { id: "sales", databaseId: "shop", accountId: "main", location: at("warehouse/sales") } as TableEntry;
  const context = {
    config: { tableRoots: [at("warehouse")], lakeLocation: at("lake"), dataDirectory: home },
    objects: store,
    silos: { roots: async () => [at("warehouse/silo")] },
  };
  await checkPlaces(context, askingOf(policyOf({ grants }), principal, 0), {
    locations: [at(path)],
    beside: isOwn ? [] : [{ ...sales, places: [at("warehouse/more")] }],
  });
}

const taken = { code: "TABLE_PLACE_TAKEN" };

test("a place of its own is free for whoever administers the lake", async () => {
  await check("warehouse/free", [lakeAdministrator]);
  await check("warehouse/sales-too", [lakeAdministrator]);
  for (const path of ["elsewhere", "warehouse/../elsewhere", "warehouse/free/../free", "warehouse-too", "lake/0001"])
    await expect(check(path, [lakeAdministrator])).rejects.toMatchObject({ code: "TABLE_LOCATION_INVALID" });
});

test.each(["warehouse/silo", "warehouse/silo/table"])(
  "nobody takes files from the lake of an account: %s",
  async (path) => {
    await expect(check(path, [lakeAdministrator])).rejects.toMatchObject(taken);
  },
);

test.each([
  "warehouse/sales",
  "warehouse/sales/data",
  "warehouse",
  "warehouse/more",
  "warehouse/more/below",
  "warehouse/link",
  "warehouse/link/data",
])("files of another table are not reached through %s", async (path) => {
  await expect(check(path, [lakeAdministrator])).rejects.toMatchObject(taken);
});

test("whoever may read the whole other table may name its place", async () => {
  const select = (include?: readonly number[]): GrantText => ({
    to: "ada",
    on: "table sales",
    permissions: ["SELECT"],
    ...(include === undefined ? {} : { include }),
  });
  await check("warehouse/sales", [lakeAdministrator, select()]);
  await expect(check("warehouse/sales", [lakeAdministrator, select([1])])).rejects.toMatchObject(taken);
});

test("the place of a table stays its own when its newer metadata is registered", async () => {
  await check("warehouse/sales", [lakeAdministrator], true);
});

test("the owner of the data directory may read all files anyway", async () => {
  await check("warehouse/sales", []);
});

test("whoever does not administer the lake needs the right to the location", async () => {
  const refused = { code: "NOT_ALLOWED", message: expect.stringContaining("may not use files of this location") };
  await expect(check("warehouse/free", [accountAdministrator])).rejects.toMatchObject(refused);
  await check("warehouse/free", [location("warehouse/free", "DATA_LOCATION_ACCESS")]);
  await check("warehouse/free", [location("warehouse", "ALL")]);
  await expect(check("warehouse/free", [location("warehouse", "DESCRIBE")])).rejects.toMatchObject(refused);
  await expect(check("warehouse/freedom", [location("warehouse/free", "DATA_LOCATION_ACCESS")])).rejects.toMatchObject(
    refused,
  );
  const link = [location("warehouse/link", "DATA_LOCATION_ACCESS")];
  await expect(check("warehouse/free", link)).rejects.toMatchObject(refused);
  await expect(check("warehouse/sales", link)).rejects.toMatchObject(taken);
});
