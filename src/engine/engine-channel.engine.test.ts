import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { once } from "node:events";
import { expect, test } from "vitest";
import { startEngineProcess } from "./engine-channel.ts";

/**
 * Starts engines with only `free` file descriptors left and ends those that it gets. It runs in its own process, which
 * a signal sent to the wrong process would end.
 */
const program = `
  const { closeSync, openSync } = await import("node:fs");
  const { startEngineProcess } = await import(${JSON.stringify(new URL("./engine-channel.ts", import.meta.url).href)});
  const entry = new URL(${JSON.stringify(new URL("./engine-process.ts", import.meta.url).href)});
  const told = new Set();
  const turn = async (free) => {
    const taken = [];
    try {
      for (;;) taken.push(openSync("/dev/null"));
    } catch {}
    for (const file of taken.splice(0, free)) closeSync(file);
    try {
      const channel = startEngineProcess({ entry, dataLimitMb: 4096 });
      await channel.close();
    } catch (failure) {
      told.add(failure.code);
    } finally {
      for (const file of taken) closeSync(file);
    }
  };
  for (let free = 0; free < 12; free++) await turn(free);
  console.log([...told].join(" "));`;

test("where the system starts no process that is told, and nothing else is ended", async () => {
  const words = ["-c", 'ulimit -n 128; exec "$0" "$@"', process.execPath, "--input-type=module", "--eval", program];
  const child = spawn("/bin/sh", words, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const [output, errors, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  expect({ code, signal, errors }).toMatchObject({ code: 0, signal: null });
  expect(output.trim().split(" ")).toContain("ENGINE_LOST");
});

/** Starts an engine, waits until it answers, and prints how many files of compiled code it has kept. */
const starting = `
  const { readdirSync } = await import("node:fs");
  const { getCompileCacheDir } = await import("node:module");
  const { openEngine } = await import(${JSON.stringify(new URL("./open-engine.ts", import.meta.url).href)});
  const engine = await openEngine({ memoryMb: 128, threads: 1, scratchDirectory: process.argv[1] });
  await engine.run("select 1");
  console.log(readdirSync(getCompileCacheDir()).length);
  process.exit();`;

test("an engine keeps its compiled code for the next one, though it never ends by itself", async () => {
  const directory = mkdtempSync(join(tmpdir(), "headgate-compiled-"));
  const words = ["--input-type=module", "--eval", starting, directory];
  const child = spawnSync(process.execPath, words, {
    encoding: "utf8",
    env: { ...process.env, NODE_COMPILE_CACHE: join(directory, "compiled") },
  });
  expect({ errors: child.stderr, files: Number(child.stdout) }).toEqual({ errors: "", files: expect.any(Number) });
  expect(Number(child.stdout)).toBeGreaterThan(5);
  rmSync(directory, { recursive: true });
});

/** CAP_DAC_READ_SEARCH of capabilities(7). */
const mayRead = 0x4n;

const hasSetpriv = process.platform === "linux" && spawnSync("setpriv", ["--version"]).status === 0;

test.runIf(hasSetpriv)("a process for statements may do nothing that root may do, except read", async () => {
  const entry = new URL("./engine-process.ts", import.meta.url);
  const channel = startEngineProcess({ entry, dataLimitMb: 4096 });
  try {
    await expect.poll(() => wordsOf(channel.pid)).toContain("engine-process.ts");
    const status = readFileSync(`/proc/${channel.pid}/status`, "latin1");
    const held = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)$/m.exec(status)?.[1]}`);
    expect(held & ~mayRead).toBe(0n);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
  } finally {
    await channel.close();
  }
});

/** The words that a process was started with, once the shell and its launcher have become it. */
function wordsOf(pid: number): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  return words[0]?.endsWith("node") === true ? words.join(" ") : "";
}
