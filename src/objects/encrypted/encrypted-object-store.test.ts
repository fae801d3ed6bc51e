/**
 * The contract of a store on top of encryption, and everything that somebody can do to sealed files: they get nothing
 * from them, and nobody gets other bytes than were written.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { copyFile, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { objectStoreConformance } from "../../../test/conformance/object-store.ts";
import { fileCache } from "../file-cache.ts";
import { fileObjectStore } from "../fs/file-object-store.ts";
import type { ObjectStore } from "../object-store.ts";
import { encryptedObjectStore } from "./encrypted-object-store.ts";
import type { ObjectKeys } from "./seal-bytes.ts";
import { chunkBytes, headerBytes, plainSize, sealedChunkBytes, type ObjectKey } from "./sealed-form.ts";

const newKey = (): ObjectKey => ({ id: randomUUID(), bytes: randomBytes(32) });
const keysOf = (newest: ObjectKey, ...earlier: ObjectKey[]): ObjectKeys => ({
  newest,
  find: async (id) => [newest, ...earlier].find((key) => key.id === id),
});

let opened = 0;

/** Each store is a process of its own: it has its own cache. */
function storeIn(home: string, keys: ObjectKeys): { store: ObjectStore; root: string } {
  const root = pathToFileURL(join(home, "a lake")).href;
  const own = join(home, `process ${opened++}`);
  const plain = fileCache({ directory: join(own, "plain"), boundBytes: 1e9 });
  const draftDirectory = join(own, "drafts");
  return { root, store: encryptedObjectStore({ sealed: fileObjectStore(root), keys, plain, draftDirectory }) };
}

objectStoreConformance(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-sealed-"));
  return {
    ...storeIn(home, keysOf(newKey())),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
});

let home: string;
const key = newKey();
const again = (keys = keysOf(key)): ObjectStore => storeIn(home, keys).store;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-sealed-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const lengths = [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes];

test.each(lengths)("%d bytes come back, written whole or as a draft, and are listed with this size", async (length) => {
  const { store, root } = storeIn(home, keysOf(key));
  const bytes = randomBytes(length);
  await store.put(`${root}/put`, bytes);
  const draft = await store.draft(`${root}/drafted`);
  await writeFile(draft.path, bytes);
  await draft.publish();
  for (const name of ["put", "drafted"]) {
    expect(Buffer.from(await again().get(`${root}/${name}`)).equals(bytes)).toBe(true);
    const sealed = await stat(fileURLToPath(`${root}/${name}`));
    expect(plainSize(sealed.size)).toBe(length);
  }
  for await (const object of store.list(`${root}/`)) expect(object.size).toBe(length);
});

test("the files say nothing of what is in them, and equal objects differ everywhere after the key's id", async () => {
  const { store, root } = storeIn(home, keysOf(key));
  const text = Buffer.from("salary,4200\n".repeat(20_000));
  await store.put(`${root}/one`, text);
  await store.put(`${root}/two`, text);
  const [one, two] = await Promise.all(["one", "two"].map((name) => readFile(fileURLToPath(`${root}/${name}`))));
  expect(one?.includes("salary")).toBe(false);
  expect(
    one?.subarray(headerBytes, headerBytes + 64).equals(two?.subarray(headerBytes, headerBytes + 64) ?? text),
  ).toBe(false);
  expect(one?.includes(Buffer.from(key.bytes))).toBe(false);
});

const altered = { code: "OBJECT_NOT_AUTHENTIC" };

test("every single changed bit of a small object is noticed", async () => {
  const { store, root } = storeIn(home, keysOf(key));
  await store.put(`${root}/small`, Buffer.from("salary"));
  const path = fileURLToPath(`${root}/small`);
  const sealed = await readFile(path);
  const store2 = again();
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const damaged = Buffer.from(sealed);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await writeFile(path, damaged);
    await expect(store2.get(`${root}/small`)).rejects.toMatchObject({
      code: expect.stringMatching(/^OBJECT_(NOT_AUTHENTIC|KEY_MISSING)$/),
      place: `${root}/small`,
    });
  }
});

type Attack = (sealed: Buffer) => Buffer;
const chunk = (sealed: Buffer, index: number): Buffer =>
  sealed.subarray(headerBytes + index * sealedChunkBytes, headerBytes + (index + 1) * sealedChunkBytes);
const built = (sealed: Buffer, ...order: number[]): Buffer =>
  Buffer.concat([sealed.subarray(0, headerBytes), ...order.map((index) => chunk(sealed, index))]);
const attacks: Readonly<Record<string, Attack>> = {
  "chunks in another order": (sealed) => built(sealed, 1, 0, 2),
  "a chunk twice": (sealed) => built(sealed, 0, 0, 1, 2),
  "a chunk left out": (sealed) => built(sealed, 0, 2),
  "cut off between chunks": (sealed) => built(sealed, 0, 1),
  "cut off within a chunk": (sealed) => sealed.subarray(0, -1),
  "only a header": (sealed) => built(sealed),
  "half a header": (sealed) => sealed.subarray(0, headerBytes / 2),
  nothing: () => Buffer.alloc(0),
  "something behind it": (sealed) => Buffer.concat([sealed, Buffer.from("more")]),
  "a plain file in its place": () => Buffer.from("PAR1 rows of somebody else PAR1"),
};

test.each(Object.entries(attacks))("refuses %s, and keeps no copy of it", async (_name, attack) => {
  const { store, root } = storeIn(home, keysOf(key));
  await store.put(`${root}/object`, randomBytes(2 * chunkBytes + 100));
  const path = fileURLToPath(`${root}/object`);
  await writeFile(path, attack(await readFile(path)));
  const before = opened;
  await expect(again().localPath(`${root}/object`)).rejects.toMatchObject({ ...altered, place: `${root}/object` });
  const left = await readdir(join(home, `process ${before}`), { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile())).toEqual([]);
});

test("an object is good at its own place only", async () => {
  const { store, root } = storeIn(home, keysOf(key));
  await store.put(`${root}/salaries`, Buffer.from("secret"));
  await store.put(`${root}/holidays`, Buffer.from("public"));
  await copyFile(fileURLToPath(`${root}/salaries`), fileURLToPath(`${root}/holidays`));
  await rename(fileURLToPath(`${root}/salaries`), fileURLToPath(`${root}/moved`));
  await expect(again().get(`${root}/holidays`)).rejects.toMatchObject(altered);
  await expect(again().get(`${root}/moved`)).rejects.toMatchObject(altered);
});

test("another account's key opens nothing, even if it calls itself by the same id", async () => {
  const { store, root } = storeIn(home, keysOf(key));
  await store.put(`${root}/object`, Buffer.from("secret"));
  const stranger = newKey();
  const missing = { code: "OBJECT_KEY_MISSING", place: `${root}/object` };
  await expect(again(keysOf(stranger)).get(`${root}/object`)).rejects.toMatchObject(missing);
  await expect(again(keysOf({ ...stranger, id: key.id })).get(`${root}/object`)).rejects.toMatchObject(altered);
});

test("after a rotation the new key writes, and what the old one wrote is still read", async () => {
  const { store, root } = storeIn(home, keysOf(key));
  await store.put(`${root}/before`, Buffer.from("old"));
  const next = newKey();
  const rotated = again(keysOf(next, key));
  await rotated.put(`${root}/after`, Buffer.from("new"));
  expect(Buffer.from(await rotated.get(`${root}/before`)).toString()).toBe("old");
  await expect(again().get(`${root}/after`)).rejects.toMatchObject({ code: "OBJECT_KEY_MISSING" });
  expect(Buffer.from(await again(keysOf(next)).get(`${root}/after`)).toString()).toBe("new");
});

test("plain copies are for this user alone and go with the object", async () => {
  const { store, root } = storeIn(home, keysOf(key));
  await store.put(`${root}/object`, Buffer.from("secret"));
  const path = await store.localPath(`${root}/object`);
  expect((await stat(path)).mode & 0o077).toBe(0);
  await store.delete([`${root}/object`]);
  await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
});

test("opens only below the places that are named", async () => {
  const { store, root } = storeIn(home, keysOf(key));
  await store.put(`${root}/a/object`, Buffer.from("secret"));
  expect(Buffer.from(await store.get(`${root}/a/object`, [`${root}/a`])).toString()).toBe("secret");
  await expect(store.get(`${root}/a/object`, [`${root}/b`])).rejects.toMatchObject({ code: "DATA_FILE_MISSING" });
});

test("a sealed file of a store that was truncated while nobody looked is refused", async () => {
  const { store, root } = storeIn(home, keysOf(key));
  await store.put(`${root}/object`, randomBytes(chunkBytes * 2));
  await truncate(fileURLToPath(`${root}/object`), headerBytes + sealedChunkBytes);
  await expect(again().open(`${root}/object`)).rejects.toMatchObject(altered);
});
