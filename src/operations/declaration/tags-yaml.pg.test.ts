/** Tags in headgate.yaml: made once, read back as they were written, changed and removed with what they open and close. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { tagAdd } from "../tags/tag-keys.ts";
import { tagSet, tagShow } from "../tags/tags.ts";
import { openAccessLake, type AccessLake } from "./access-lake.fixture.ts";
import { accessExport } from "./export-access.ts";

let world: AccessLake;
beforeAll(async () => void (world = await openAccessLake()));
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const keys = `
tags:
  domain: { values: [sales, hr], multiple: true }
  sensitivity: { values: [public, secret], sensitive: [secret], description: who may see it }
tag_expressions:
  open: domain=sales sensitivity=public
`;
const tagged = `
tagged:
  database shop: [domain=sales]
  shop.orders:
    tags: [sensitivity=public]
    columns: { label: [sensitivity=secret] }
`;
const grants = `
grants:
  - { to: ann, select: expression open }
  - { to: bob, select: tags domain=sales }
  - { to: carl, associate: tag sensitivity=public, grant_with_tag: tag domain }
`;

test("are applied once, say what they open and close, and are exported in the same form", async () => {
  expect(await world.steps(keys + tagged + grants)).toEqual([
    "add tag domain: values none → hr, sales; multiple none → yes",
    "add tag sensitivity: values none → public, secret; sensitive none → secret; description none → who may see it",
    "add expression open: tags none → domain=sales sensitivity=public",
    "add tagged database shop: domain=sales",
    "add tagged shop.orders: sensitivity=public",
    "add tagged column label of shop.orders: sensitivity=secret",
    "add grant SELECT on expression open to ann",
    "add grant SELECT on tags domain=sales to bob: covers sensitive columns of shop.orders: label (sensitivity=secret)",
    "add grant ASSOCIATE on tag sensitivity=public to carl",
    "add grant GRANT_WITH_TAG on tag domain to carl",
  ]);
  const before = await world.state();
  expect(await world.steps(keys + tagged + grants)).toEqual([]);
  expect(await world.state()).toEqual(before);
  const {
    tags,
    tag_expressions,
    tagged: things,
    grants: given,
  } = await world.lake.ask(accessExport, { declared: true });
  expect(tag_expressions).toEqual({ open: "domain=sales sensitivity=public" });
  expect(things).toMatchObject({
    "database shop": ["domain=sales"],
    "shop.orders": { columns: { label: ["sensitivity=secret"] } },
  });
  const written = stringify({ tags, tag_expressions, tagged: things, grants: given });
  expect(await world.steps(written)).toEqual([]);

  const opened = tagged.replace("    columns: { label: [sensitivity=secret] }\n", "");
  const plan = await world.steps(keys + opened + grants, { dryRun: true });
  expect(plan).toEqual([
    "remove tagged column label of shop.orders: no longer sensitivity=secret; ann can read label of shop.orders",
  ]);
  expect(await world.steps(keys + opened + grants)).toEqual(plan);
  const wider = keys.replace("open: domain=sales sensitivity=public", "open: domain=sales");
  expect(await world.steps(wider + opened + grants)).toEqual([
    "change expression open: tags domain=sales sensitivity=public → domain=sales; ann gets DESCRIBE on database shop; ann can read id, label of shop.staff",
  ]);
  expect(await world.steps("")).toEqual([
    expect.stringMatching(
      /^remove tagged database shop: no longer domain=sales; .*; ann can no longer read id, label of shop.orders; /,
    ),
    "remove tagged shop.orders: no longer sensitivity=public",
    expect.stringContaining("remove grant ASSOCIATE"),
    expect.stringContaining("remove grant GRANT_WITH_TAG"),
    "remove grant SELECT on expression open to ann",
    "remove grant SELECT on tags domain=sales to bob",
    "remove expression open",
    "remove tag domain",
    "remove tag sensitivity",
  ]);
});

test("what commands made is left alone, and a file that contradicts it is refused", async () => {
  await world.lake.ask(tagAdd, { key: "domain", values: ["sales", "hr"] });
  await world.lake.ask(tagSet, { on: "shop.staff", tags: ["domain=hr"] });
  expect(await world.refused(keys)).toMatchObject({
    code: "DECLARATION_INVALID",
    place: expect.stringContaining("headgate.yaml:3:"),
  });
  expect(await world.refused("tagged:\n  shop.staff: [domain=sales]\n")).toMatchObject({ code: "DECLARATION_INVALID" });
  expect(await world.steps("tagged:\n  shop.orders: [domain=sales]\n  shop.staff: [domain=hr]\n")).toEqual([
    "add tagged shop.orders: domain=sales",
  ]);
  await world.apply("");
  expect((await world.lake.ask(tagShow, { on: "shop.staff" })).tags).toMatchObject([{ tag: "domain=hr" }]);
  expect((await world.lake.ask(tagShow, { on: "shop.orders" })).tags).toEqual([]);
  expect(await world.refused("tagged:\n  shop.orders: [domain=marketing]\n")).toMatchObject({ code: "TAG_NOT_FOUND" });
  expect(await world.refused("tagged:\n  shop.orders: [domain=hr, domain=sales]\n")).toMatchObject({
    code: "DECLARATION_INVALID",
  });
});
