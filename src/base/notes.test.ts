import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directoryNotes } from "./notes.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-notes-"));
});
afterAll(() => rm(home, { recursive: true }));

test("a note is there for the next process, under any name, and the newest one holds", async () => {
  const directory = join(home, "notes");
  const notes = directoryNotes(directory);
  expect(await notes.read("s3://bucket/a/..")).toBeUndefined();
  await notes.write("s3://bucket/a/..", "one");
  await notes.write("s3://bucket/a/..", "two");
  expect(await directoryNotes(directory).read("s3://bucket/a/..")).toBe("two");
  expect(await notes.read("s3://bucket/b")).toBeUndefined();
  expect(await readdir(directory)).toHaveLength(1);
});
