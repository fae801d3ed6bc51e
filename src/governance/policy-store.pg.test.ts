/** How a change of rights gets its epoch, and how a process learns of it. */
import { sql, type Kysely } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openCleanup } from "../base/cleanup.ts";
import { must } from "../base/must.ts";
import { openMetadata } from "../../test/world/prepared-metadata.ts";
import type { Tables } from "../db/tables.ts";
import { insertPrincipal } from "../identity/principals.ts";
import { policyStore } from "./policy-store.ts";

const cleanup = openCleanup();
let db: Kysely<Tables>;
let ann: string;

beforeAll(async () => {
  ({ db } = cleanup.use(await openMetadata()));
  ann = must(await insertPrincipal(db, { kind: "user", account_id: null, name: "ann" }), "a principal");
});
afterAll(() => cleanup[Symbol.asyncDispose]());
beforeEach(async () => {
  await sql`truncate grants`.execute(db);
});

async function epoch(): Promise<bigint> {
  return (await db.selectFrom("policy_epoch").select("epoch").executeTakeFirstOrThrow()).epoch;
}

function addGrants(to: Kysely<Tables>, count: number): Promise<unknown> {
  return sql`
    insert into grants (id, principal_id, resource_kind, resource_id, permissions)
      select gen_random_uuid(), ${ann}, 'table', gen_random_uuid(), array['SELECT'] from generate_series(1, ${count}::int)
  `.execute(to);
}

const grantEpochs = async (): Promise<readonly bigint[]> =>
  (await db.selectFrom("grants").select("epoch").distinct().orderBy("epoch").execute()).map((row) => row.epoch);

test("all that a transaction changes has one epoch, and the next transaction has a later one", async () => {
  const before = await epoch();
  await db.transaction().execute(async (transaction) => {
    for (const count of [2, 3]) await addGrants(transaction, count);
    await transaction
      .updateTable("principals")
      .set({ attributes: JSON.stringify({ country: "DE" }) })
      .where("id", "=", ann)
      .execute();
  });
  expect([await epoch(), await grantEpochs()]).toEqual([before + 1n, [before + 1n]]);
  await addGrants(db, 1);
  expect(await grantEpochs()).toEqual([before + 1n, before + 2n]);
});

test("a change after a savepoint that was undone still takes an epoch", async () => {
  const before = await epoch();
  await db.transaction().execute(async (transaction) => {
    await sql`savepoint tried`.execute(transaction);
    await addGrants(transaction, 1);
    await sql`rollback to savepoint tried`.execute(transaction);
    await addGrants(transaction, 1);
  });
  expect([await epoch(), await grantEpochs()]).toEqual([before + 1n, [before + 1n]]);
});

test("a store that was current learns of everything that was committed since", async () => {
  const store = policyStore(db);
  expect((await store.current()).grants.size).toBe(0);
  await addGrants(db, 4);
  expect((await store.current()).grants.size).toBe(4);
  await db.updateTable("grants").set({ ended_at: new Date() }).execute();
  const { grants, epoch: seen } = await store.current();
  expect([grants.size, seen]).toEqual([0, await epoch()]);
});

test("a database that was replaced by an earlier state of itself is read anew", async () => {
  const store = policyStore(db);
  await addGrants(db, 2);
  const earlier = await epoch();
  await addGrants(db, 3);
  expect((await store.current()).grants.size).toBe(5);
  await sql`truncate grants`.execute(db);
  await addGrants(db, 2);
  await sql`update policy_epoch set epoch = ${earlier}`.execute(db);
  expect((await store.current()).grants.size).toBe(2);
});
