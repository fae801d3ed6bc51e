/**
 * Tests completion in real shells: bash always, zsh and fish if they are installed. They call the real program, with a
 * data directory that nobody holds, one that a server holds, and one that does not exist.
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askCommand } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { serveHeadgate } from "../world/served-headgate.ts";

const main = resolve(import.meta.dirname, "../../src/main.ts");
const run = promisify(execFile);

let home: string;
let source: SampleSource;
let at: { data: string; environment: NodeJS.ProcessEnv };

const hasShell = (name: string): boolean => spawnSync(name, ["--version"]).status === 0;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-completion-"));
  source = await openSampleSource("postgres", join(home, "source"));
  for (const table of ["orders", '"order.lines"', "visits"]) await source.execute(`create table ${table} (id int)`);
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  await askCommand(["sync", "shop"], at);
  await askCommand(["schedule", "set", "often", "--source", "shop", "--cron", "0 5 * * *"], at);
  await askCommand(["user", "add", "ana"], at);
  await mkdir(join(home, "bin"));
  const program = join(home, "bin", "headgate");
  await writeFile(
    program,
    `#!/bin/sh\nexec '${process.execPath}' --disable-warning=ExperimentalWarning '${main}' "$@"\n`,
  );
  await chmod(program, 0o755);
}, 120_000);

afterAll(async () => {
  await source?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

/** Runs a shell in a directory of its own, in which `headgate` is the program and `data` its data directory. */
async function inShell(words: readonly string[], data = at.data): Promise<{ stdout: string; stderr: string }> {
  const [shell = "", ...rest] = words;
  const path = `${join(home, "bin")}:${process.env["PATH"] ?? ""}`;
  const env = { ...process.env, PATH: path, HEADGATE_DATA: data, HEADGATE_LAKE: lakeOf(data), HOME: home };
  return run(shell, rest, { cwd: home, env });
}

/** The candidates that bash shows after these words; the last word is at the cursor. */
async function bash(words: readonly string[], data?: string): Promise<readonly string[]> {
  const script =
    'source <(headgate completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _headgate; printf "%s\\n" "${COMPREPLY[@]}"';
  const { stdout, stderr } = await inShell(["bash", "--norc", "-c", script, "bash", "headgate", ...words], data);
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

const expectNames = async (): Promise<void> => {
  expect(await bash(["sync", ""])).toEqual(["shop"]);
  expect(await bash(["table", "show", ""])).toEqual(['shop.\\"order.lines\\"', "shop.orders", "shop.visits"]);
  expect(await bash(["table", "set", "shop.o"])).toEqual(["shop.orders"]);
  expect(await bash(["sync", "shop", "--table", "public.v"])).toEqual(["public.visits"]);
  expect(await bash(["schedule", "pause", ""])).toEqual(["often"]);
  expect(await bash(["user", "reset", ""])).toContain("ana");
  expect(await bash(["table", "list", ""])).toEqual(["shop"]);
  expect(await bash(["run", "show", "la"])).toEqual(["latest"]);
};

describe("bash", () => {
  test("knows commands, flags, choices and files", async () => {
    expect(await bash(["s"])).toEqual([
      "source",
      "sync",
      "schedule",
      "status",
      "search",
      "sql",
      "steward",
      "session",
      "share",
      "sharing",
      "sign-in",
      "sign-out",
    ]);
    expect(await bash(["product", "pu"])).toEqual(["put"]);
    expect(await bash(["link", "re"])).toEqual(["remove"]);
    expect(await bash(["query", "s"])).toEqual(["save", "show", "share"]);
    expect(await bash(["board", "l"])).toEqual(["list"]);
    expect(await bash(["request", "remi"])).toEqual(["remind"]);
    expect(await bash(["table", "res"])).toEqual(["resume", "reset"]);
    expect(await bash(["sync", "shop", "--f"])).toEqual(["--full"]);
    expect(await bash(["table", "set", "shop.orders", "--mode", "c"])).toEqual(["cursor"]);
    expect(await bash(["apply", "bi"])).toEqual(["bin"]);
  }, 60_000);

  test("asks the data directory for names while nobody holds it", expectNames, 120_000);

  test("asks the server that holds it", async () => {
    const served = await serveHeadgate(at);
    try {
      await expectNames();
    } finally {
      await served.stop();
    }
  }, 120_000);

  test("says nothing where there is no Headgate, and makes none", async () => {
    const nowhere = join(home, "nowhere");
    for (const words of [
      ["sync", ""],
      ["table", "show", ""],
      ["user", "set", ""],
      ["nonsense", "at", "all", ""],
    ])
      expect(await bash(words, nowhere)).toEqual([]);
    expect(existsSync(nowhere)).toBe(false);
    const empty = join(home, "empty");
    await mkdir(empty);
    expect(await bash(["sync", ""], empty)).toEqual([]);
    const file = join(home, "file");
    await writeFile(file, "");
    expect(await bash(["sync", ""], join(file, "data"))).toEqual([]);
  }, 60_000);
});

test.runIf(hasShell("fish"))(
  "fish",
  async () => {
    const fish = async (line: string): Promise<readonly string[]> => {
      const script = `headgate completion fish | source; complete -C ${JSON.stringify(line)}`;
      const { stdout } = await inShell(["fish", "--no-config", "-c", script]);
      return stdout.split("\n").flatMap((text) => (text === "" ? [] : [text.split("\t", 1)[0] ?? ""]));
    };
    expect(await fish("headgate sy")).toEqual(["sync"]);
    expect(await fish("headgate sync ")).toEqual(["shop"]);
    expect(await fish("headgate table show shop.o")).toContain("shop.orders");
  },
  60_000,
);

test.runIf(hasShell("zsh"))(
  "zsh",
  async () => {
    const zsh = async (line: string, until: string): Promise<string> => {
      const script = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'autoload -Uz compinit; compinit -u -d ${join(home, "dump")}; source <(headgate completion zsh); PS1="at""last "'
      zpty -r -m shell seen '*atlast *'
      zpty -w -n shell ${JSON.stringify(line)}$'\\t'
      zpty -r -m shell seen ${JSON.stringify(`*${until}*`)}
      print -r -- "$seen"`;
      return (await inShell(["zsh", "-f", "-c", script])).stdout;
    };
    expect(await zsh("headgate stat", "headgate status")).toContain("headgate status");
    expect(await zsh("headgate sync sh", "headgate sync shop")).toContain("headgate sync shop");
  },
  60_000,
);
