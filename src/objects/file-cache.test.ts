/**
 * Copies are made once, stay within their limit, are never removed while somebody reads them, and are found again by
 * the next process.
 */
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fileCache, type FileCache } from "./file-cache.ts";

let home: string;
let directory: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-cache-"));
  directory = join(home, "cache");
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(home, { recursive: true, force: true });
});

const open = (boundBytes = 1_000): FileCache => fileCache({ directory, boundBytes });
const filler = (text: string) => vi.fn<(path: string) => Promise<void>>((path) => writeFile(path, text));
const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

test("a copy is made once, however many ask, also for the next process", async () => {
  const [cache, fill] = [open(), filler("one")];
  const paths = await Promise.all([1, 2, 3].map(() => cache.path("s3://b/one", fill)));
  expect(new Set(paths).size).toBe(1);
  expect(await readFile(paths[0] ?? "", "utf8")).toBe("one");
  await open().path("s3://b/one", fill);
  expect(fill).toHaveBeenCalledOnce();
});

test("what fails leaves nothing, and is tried again", async () => {
  const cache = open();
  const failing = async (path: string): Promise<void> => {
    await writeFile(path, "half");
    throw new Error("away");
  };
  await expect(cache.path("s3://b/one", failing)).rejects.toThrow("away");
  expect((await readdir(directory, { recursive: true })).filter((name) => name.includes("."))).toEqual([]);
  expect(await readFile(await cache.path("s3://b/one", filler("whole")), "utf8")).toBe("whole");
});

test("beyond the bound the one used longest ago goes, but none that was handed out within the hour", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
  const cache = open(250);
  const take = (name: string): Promise<string> => cache.path(name, filler("x".repeat(100)));
  const [one, two, three] = [await take("one"), await take("two"), await take("three")];
  expect(await Promise.all([one, two, three].map(isThere))).toEqual([true, true, true]);
  vi.setSystemTime(2 * 3_600_000);
  await take("one");
  await take("four");
  expect(await Promise.all([one, two, three].map(isThere))).toEqual([true, false, false]);
});

test("what another process used longest ago goes first; its half-made copies go at once", async () => {
  const early = open();
  const [old, recent] = [await early.path("old", filler("12345")), await early.path("recent", filler("12345"))];
  await utimes(old, 1, 1);
  await utimes(recent, 2, 2);
  await writeFile(`${old}.0123.draft`, "half");
  await open(12).path("new", filler("12345"));
  expect(await Promise.all([old, recent, `${old}.0123.draft`].map(isThere))).toEqual([false, true, false]);
});

test("a file is adopted as a copy, and forgotten when its object goes", async () => {
  const cache = open();
  await writeFile(join(home, "written"), "written");
  await cache.adopt("s3://b/x", join(home, "written"));
  const path = await cache.path("s3://b/x", filler("never"));
  expect(await readFile(path, "utf8")).toBe("written");
  expect(await isThere(join(home, "written"))).toBe(false);
  await cache.forget("s3://b/x");
  expect(await isThere(path)).toBe(false);
});
