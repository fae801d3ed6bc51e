import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { resolveConfig } from "../config.ts";
import { openObjectStore } from "./open-object-store.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-stores-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const at = (...parts: readonly string[]): string => pathToFileURL(join(home, ...parts)).href;
const open = (flags: Parameters<typeof resolveConfig>[0]) =>
  openObjectStore(resolveConfig({ data: join(home, "data"), ...flags }, {}));
const text = async (objects: Awaited<ReturnType<typeof openObjectStore>>, location: string): Promise<string> =>
  Buffer.from(await objects.get(location)).toString();

test("a lake in a directory is made, written to and read", async () => {
  const objects = await open({ lake: join(home, "lake") });
  expect(await readdir(home)).toContain("lake");
  await objects.put(at("lake", "t", "a"), Buffer.from("x"));
  expect(await text(objects, at("lake", "t", "a"))).toBe("x");
});

test("files of others are read below the roots that are named, and nowhere else", async () => {
  await mkdir(join(home, "theirs"));
  await writeFile(join(home, "theirs", "a"), "theirs");
  const objects = await open({ tableRoots: join(home, "theirs") });
  expect(await text(objects, at("theirs", "a"))).toBe("theirs");
  await expect((async () => objects.get(at("elsewhere", "a")))()).rejects.toThrow();
  await expect((async () => (await open({})).get(at("theirs", "a")))()).rejects.toThrow();
});

test("with a lake on S3, tables that were made in the data directory before stay readable", async () => {
  await mkdir(join(home, "data", "lake"), { recursive: true });
  await writeFile(join(home, "data", "lake", "a"), "before");
  const objects = await open({ lake: "s3://bucket/lake", s3Endpoint: "http://127.0.0.1:1", s3Region: "us-east-1" });
  expect(await text(objects, at("data", "lake", "a"))).toBe("before");
  const roots = await open({
    tableRoots: `s3://bucket/theirs,${join(home, "data")}`,
    s3Endpoint: "http://127.0.0.1:1",
  });
  expect(await text(roots, at("data", "lake", "a"))).toBe("before");
});

test("a lake in a place where no directory can be made is refused", async () => {
  await writeFile(join(home, "file"), "");
  await expect(open({ lake: join(home, "file", "lake") })).rejects.toMatchObject({ code: "DATA_DIRECTORY_UNWRITABLE" });
});
