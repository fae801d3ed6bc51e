/**
 * Checks that every command which the documents, the errors and the help mention exists, and that every one that can be
 * copied is understood.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { CommanderError, type Command } from "commander";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { buildProgram, runCli } from "../src/cli/cli.ts";
import { leaves, pathOf } from "../src/cli/command-tree.ts";
import { examples } from "../src/cli/examples.ts";

function newProgram(): Command {
  const program = buildProgram({ version: "0", connectors: async () => [] });
  for (const leaf of leaves(program)) leaf.action(() => {});
  return program;
}

const program = newProgram();
const commands = leaves(program).filter((leaf) => leaf.name() !== "complete");

test("every command has an example of itself", () => {
  expect(Object.keys(examples).toSorted()).toEqual(commands.map(pathOf).toSorted());
  for (const [path, example] of Object.entries(examples)) expect(`${example} `).toContain(`headgate ${path} `);
});

test("every command stands in a group of --help that has a name", () => {
  expect(program.commands.filter((command) => command.helpGroup() === "").map((command) => command.name())).toEqual([
    "complete",
  ]);
});

test.each([
  ["grant", /missing required argument 'words'\n.*headgate grant select on .*`headgate grant --help`/],
  ["audit list --kind x", /headgate audit list --by .*`headgate audit list --help`/],
  ["grup list", /unknown command 'grup'; did you mean `headgate group`\?\n.*`headgate group --help`/],
  ["add source shop", /unknown command 'add'; did you mean `headgate source add`\?/],
  ["table shop.orders show", /did you mean `headgate table show`\?\n.*headgate table show shop\.orders/],
  ["tables", /did you mean `headgate table list`\?/],
  ["Users add ann", /did you mean `headgate user add`\?/],
  ["grants", /did you mean `headgate access grants`\?/],
  ["history shop.orders", /did you mean `headgate table history` or `headgate view history`\?/],
  ["schedule add often", /did you mean `headgate schedule set`\?/],
  ["user delete ann", /did you mean `headgate user remove`\?/],
  ["help frobnicate", /unknown command 'frobnicate'\n.*see `headgate --help`/],
  ["grant read on shop.orders to ann", /no permission read; did you mean select\?/],
  ["run list --limit abc", /write a whole number, such as 20/],
  ["--data x status", /unknown option '--data'\n.*flags come after the command: headgate <command> --data/],
  ["version", /unknown command 'version'\n.*`headgate --version`/],
  ["sql select * from shop.orders", /too many words: `headgate sql` takes one argument\n.*in quotes/],
  ["group view x", /unknown command 'view'\n.*see `headgate group --help`/],
])("`%s` is answered with how it is written", async (line, answer) => {
  const written: string[] = [];
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  onTestFinished(() => stderr.mockRestore());
  expect(await runCli(line.split(" "), { version: "0", connectors: async () => [] })).toBe(1);
  expect(written.join("")).toMatch(answer);
});

describe("a command line that can be copied is understood", () => {
  const documents = [...filesBelow("docs"), "README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md"].filter(
    (file) => file.endsWith(".md"),
  );
  const lines = documents.flatMap((file) => commandLines(readFileSync(file, "utf8")).map((line) => ({ file, line })));

  test("there are many of them", () => expect(lines.length).toBeGreaterThan(60));

  test.each(lines)("$file: $line", async ({ line }) => expect(await refusal(line)).toBeUndefined());

  test.each(Object.entries(examples))("example of %s", async (_path, line) =>
    expect(await refusal(line)).toBeUndefined(),
  );
});

describe("a command that is mentioned exists, and has the flags that are mentioned with it", () => {
  const files = ["src", "docs", "README.md", "SECURITY.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "test/world/demo.ts"]
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]))
    .filter((file) => /(?<!test)\.(ts|md)$/.test(file));
  const found = files.flatMap((file) => mentions(readFileSync(file, "utf8")).map((words) => ({ file, words })));

  test("there are many of them", () => expect(found.length).toBeGreaterThan(150));

  test.each(files.filter((file) => found.some((one) => one.file === file)))("%s", (file) => {
    const wrong = found.filter((one) => one.file === file && !isKnown(one.words)).map(({ words }) => words.join(" "));
    expect(wrong).toEqual([]);
  });

  test.each(["table tag", "run list --limit", "source set shop --url", "sync <source> --table"])(
    "%s is known",
    (text) => expect(isKnown(text.split(" "))).toBe(true),
  );

  test.each(["tables", "table explain shop", "runs", "keep shop.orders", "table set x --deleted", "reconcile --mend"])(
    "%s is not",
    (text) => expect(isKnown(text.split(" "))).toBe(false),
  );
});

/**
 * Lines of code blocks that begin with the program; continued lines are joined, and anything before or after the
 * command is removed.
 */
function commandLines(text: string): readonly string[] {
  return [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = ""]) =>
    block
      .replaceAll(/\\\n\s*/g, " ")
      .split("\n")
      .filter((line) => /^\s*(\w+=\S+ )*\.?\/?headgate /.test(line)),
  );
}

/** Why the program does not understand a line; undefined if it does. */
async function refusal(line: string): Promise<string | undefined> {
  const [, ...words] = shellWords(line).filter((word, index) => index > 0 || !/^\w+=/.test(word));
  try {
    await newProgram().parseAsync(words, { from: "user" });
    return undefined;
  } catch (failure) {
    return failure instanceof CommanderError && failure.exitCode === 0 ? undefined : (failure as Error).message;
  }
}

/** Splits a line as a shell does, up to a comment, a pipe or another command. */
function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  for (const [, double, single, bare, end] of line.matchAll(/"([^"]*)"|'([^']*)'|([^\s"'|&;#<>]+)|([|&;#<>])/g)) {
    if (end !== undefined) break;
    words.push(double ?? single ?? bare ?? "");
  }
  return words;
}

/** Words after the program's name in prose, messages and templates; a placeholder in a template counts as one word. */
function mentions(text: string): readonly (readonly string[])[] {
  const filled = text.replaceAll(/\$\{[^}]*\}/g, "X").replaceAll("\\`", "`");
  return [...filled.matchAll(/(?<![\w/@."'-])(?:\.\/)?headgate ((?:[a-z][\w-]*)(?: [^\s`"',;:()|]+)*)/g)].map(
    ([, words = ""]) =>
      words
        .replace(/[.…]+$/, "")
        .split(" ")
        .filter((word) => word !== ""),
  );
}

/** Whether the words begin with a command, in full, and each flag among them belongs to that command. */
function isKnown(words: readonly string[]): boolean {
  let command: Command = program;
  for (const word of words) {
    if (word === "help" && command === program) return true;
    if (word.startsWith("--")) {
      const [flag = ""] = /^--[\w-]+/.exec(word) ?? [];
      const known = command.options.some(({ long }) => long === flag);
      if (!known && flag !== "--help") return false;
    } else if (command.commands.length > 0) {
      const next = command.commands.find((child) => child.name() === word);
      if (next === undefined && command.registeredArguments.length > 0) continue;
      if (next === undefined) return command !== program && /^[<…]/.test(word);
      command = next;
    }
  }
  return command !== program;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}
