/** The blocks of headgate.yaml in the guides on access, people, tags, descriptions and views do what the guides say. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { numberedRows } from "../../../test/world/plain-source.ts";
import { createKey } from "../../identity/api-keys.ts";
import { addGroup } from "../../identity/groups.ts";
import { insertPrincipal } from "../../identity/principals.ts";
import { declarationApply } from "./apply.ts";
import { readDeclaration } from "./read-declaration.ts";

let lake: PlainLake;

beforeAll(async () => {
  lake = await openPlainLake();
  const { db } = lake.context;
  const orders = { columns: { id: "int!", label: "string" }, key: ["id"], rows: [] } as const;
  const rows = numberedRows(1, 2, (id) => ({ name: `n${id}`, email: `n${id}@example.org`, country: "DE" }));
  const customer = { columns: { id: "int!", name: "string", email: "string", country: "string" }, key: ["id"], rows };
  await (await lake.connect("shop", { productorder: { ...orders, key: ["id"], rows: [] }, customer })).sync();
  for (const name of ["ann", "bob", "carla"]) await insertPrincipal(db, { kind: "user", account_id: null, name });
  for (const name of ["loader", "nightly"]) await createKey(db, { name, role: "none", expiresAt: undefined, by: null });
  await addGroup(db, { kind: "role", name: "keeper" });
  await addGroup(db, { kind: "group", name: "auditors" });
});
afterAll(() => lake[Symbol.asyncDispose]());

const guide = (name: string): string =>
  readFileSync(new URL(`../../../docs/guide/${name}.md`, import.meta.url), "utf8");
const blocksOf = (name: string): readonly string[] =>
  [...guide(name).matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => text);

test.each([
  ["access", 3 + 13],
  ["people", 3 + 3 + 4],
  ["company-sign-in", 1 + 1 + 1],
  ["tags", 2 + 1 + 4 + 7],
  ["descriptions", 1 + 3 + 2],
  ["views", 2 + 2 + 2],
])("docs/guide/%s.md", async (name, changes) => {
  const [text = "", ...more] = blocksOf(name);
  expect(more).toEqual([]);
  expect((await lake.ask(declarationApply, { text })).steps).toHaveLength(changes);
  expect((await lake.ask(declarationApply, { text })).steps).toEqual([]);
  expect((await lake.ask(declarationApply, { text: "" })).steps).not.toEqual([]);
});

test("docs/guide/sharing.md", async () => {
  const text = blocksOf("sharing").find((block) => block.includes("shares:")) ?? "";
  expect((await lake.ask(declarationApply, { text })).steps).toHaveLength(1 + 1 + 2);
  expect((await lake.ask(declarationApply, { text })).steps).toEqual([]);
  expect((await lake.ask(declarationApply, { text: "" })).steps).toHaveLength(2 + 1 + 1);
});

test("docs/guide/silos.md", async () => {
  const [text = "", ...more] = blocksOf("silos").map((block) =>
    block.replaceAll("/srv/", `${lake.files}-of-accounts/`),
  );
  expect(more).toEqual([]);
  // The lakes of the guide are not in the data directory.
  await expect(lake.ask(declarationApply, { text })).rejects.toMatchObject({ code: "ACCOUNT_LAKE_TAKEN" });
  const home = await mkdtemp(join(tmpdir(), "headgate-guide-silos-"));
  const apart = text.replaceAll(`${lake.files}-of-accounts/`, `${home}/`);
  try {
    const { steps } = await lake.ask(declarationApply, { text: apart });
    expect(steps.filter(({ what }) => what === "lake").map(({ name }) => name)).toEqual([
      "of the account hr",
      "of the account law",
    ]);
    expect((await lake.ask(declarationApply, { text: apart })).steps).toEqual([]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

test("docs/guide/declaration.md", () => {
  const [text = ""] = blocksOf("declaration");
  expect(readDeclaration(text, "headgate.yaml").grants).toHaveLength(2);
});
