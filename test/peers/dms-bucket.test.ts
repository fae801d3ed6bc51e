/**
 * DMS files in a bucket of a real S3 server: complete listings, files that are written again, missing rights. PyIceberg
 * then reads the rows that the model of DMS says.
 */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { using } from "../../src/base/cleanup.ts";
import { mapLimit } from "../../src/base/limit.ts";
import { must } from "../../src/base/must.ts";
import { silent } from "../../src/base/progress.ts";
import { bucketFiles } from "../../src/objects/s3/bucket-files.ts";
import { declarationApply } from "../../src/operations/declaration/apply.ts";
import { sourceAdd } from "../../src/operations/sources.ts";
import { tableSet } from "../../src/operations/table-set.ts";
import { declaredTables, lakeDifferences } from "../dms/dms-lake.ts";
import { openDmsModel } from "../dms/dms-model.ts";
import { usualDmsSettings, type DmsSettings } from "../dms/dms-settings.ts";
import { openDmsTask } from "../dms/dms-task.ts";
import { openRandom } from "../soak/random.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { s3ServerKinds, startS3Server, type S3Server } from "../world/s3-server.ts";
import { bucketCopy } from "./dms-bucket-copy.ts";
import { readByPyiceberg } from "./read-by-pyiceberg.ts";

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

  test("a copy that is needed for a moment is removed, unless its path was given to somebody", async () => {
    await put("copies/a.csv", "1,a\n");
    const credentials = { accessKeyId: keyId, secretAccessKey: secret };
    const settings = { endpoint: server.endpoint, region: "us-east-1", pathStyle: true };
    const parts = { bucket: server.bucket, prefix: "copies", settings, credentials, scratchDirectory: home };
    await using(bucketFiles(parts), async (files) => {
      const [file] = await Array.fromAsync(files.list());
      const object = must(file, "the object");
      const path = await files.whileLocal(object, async (copy) => {
        expect(await readFile(copy, "utf8")).toBe("1,a\n");
        return copy;
      });
      await expect(readFile(path)).rejects.toMatchObject({ code: "ENOENT" });
      const kept = await files.localPath(object);
      await files.whileLocal(object, async () => {});
      expect(await readFile(kept, "utf8")).toBe("1,a\n");
    });
  });

  test.each([
    [
      "csv",
      { addColumnName: true, compressionType: "GZIP", datePartition: { sequence: "YYYYMMDD", delimiter: "SLASH" } },
    ],
    ["parquet", { dataFormat: "parquet", timestampColumnName: "ts", fullLoad: "segment folders", rowsPerFile: 7 }],
    ["bare", { includeOpForFullLoad: true, csvDelimiter: "|" }],
    ["together", { addColumnName: true, preserveTransactionsIn: "cdc" }],
  ] satisfies [string, Partial<DmsSettings>][])("PyIceberg reads what the files add up to: %s", async (name, own) => {
    const random = openRandom(20);
    const settings = { ...usualDmsSettings, ...own };
    const folder = join(home, name);
    await mkdir(folder);
    const task = openDmsTask({
      folder,
      settings,
      random,
      tables: { product: "number", stock: "two columns", log: "none" },
    });
    const model = openDmsModel({ product: ["id"], stock: ["area", "number"] });
    const copy = bucketCopy({ client, bucket: server.bucket, prefix: `tasks/${name}`, folder, task });
    const check = async (): Promise<void> => {
      await copy();
      const { tables } = await held.sync(name);
      expect(tables.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      model.read(task.files());
      const compared = { held, task, model, database: name };
      expect(await lakeDifferences({ ...compared, read: readByPyiceberg })).toEqual([]);
    };
    const change = async (): Promise<void> => {
      task.change(30);
      await task.flush();
    };
    for (const table of task.tables) {
      task.fill(table, 40);
      await task.load(table, { overlap: table.key === undefined ? 0 : 5 });
    }
    await change();
    await copy();
    const url = address().replace("/dms/out?", `/tasks/${name}?`);
    const text = JSON.stringify({ sources: { [name]: { url, tables: declaredTables(task) } } });
    const passwords = { [name]: secret };
    await held.session.call(declarationApply, { text, file: "headgate.yaml", passwords, dryRun: false }, call);
    await check();
    await change();
    await change();
    if (task.canAddColumns) await task.addColumn(must(task.tables[1], "a table"));
    await change();
    await check();
    await task.load(must(task.tables[0], "a table"), { overlap: 3 });
    await change();
    await check();
    expect((await held.reconcile(name)).tables.map(({ equal }) => equal)).toEqual([true, true, true]);
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
