import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { array, assert, property, string } from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { objectStoreConformance } from "../../../test/conformance/object-store.ts";
import type { ObjectStore } from "../object-store.ts";
import { locationOf, pathOf } from "./file-location.ts";
import { fileObjectStore } from "./file-object-store.ts";

objectStoreConformance(async () => {
  const directory = await mkdtemp(join(tmpdir(), "headgate-objects-"));
  const root = pathToFileURL(join(directory, "a lake")).href;
  return {
    root,
    store: fileObjectStore(root),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
});

let directory: string;
let root: string;
let store: ObjectStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-objects-"));
  await mkdir(join(directory, "lake"));
  await writeFile(join(directory, "outside"), "not ours");
  root = pathToFileURL(join(directory, "lake")).href;
  store = fileObjectStore(root);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test.each([
  "/../outside",
  "/a/../../outside",
  "/%2e%2e/outside",
  "/..%2Foutside",
  "-beside/object",
  "/object?version=1",
  "/object#part",
])("does not leave its root for %s", async (ending) => {
  const location = root + ending;
  const refused = { code: "DATA_FILE_MISSING", place: location };
  await expect(store.get(location)).rejects.toMatchObject(refused);
  await expect(store.put(location, Buffer.from("x"))).rejects.toMatchObject(refused);
  await expect(store.delete([location])).rejects.toMatchObject(refused);
  expect(await readFile(join(directory, "outside"), "utf8")).toBe("not ours");
});

test.each(["s3://bucket/object", "file://host/object", "/object", ""])(
  "does not take %j for a file",
  async (location) => {
    await expect(store.get(location)).rejects.toMatchObject({ code: "DATA_FILE_MISSING", place: location });
  },
);

test("does not follow a link out of its root, neither of a file nor of a directory", async () => {
  await symlink(join(directory, "outside"), join(directory, "lake", "file"));
  await symlink(directory, join(directory, "lake", "folder"));
  for (const location of [`${root}/file`, `${root}/folder/outside`])
    await expect(store.get(location)).rejects.toMatchObject({ code: "DATA_FILE_MISSING" });
  await expect(store.put(`${root}/folder/new/object`, Buffer.from("x"))).rejects.toThrow(/out of the lake/);
  await expect(store.delete([`${root}/folder/outside`])).rejects.toThrow(/out of the lake/);
  expect(await readdir(directory)).toEqual(["lake", "outside"]);
});

test("works in a root that is itself reached through a link", async () => {
  await symlink(join(directory, "lake"), join(directory, "link"));
  const linked = pathToFileURL(join(directory, "link")).href;
  await fileObjectStore(linked).put(`${linked}/object`, Buffer.from("x"));
  expect(await readFile(join(directory, "lake", "object"), "utf8")).toBe("x");
});

test("every path has one location and every location one path", () => {
  const name = string({ unit: "binary", minLength: 1 }).filter((text) => !/[/\p{Cc}]|^\.\.?$/u.test(text));
  assert(
    property(array(name, { minLength: 1, maxLength: 4 }), (names) => {
      const path = `/lake/${names.join("/")}`;
      expect(pathOf(locationOf(path), "/lake")).toBe(path);
    }),
  );
});

test.runIf(process.getuid?.() !== 0)("says when it may not write", async () => {
  await chmod(join(directory, "lake"), 0o500);
  await expect(store.put(`${root}/object`, Buffer.from("x"))).rejects.toMatchObject({
    code: "DATA_DIRECTORY_UNWRITABLE",
    place: `${root}/object`,
  });
});

const mayMount = runWhereMountsAreOurs(["true"]).status === 0;

test.runIf(mayMount)("leaves nothing behind on a full disk", () => {
  const module = new URL("./file-object-store.ts", import.meta.url).href;
  const program = `const { fileObjectStore } = await import(${JSON.stringify(module)});
    const { readdirSync } = await import("node:fs");
    const failure = await fileObjectStore("${root}").put("${root}/object", Buffer.alloc(1e6, 1)).catch((error) => error);
    console.log(JSON.stringify({ code: failure.code, place: failure.place, left: readdirSync("${directory}/lake") }));`;
  const script = 'mount -t tmpfs -o size=256k none "$1" && shift && exec "$@"';
  const words = [process.execPath, "--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program];
  const { stdout } = runWhereMountsAreOurs(["sh", "-c", script, "sh", join(directory, "lake"), ...words]);
  expect(JSON.parse(stdout)).toEqual({ code: "DISK_FULL", place: `${root}/object`, left: [] });
});

function runWhereMountsAreOurs(words: readonly string[]) {
  const [program = "", ...rest] = ["unshare", "--user", "--map-root-user", "--mount", ...words];
  return spawnSync(program, rest, { encoding: "utf8" });
}
