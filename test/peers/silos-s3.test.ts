/**
 * Silos on a real S3 server: each account has a bucket of its own, with access keys that open nothing else, and files
 * that only its encryption key opens. Whoever has one account's keys gets nothing of another's.
 */
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "../../src/base/must.ts";
import { accountIdOf } from "../../src/identity/accounts.ts";
import { ownerIn } from "../../src/identity/acting.ts";
import { objectStoreByAccount } from "../../src/objects/by-account.ts";
import { maintain } from "../../src/operations/maintain.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { accountStores } from "../../src/operations/silos/account-stores.ts";
import { openForeignStore } from "../../src/operations/open-object-store.ts";
import { accountRotateKey, accountSetLake, accountShow } from "../../src/operations/people/account-lakes.ts";
import { accountAdd } from "../../src/operations/people/accounts.ts";
import { sourceAdd } from "../../src/operations/sources.ts";
import { sql } from "../../src/operations/sql.ts";
import { sync } from "../../src/operations/sync.ts";
import { tableDrop } from "../../src/operations/table-drop.ts";
import { openPlainLake, type PlainLake } from "../world/plain-lake.ts";
import { labelledTable, type PlainSource } from "../world/plain-source.ts";
import { s3ServerKinds, startS3Server, type S3Server } from "../world/s3-server.ts";

const names = ["hr", "law"] as const;
type Name = (typeof names)[number];
type Keys = Awaited<ReturnType<S3Server["addTenant"]>>;

// Only versitygw makes users here.
describe.skipIf(!s3ServerKinds.includes("versitygw"))("accounts with buckets of their own", () => {
  let server: S3Server;
  let lake: PlainLake;
  const keys = new Map<Name, Keys>();
  const sources = new Map<Name, PlainSource>();
  const keysOf = (name: Name): Keys => must(keys.get(name), "keys");
  const bucketOf = (name: Name): string => `silo-${name}`;

  async function ask<I, O>(operation: Operation<I, O>, input: object, account = "main"): Promise<O> {
    return lake.ask(operation, input, { principal: await ownerIn(lake.context.db, account) });
  }
  const place = (name: Name) => ({
    lake: `s3://${bucketOf(name)}/lake`,
    endpoint: server.endpoint,
    region: "us-east-1",
    pathStyle: true,
  });
  const count = (name: Name) => ask(sql, { sql: "select count(*) from shop.people" }, name);

  /** A client with the access keys of an account, or of the server's owner. */
  async function withKeys<T>(name: Name | undefined, work: (client: S3Client) => Promise<T>): Promise<T> {
    const { environment } = server;
    const own = name === undefined ? undefined : keysOf(name);
    const credentials = {
      accessKeyId: own?.accessKey ?? environment["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: own?.secret ?? environment["AWS_SECRET_ACCESS_KEY"] ?? "",
    };
    const client = new S3Client({
      endpoint: server.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials,
      maxAttempts: 1,
    });
    return work(client).finally(() => client.destroy());
  }
  const listed = (of: Name, by?: Name): Promise<readonly string[]> =>
    withKeys(by, async (client) => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucketOf(of) }));
      return Contents.flatMap(({ Key }) => Key ?? []);
    });
  const bytesOf = (of: Name, Key: string, by?: Name): Promise<Buffer> =>
    withKeys(by, async (client) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucketOf(of), Key }));
      return Buffer.from(await must(Body, "a body").transformToByteArray());
    });

  /** As a new process opens it: for all accounts, or for one. */
  const freshStore = async (onlyFor?: string) => {
    const { config, db, secrets } = lake.context;
    const scratch = { ...config, scratchDirectory: join(config.scratchDirectory, crypto.randomUUID()) };
    const stores = accountStores({ db, secrets, config: scratch, onlyFor });
    return objectStoreByAccount(await openForeignStore(config), stores);
  };

  beforeAll(async () => {
    server = await startS3Server("versitygw");
    lake = await openPlainLake();
    for (const name of names) {
      keys.set(name, await server.addTenant(bucketOf(name)));
      await ask(accountAdd, { name });
      await ask(accountSetLake, { name, ...place(name), ...keysOf(name), encrypt: true });
      const source = lake.make({ people: labelledTable(name === "hr" ? 300 : 500) });
      sources.set(name, source);
      await ask(sourceAdd, { name: "shop", url: source.url }, name);
      await ask(sync, { source: "shop" }, name);
    }
  });
  afterAll(async () => {
    await lake[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test.each(names)("everything of %s lies in its bucket, and no byte of it tells what it is", async (name) => {
    const files = await listed(name);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const bytes = await bytesOf(name, file);
      for (const word of ["PAR1", "Obj\u0001", "label", "metadata"])
        expect(bytes.includes(word), `${word} in ${file}`).toBe(false);
    }
    expect(await Array.fromAsync(lake.context.objects.list(`${lake.context.config.lakeLocation}/`))).toEqual([]);
    expect((await count(name)).rows).toBe(1);
    const { lake: shown } = await ask(accountShow, { name });
    expect(JSON.stringify(shown)).not.toContain(keysOf(name).secret);
  });

  test("the access keys of one account open nothing of another's bucket", async () => {
    const [file = ""] = await listed("law");
    const denied = { name: "AccessDenied" };
    await expect(listed("law", "hr")).rejects.toMatchObject(denied);
    await expect(bytesOf("law", file, "hr")).rejects.toMatchObject(denied);
    const writing = withKeys("hr", (client) =>
      client.send(new PutObjectCommand({ Bucket: bucketOf("law"), Key: "lake/x", Body: "x" })),
    );
    await expect(writing).rejects.toMatchObject(denied);
    expect((await listed("hr", "hr")).length).toBeGreaterThan(3);
  });

  test("nobody gives an account the lake of another, or keys that do not open its own", async () => {
    const before = await ask(accountShow, { name: "hr" });
    const stolen = { name: "hr", ...place("law"), ...keysOf("law"), encrypt: true };
    await expect(ask(accountSetLake, stolen)).rejects.toMatchObject({
      code: expect.stringMatching(/^ACCOUNT_LAKE_(TAKEN|IN_USE)$/),
    });
    const others = { name: "hr", ...keysOf("law") };
    await expect(ask(accountSetLake, others)).rejects.toMatchObject({ code: "STORE_REFUSED" });
    expect(await ask(accountShow, { name: "hr" })).toEqual(before);
    expect((await count("hr")).rows).toBe(1);
  });

  test("a file of another account in the own bucket is refused, with its name or with another one", async () => {
    const dataFile = async (name: Name) => (await listed(name)).find((file) => file.endsWith(".parquet"));
    const [target, foreign] = [await dataFile("hr"), await dataFile("law")];
    const Key = must(target, "a data file");
    const [own, stolen] = [await bytesOf("hr", Key), await bytesOf("law", must(foreign, "a data file"))];
    const put = (Body: Uint8Array) =>
      withKeys("hr", (client) => client.send(new PutObjectCommand({ Bucket: bucketOf("hr"), Key, Body })));
    // Without the copies of this process, which would not ask the store.
    const fresh = async () => (await freshStore()).get(`s3://${bucketOf("hr")}/${Key}`);
    await put(stolen);
    await expect(fresh()).rejects.toMatchObject({ code: "OBJECT_KEY_MISSING" });
    const altered = Buffer.from(own);
    altered[altered.length - 20] = (altered[altered.length - 20] ?? 0) ^ 1;
    await put(altered);
    await expect(fresh()).rejects.toMatchObject({ code: "OBJECT_NOT_AUTHENTIC" });
    await put(own);
    expect((await fresh()).byteLength).toBeGreaterThan(100);
  });

  test("a row that lends an account the secret or the key of another opens nothing", async () => {
    const { db } = lake.context;
    const [hr, law] = [await accountIdOf(db, "hr"), await accountIdOf(db, "law")];
    const lakeRow = (id: string) =>
      db.selectFrom("account_lakes").selectAll().where("account_id", "=", id).executeTakeFirstOrThrow();
    const [own, others] = [await lakeRow(hr), await lakeRow(law)];
    const store = (row: typeof own) =>
      db
        .updateTable("account_lakes")
        .set({ access_key_id: row.access_key_id, secret: row.secret, revision: crypto.randomUUID() })
        .where("account_id", "=", hr)
        .execute();
    await store(others);
    await expect(lake.context.objects.put(`s3://${bucketOf("hr")}/lake/x`, Buffer.from("x"))).rejects.toMatchObject({
      code: expect.stringMatching(/^(SECRET_KEY_MISMATCH|STORE_REFUSED)$/),
    });
    await store(own);
    // Reading follows a change within a second.
    await delay(1_100);
    expect((await count("hr")).rows).toBe(1);
  });

  test("a worker of one account opens its own bucket and no file of another's", async () => {
    const { db } = lake.context;
    const worker = await freshStore(await accountIdOf(db, "hr"));
    const [own = ""] = await listed("hr");
    const [other = ""] = await listed("law");
    expect((await worker.get(`s3://${bucketOf("hr")}/${own}`)).byteLength).toBeGreaterThan(0);
    await expect(worker.get(`s3://${bucketOf("law")}/${other}`)).rejects.toMatchObject({ code: "DATA_FILE_MISSING" });
  });

  test("loads, maintenance, rotation and a drop work with the account's own keys, and leave nothing behind", async () => {
    await ask(accountRotateKey, { name: "hr" });
    sources.get("hr")?.write("people", labelledTable(400).rows);
    await ask(sync, { source: "shop" }, "hr");
    await ask(maintain, {}, "hr");
    expect((await count("hr")).rows).toBe(1);
    const others = await listed("law");
    await ask(tableDrop, { table: "shop.people" }, "hr");
    expect((await listed("hr")).filter((file) => file.endsWith(".parquet"))).toEqual([]);
    expect(await listed("law")).toEqual(others);
    expect((await count("law")).rows).toBe(1);
  });
});
