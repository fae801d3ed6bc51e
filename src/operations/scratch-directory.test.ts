import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, afterEach, expect, test } from "vitest";
import type { Config } from "../config.ts";
import { prepareScratch } from "./scratch-directory.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-scratch-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const prepare = (scratch: string, data = "data"): Promise<void> =>
  prepareScratch({ scratchDirectory: join(home, scratch), dataDirectory: join(home, data) } as Config);
const names = async (scratch: string): Promise<readonly string[]> => (await readdir(join(home, scratch))).toSorted();

test("a directory below the data directory is emptied, whatever is in it", async () => {
  await mkdir(join(home, "data", "scratch", "old"), { recursive: true });
  await writeFile(join(home, "data", "scratch", "left.parquet"), "x");
  await prepare("data/scratch");
  expect(await names("data/scratch")).toEqual([".headgate-scratch"]);
});

test("another directory is made or taken while it is empty, and emptied at the next start", async () => {
  await prepare("fast/scratch");
  expect(await readFile(join(home, "fast/scratch/.headgate-scratch"), "utf8")).toBe(`${join(home, "data")}\n`);
  await writeFile(join(home, "fast/scratch/left.parquet"), "x");
  await prepare("fast/scratch");
  expect(await names("fast/scratch")).toEqual([".headgate-scratch"]);
  await mkdir(join(home, "empty"));
  await prepare("empty");
});

test("one that holds other things, or belongs to another Headgate, is left alone", async () => {
  await mkdir(join(home, "photos"));
  await writeFile(join(home, "photos/cat.jpg"), "x");
  await expect(prepare("photos")).rejects.toMatchObject({
    code: "SETTING_INVALID",
    message: expect.stringContaining("the directory has files that Headgate did not make"),
  });
  expect(await names("photos")).toEqual(["cat.jpg"]);
  await prepare("shared", "other");
  await expect(prepare("shared")).rejects.toMatchObject({
    message: `this is already the scratch directory of ${join(home, "other")}`,
  });
});
