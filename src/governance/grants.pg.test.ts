/** Grants as rows: each form is read back as it was made, the same is made once, and what ends takes others with it. */
import { sql, type Kysely } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openCleanup } from "../base/cleanup.ts";
import { must } from "../base/must.ts";
import { uuidv7 } from "../base/uuid.ts";
import { openMetadata } from "../../test/world/prepared-metadata.ts";
import type { Tables } from "../db/tables.ts";
import { insertPrincipal } from "../identity/principals.ts";
import { addGrant, endGrants, type NewGrant } from "./grants.ts";
import { policyStore } from "./policy-store.ts";

const cleanup = openCleanup();
let db: Kysely<Tables>;
let [ann, bob] = ["", ""];

beforeAll(async () => {
  ({ db } = cleanup.use(await openMetadata()));
  const add = async (name: string) =>
    must(await insertPrincipal(db, { kind: "user", account_id: null, name }), "a principal");
  [ann, bob] = [await add("ann"), await add("bob")];
});
afterAll(() => cleanup[Symbol.asyncDispose]());
beforeEach(async () => {
  await sql`truncate grants`.execute(db);
});

const table = uuidv7();
const form = (more: Partial<NewGrant> = {}): NewGrant => ({
  principalId: ann,
  on: { kind: "table", id: table },
  permission: "SELECT",
  isGrantable: false,
  columns: { mode: "all" },
  filterId: undefined,
  valid: { from: undefined, until: undefined },
  parentId: undefined,
  ...more,
});
const byNobody = { by: null, origin: null };
const stored = async (id: string) => (await policyStore(db).current()).grants.get(id);

test("each form is read back as it was made, and the same is not made again", async () => {
  const forms: readonly Partial<NewGrant>[] = [
    {},
    { valid: { from: 1_000, until: 2_000 } },
    { valid: { from: undefined, until: 2_000 } },
    { columns: { mode: "include", fieldIds: new Set([2, 1]) } },
    { columns: { mode: "exclude", fieldIds: new Set([2, 1]) } },
    { on: { kind: "location", location: "s3://a/b" }, permission: "DATA_LOCATION_ACCESS" },
    { on: { kind: "location", location: "s3://a" }, permission: "DATA_LOCATION_ACCESS" },
    { on: { kind: "lake" }, permission: "DESCRIBE" },
    { isGrantable: true },
    { principalId: bob },
  ];
  const ids = new Set<string>();
  for (const more of forms) {
    const { permission, isGrantable, ...rest } = form(more);
    const { id, isNew } = await addGrant(db, { permission, isGrantable, ...rest }, byNobody);
    expect(isNew).toBe(true);
    ids.add(id);
    expect(await addGrant(db, form(more), byNobody)).toEqual({ id, isNew: false });
    const { filterId: _filter, ...kept } = rest;
    expect(await stored(id)).toMatchObject({
      ...kept,
      permissions: new Set([permission]),
      grantable: new Set(isGrantable ? [permission] : []),
    });
  }
  expect(ids.size).toBe(forms.length);
  expect((await addGrant(db, form(), { by: null, origin: "headgate.yaml" })).isNew).toBe(true);
});

test("the same by two administrators is one grant, and the same passed on by two people is two", async () => {
  const { id: parentId } = await addGrant(db, form({ isGrantable: true }), byNobody);
  const passedOn = form({ principalId: bob, parentId });
  const by = async (grant: NewGrant, who: string) => (await addGrant(db, grant, { by: who, origin: null })).isNew;
  expect([await by(passedOn, ann), await by(passedOn, bob), await by(passedOn, ann)]).toEqual([true, true, false]);
  expect([await by(form({ principalId: bob }), ann), await by(form({ principalId: bob }), bob)]).toEqual([true, false]);
});

test("with a grant ends what was passed on from it, and nothing twice", async () => {
  const { id: first } = await addGrant(db, form({ isGrantable: true }), byNobody);
  const child = form({ principalId: bob, parentId: first, isGrantable: true });
  const { id: second } = await addGrant(db, child, { by: ann, origin: null });
  const { id: third } = await addGrant(db, form({ parentId: second }), { by: bob, origin: null });
  const { id: other } = await addGrant(db, form({ permission: "DESCRIBE" }), byNobody);
  expect((await endGrants(db, [second], { by: ann, reason: "revoked" })).toSorted()).toEqual(
    [second, third].toSorted(),
  );
  expect(await endGrants(db, [first], { by: null, reason: "revoked" })).toEqual([first]);
  expect(await endGrants(db, [first], { by: null, reason: "again" })).toEqual([]);
  expect([...(await policyStore(db).current()).grants.keys()]).toEqual([other]);
  const rows = await db.selectFrom("grants").select(["ended_by", "end_reason"]).where("id", "=", third).execute();
  expect(rows).toEqual([{ ended_by: ann, end_reason: "revoked" }]);
});
