/**
 * The blocks of commands of a page of the guide, and a shell that runs them as they are written, in a folder of the test's
 * own and with the test's own program.
 */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { lakeOf } from "./lake.ts";

const root = resolve(import.meta.dirname, "../..");

export interface GuideBlock {
  readonly commands: string;
  /** The block of text after it, which says what the last command prints; undefined if nothing is said about that. */
  readonly prints: string | undefined;
}

/** In their order. `name`: such as `tags.md`. */
export async function guideBlocks(name: string): Promise<readonly GuideBlock[]> {
  const page = await readFile(join(root, "docs/guide", name), "utf8");
  // A block in a list is indented.
  const found = page.matchAll(/^( *)```sh\n(.*?)^ *```\n(?:\n```text\n(.*?)```\n)?/gms);
  return [...found].map(([, indent = "", commands = "", prints]) => ({
    commands: commands.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    prints,
  }));
}

export interface EndedBlock {
  readonly code: number | null;
  readonly printed: string;
  readonly complaints: string;
}

export interface BlockPlace {
  /** Where it is typed. */
  readonly folder: string;
  readonly data: string;
}

/** Ends with the first command that fails. */
export function runBlock(commands: string, { folder, data }: BlockPlace): Promise<EndedBlock> {
  const program = `'${process.execPath}' --disable-warning=ExperimentalWarning '${join(root, "src/main.ts")}'`;
  const environment = { HEADGATE_DATA: data, HEADGATE_LAKE: lakeOf(data), HEADGATE_TABLE_ROOTS: folder };
  const child = spawn("sh", ["-ec", commands.replaceAll("./headgate", program)], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [printed, complaints] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  return new Promise((done) => child.once("close", (code) => done({ code, printed, complaints })));
}
