import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { footprintOf, grown } from "./footprint.ts";

/** Has this many children, sockets and files open. */
const hoarder = `
  const { spawn } = require("node:child_process");
  const { createServer } = require("node:net");
  const { openSync } = require("node:fs");
  const [many] = process.argv.slice(1).map(Number);
  for (let index = 0; index < many; index++) {
    createServer().listen(0);
    openSync("/dev/null");
    spawn("sleep", ["60"], { stdio: "ignore" });
  }
  setTimeout(() => console.log("ready"), 200);
  process.stdin.once("end", () => process.exit()).resume();
`;

async function footprintOfHoarder(many: number, scratch: string) {
  const child = spawn(process.execPath, ["-e", hoarder, String(many)], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    await once(child.stdout, "data");
    const metrics = `nodejs_heap_size_used_bytes ${many * 1024 * 1024}\nnodejs_external_memory_bytes 1048576\n`;
    return footprintOf(child.pid ?? 0, { scratch, metrics });
  } finally {
    child.kill();
    await once(child, "exit");
  }
}

test("what a server left open, running or lying about is named, and what is about the same is not", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "headgate-footprint-"));
  try {
    const before = await footprintOfHoarder(0, scratch);
    expect(grown(before, await footprintOfHoarder(1, scratch))).toEqual([]);
    for (let file = 0; file < 5; file++) writeFileSync(join(scratch, `left ${file}`), Buffer.alloc(5_000_000));
    const after = await footprintOfHoarder(50, scratch);
    const names = grown(before, after).map((text) => text.split(" ")[0]);
    expect(names).toEqual(["engines", "sockets", "descriptors", "scratchFiles", "scratchMB", "heapMB"]);
    expect(grown(before, { ...before, serverMB: before.serverMB + 1_000 })).toHaveLength(1);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
