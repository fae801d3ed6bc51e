import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireExclusiveLock } from "./exclusive-lock.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-lock-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("is held by one at a time and can be taken again when it was given back", async () => {
  const first = await acquireExclusiveLock(directory);
  expect(first).toBeDefined();
  expect(await acquireExclusiveLock(directory)).toBeUndefined();
  await first?.[Symbol.asyncDispose]();
  const second = await acquireExclusiveLock(directory);
  expect(second).toBeDefined();
  await second?.[Symbol.asyncDispose]();
});

test("is refused while another process holds it and free as soon as that process was killed", async () => {
  const holder = await holdInAnotherProcess();
  expect(await acquireExclusiveLock(directory)).toBeUndefined();
  holder.kill("SIGKILL");
  await once(holder, "exit");
  const lock = await acquireExclusiveLock(directory);
  expect(lock).toBeDefined();
  await lock?.[Symbol.asyncDispose]();
});

test("a directory that is not there cannot be locked", async () => {
  await expect(acquireExclusiveLock(join(directory, "missing"))).rejects.toMatchObject({
    code: "DATA_DIRECTORY_UNWRITABLE",
    place: join(directory, "missing"),
  });
});

test.runIf(process.getuid?.() !== 0)("neither can one that may not be written", async () => {
  await chmod(directory, 0o500);
  await expect(acquireExclusiveLock(directory)).rejects.toMatchObject({ code: "DATA_DIRECTORY_UNWRITABLE" });
});

async function holdInAnotherProcess() {
  const module = new URL("./exclusive-lock.ts", import.meta.url).href;
  const program = `const { acquireExclusiveLock } = await import(${JSON.stringify(module)});
    const lock = await acquireExclusiveLock(${JSON.stringify(directory)});
    console.log(lock === undefined ? "refused" : "held");
    setInterval(() => lock, 1000);`;
  const words = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  expect(await once(child.stdout.setEncoding("utf8"), "data")).toEqual(["held\n"]);
  return child;
}
