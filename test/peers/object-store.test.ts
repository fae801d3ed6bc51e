/** Tests the object store on two real S3 servers: the contract of every store, and failures that only S3 can have. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateMultipartUploadCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileCache } from "../../src/objects/file-cache.ts";
import type { ObjectStore } from "../../src/objects/object-store.ts";
import type { S3Settings } from "../../src/objects/s3/s3-client.ts";
import { s3ObjectStore } from "../../src/objects/s3/s3-object-store.ts";
import { objectStoreConformance } from "../conformance/object-store.ts";
import { s3ServerKinds, startS3Server, type S3Server } from "../world/s3-server.ts";

const megabyte = 1024 * 1024;

describe.each(s3ServerKinds)("%s", (kind) => {
  let server: S3Server;
  let home: string;
  let caches = 0;

  beforeAll(async () => {
    server = await startS3Server(kind);
    Object.assign(process.env, server.environment);
    home = await mkdtemp(join(tmpdir(), "headgate-s3-"));
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  const settings = (): S3Settings => ({
    endpoint: server.endpoint,
    region: "us-east-1",
    pathStyle: true,
    encryption: undefined,
  });
  const root = (): string => `s3://${server.bucket}/a lake`;
  const open = (options: { settings?: Partial<S3Settings>; root?: string; boundBytes?: number } = {}): ObjectStore =>
    s3ObjectStore({
      root: options.root ?? root(),
      settings: { ...settings(), ...options.settings },
      cache: fileCache({ directory: join(home, `cache-${caches++}`), boundBytes: options.boundBytes ?? 64 * megabyte }),
      scratchDirectory: join(home, "scratch"),
    });

  objectStoreConformance(async () => ({
    root: root(),
    store: open(),
    [Symbol.asyncDispose]: async () => {},
  }));

  test("a large draft goes in parts, and comes back whole to somebody else", async () => {
    const bytes = Buffer.alloc(20 * megabyte + 3, "headgate");
    const draft = await open().draft(`${root()}/large`);
    await writeFile(draft.path, bytes);
    await draft.publish();
    expect(bytes.equals(await open().get(`${root()}/large`))).toBe(true);
    expect(await readdir(join(home, "scratch", "uploads"))).toEqual([]);
  });

  test("what was published is read without asking the store again", async () => {
    const store = open();
    await store.put(`${root()}/kept`, Buffer.from("kept"));
    await store.get(`${root()}/kept`);
    await server.kill();
    expect(Buffer.from(await store.get(`${root()}/kept`)).toString()).toBe("kept");
    await server.start();
  });

  test("a server that goes away for a while is waited for", async () => {
    const store = open();
    await store.put(`${root()}/before`, Buffer.from("before"));
    await server.kill();
    const writing = store.put(`${root()}/meanwhile`, Buffer.from("meanwhile"));
    const reading = store.has(`${root()}/before`);
    setTimeout(() => void server.start(), 5_000);
    await writing;
    expect(await reading).toBe(true);
    expect(Buffer.from(await open().get(`${root()}/meanwhile`)).toString()).toBe("meanwhile");
  });

  test.skipIf(kind === "minio")(
    "an upload that nobody finished is told as a draft, and ended by a delete",
    async () => {
      const client = new S3Client({ endpoint: server.endpoint, forcePathStyle: true });
      await client.send(new CreateMultipartUploadCommand({ Bucket: server.bucket, Key: "a lake/half/file" }));
      client.destroy();
      const store = open();
      const told = async (drafts: boolean) => {
        const found: string[] = [];
        for await (const { location } of store.list(`${root()}/half/`, { drafts })) found.push(location);
        return found;
      };
      expect(await told(false)).toEqual([]);
      const [draft = ""] = await told(true);
      expect(draft).toContain(`${root()}/half/file`);
      await store.delete([draft, draft]);
      expect(await told(true)).toEqual([]);
    },
  );

  test("what is wrong with the settings is told with its code and place, at once", async () => {
    const location = `s3://nowhere-at-all/lake/x`;
    await expect(open({ root: "s3://nowhere-at-all/lake" }).put(location, Buffer.from("x"))).rejects.toMatchObject({
      code: "STORE_BUCKET_MISSING",
      place: "s3://nowhere-at-all",
    });
    await expect(open({ settings: { endpoint: "http://127.0.0.1:1" } }).has(`${root()}/x`)).rejects.toMatchObject({
      code: "STORE_UNREACHABLE",
      place: `s3://${server.bucket}`,
    });
    await expect(open().get("s3://other/x")).rejects.toMatchObject({ code: "DATA_FILE_MISSING" });
    await withEnvironment({ AWS_SECRET_ACCESS_KEY: "wrong" }, () =>
      expect(open().has(`${root()}/x`)).rejects.toMatchObject({ code: "STORE_LOGIN_REFUSED" }),
    );
    await withEnvironment({ AWS_ACCESS_KEY_ID: "nobody" }, () =>
      expect(open().has(`${root()}/x`)).rejects.toMatchObject({ code: "STORE_LOGIN_REFUSED" }),
    );
  });

  test.skipIf(kind === "minio")("a wrong region is told as such", async () => {
    await expect(open({ settings: { region: "eu-west-3" } }).has(`${root()}/x`)).rejects.toMatchObject({
      code: "STORE_REGION_WRONG",
      message: expect.stringContaining("us-east-1"),
    });
  });

  test.skipIf(kind === "minio")("who may read and not write is told so, and reads", async () => {
    await open().put(`${root()}/readable`, Buffer.from("readable"));
    await withEnvironment(await server.addReader(), async () => {
      const store = open();
      expect(Buffer.from(await store.get(`${root()}/readable`)).toString()).toBe("readable");
      const refusal = { code: "STORE_REFUSED", place: `${root()}/written` };
      await expect(store.put(`${root()}/written`, Buffer.from("x"))).rejects.toMatchObject(refusal);
      const draft = await store.draft(`${root()}/written`);
      await writeFile(draft.path, "x");
      await expect(draft.publish()).rejects.toMatchObject(refusal);
      await expect(store.delete([`${root()}/readable`])).rejects.toMatchObject({ code: "STORE_REFUSED" });
    });
    expect(await open().has(`${root()}/readable`)).toBe(true);
  });

  test("encryption that is required and not done is an error, and nothing stays in the clear", async () => {
    const store = open({ settings: { encryption: { kind: "AES256", keyId: undefined } } });
    await expect(store.put(`${root()}/secret`, Buffer.from("secret"))).rejects.toMatchObject({
      code: "STORE_NOT_ENCRYPTED",
    });
    expect(await open().has(`${root()}/secret`)).toBe(false);
  });
});

test.runIf(s3ServerKinds.includes("minio"))(
  "encryption that is required is done by a server that has a key",
  async () => {
    const key = `lake-key:${Buffer.alloc(32, 7).toString("base64")}`;
    await using server = await startS3Server("minio", { environment: { MINIO_KMS_SECRET_KEY: key } });
    Object.assign(process.env, server.environment);
    const home = await mkdtemp(join(tmpdir(), "headgate-s3-"));
    for (const encryption of [
      { kind: "AES256", keyId: undefined },
      { kind: "aws:kms", keyId: "lake-key" },
    ] as const) {
      const store = s3ObjectStore({
        root: `s3://${server.bucket}/${encryption.kind === "AES256" ? "s3" : "kms"}`,
        settings: { endpoint: server.endpoint, region: "us-east-1", pathStyle: true, encryption },
        cache: fileCache({ directory: join(home, encryption.kind), boundBytes: megabyte }),
        scratchDirectory: home,
      });
      const location = `s3://${server.bucket}/${encryption.kind === "AES256" ? "s3" : "kms"}/x`;
      await store.put(location, Buffer.from("x"));
      const draft = await store.draft(`${location}/large`);
      await writeFile(draft.path, Buffer.alloc(9 * megabyte));
      await draft.publish();
      expect(Buffer.from(await store.get(location)).toString()).toBe("x");
    }
    await rm(home, { recursive: true, force: true });
  },
);

async function withEnvironment(variables: Readonly<Record<string, string>>, work: () => Promise<void>): Promise<void> {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  Object.assign(process.env, variables);
  try {
    await work();
  } finally {
    Object.assign(process.env, before);
  }
}
