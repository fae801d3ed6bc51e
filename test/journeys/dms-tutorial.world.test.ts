/**
 * Runs every block of docs/guide/dms-tutorial.md from top to bottom as it is written. What a block of text says after a
 * block of commands is what the last of these commands prints.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lakeOf } from "../world/lake.ts";

const root = resolve(import.meta.dirname, "../..");

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-tutorial-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

interface Block {
  readonly commands: string;
  /** Undefined: nothing is said about what it prints. */
  readonly prints: string | undefined;
}

async function blocks(): Promise<readonly Block[]> {
  const tutorial = await readFile(join(root, "docs/guide/dms-tutorial.md"), "utf8");
  const found = [...tutorial.matchAll(/```sh\n(.*?)```\n(?:\n```text\n(.*?)```\n)?/gs)];
  return found.map(([, commands = "", prints]) => ({ commands, prints }));
}

interface Ended {
  readonly code: number | null;
  readonly printed: string;
  readonly complaints: string;
}

/** Runs a block in the test's own folder, with the test's own program. */
function runHere(commands: string): Promise<Ended> {
  const program = `'${process.execPath}' --disable-warning=ExperimentalWarning '${join(root, "src/main.ts")}'`;
  const data = join(home, "data");
  const environment = { HEADGATE_DATA: data, HEADGATE_LAKE: lakeOf(data), HEADGATE_TABLE_ROOTS: home };
  const child = spawn("sh", ["-ec", commands.replaceAll("./headgate", program)], {
    cwd: home,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [printed, complaints] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  return new Promise((done) => child.once("close", (code) => done({ code, printed, complaints })));
}

test("docs/guide/dms-tutorial.md", async () => {
  const all = await blocks();
  expect(all.length).toBeGreaterThan(10);
  for (const { commands, prints } of all) {
    const { code, printed, complaints } = await runHere(commands);
    expect({ commands, code, complaints: code === 0 ? "" : complaints }).toEqual({ commands, code: 0, complaints: "" });
    if (prints === undefined) continue;
    // Lines of CSV end as RFC 4180 says.
    const lines = printed.replaceAll("\r\n", "\n");
    expect(lines.endsWith(prints) ? prints : lines).toBe(prints);
  }
}, 600_000);
