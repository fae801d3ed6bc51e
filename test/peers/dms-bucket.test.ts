/** DMS files in a bucket of a real S3 server: complete listings, files that are written again, missing rights. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mapLimit } from "../../src/base/limit.ts";
import { silent } from "../../src/base/progress.ts";
import { sourceAdd } from "../../src/operations/sources.ts";
import { tableSet } from "../../src/operations/table-set.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { s3ServerKinds, startS3Server, type S3Server } from "../world/s3-server.ts";

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };

describe.each(s3ServerKinds)("on %s", (kind) => {
  let home: string;
  let server: S3Server;
  let held: HeldHeadgate;
  let client: S3Client;
  let keyId: string;
  let secret: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-dms-bucket-"));
    server = await startS3Server(kind);
    keyId = server.environment["AWS_ACCESS_KEY_ID"] ?? "";
    secret = server.environment["AWS_SECRET_ACCESS_KEY"] ?? "";
    const credentials = { accessKeyId: keyId, secretAccessKey: secret };
    client = new S3Client({ endpoint: server.endpoint, region: "us-east-1", forcePathStyle: true, credentials });
    held = await holdHeadgate({ data: join(home, "data") });
  });
  afterAll(async () => {
    await held[Symbol.asyncDispose]();
    client.destroy();
    await server[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  const put = (Key: string, Body: string) => client.send(new PutObjectCommand({ Bucket: server.bucket, Key, Body }));
  const address = (user = keyId): string =>
    `dms-files+s3://${user}@${server.bucket}/dms/out?endpoint=${encodeURIComponent(server.endpoint)}&region=us-east-1&path-style=true&schema=shop&settle=0`;

  test("more than a thousand objects are all read", async () => {
    const numbers = Array.from({ length: 1_050 }, (_, index) => index);
    await put("dms/out/shop/item/LOAD00000001.csv", "0,first\n");
    await mapLimit(numbers, 16, (number) =>
      put(`dms/out/shop/item/20240101-${String(number).padStart(9, "0")}.csv`, `I,${number},v${number}\n`),
    );
    await held.session.call(sourceAdd, { name: "bucket", url: address(), password: secret, newTables: "auto" }, call);
    await held.session.call(tableSet, { table: "bucket.item", key: ["column0"] }, call);
    expect((await held.sync("bucket")).tables).toMatchObject([{ outcome: "created", rows: 1_050 }]);
    expect((await held.sync("bucket")).tables).toMatchObject([{ outcome: "unchanged", reason: "no file is new" }]);
  });

  test("a new object is an increment, and one that is written again a reload", async () => {
    await put("dms/out/shop/item/20240102-000000001.csv", "D,7,v7\nU,8,eight\n");
    expect((await held.sync("bucket")).tables).toMatchObject([{ outcome: "merged", rows: 1_049 }]);
    await client.send(new DeleteObjectCommand({ Bucket: server.bucket, Key: "dms/out/shop/item/LOAD00000001.csv" }));
    await put("dms/out/shop/item/LOAD00000001.csv", "1,again\n2,again\n");
    await held.sync("bucket");
    expect(await held.rows("select count(*) from bucket.item")).toEqual([[2]]);
    expect((await held.reconcile("bucket")).tables).toMatchObject([{ equal: true }]);
  });

  test("a wrong key, and a bucket that does not exist, are refused when the source is added", async () => {
    const add = (url: string, password: string) =>
      held.session.call(sourceAdd, { name: "other", url, password, newTables: "auto" }, call);
    await expect(add(address("nobody"), secret)).rejects.toMatchObject({ code: "SOURCE_LOGIN_REFUSED" });
    await expect(add(address(), "wrong")).rejects.toMatchObject({ code: "SOURCE_LOGIN_REFUSED" });
    const elsewhere = address().replace(`@${server.bucket}/`, "@nowhere/");
    await expect(add(elsewhere, secret)).rejects.toMatchObject({ code: "SOURCE_DATABASE_UNKNOWN" });
  });
});
