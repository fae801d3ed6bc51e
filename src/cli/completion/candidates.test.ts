import { describe, expect, test } from "vitest";
import { buildProgram } from "../cli.ts";
import { expectedAt, type Expected } from "./candidates.ts";

const program = buildProgram({ version: "0", connectors: async () => [] });
const at = (...words: string[]): Expected => expectedAt(program, words).expected;

function wordsAt(...words: string[]): readonly string[] {
  const expected = at(...words);
  return expected.kind === "words" ? expected.words.map(({ value }) => value) : [expected.kind];
}

describe("what may stand at the cursor", () => {
  test("commands and their commands, but none that is hidden", () => {
    expect(wordsAt("")).toEqual(expect.arrayContaining(["sync", "table", "status", "completion"]));
    expect(wordsAt("")).not.toContain("complete");
    expect(wordsAt("table", "")).toEqual(expect.arrayContaining(["list", "set", "tag", "rollback"]));
    expect(wordsAt("grant", "")).toEqual(["reattach"]);
    expect(wordsAt("grant", "select", "on", "reattach", "")).toEqual([]);
    expect(wordsAt("--json", "run", "")).toEqual(expect.arrayContaining(["list", "watch"]));
  });

  test("flags of the command, but none that its help hides", () => {
    expect(wordsAt("sync", "shop", "-")).toEqual(["--table", "--exclude", "--full", "--data", "--account", "--json"]);
    expect(wordsAt("up", "--")).toContain("--port");
    expect(wordsAt("sync", "shop", "--table", "a", "--f")).toContain("--full");
  });

  test.each([
    [
      ["table", "set", "shop.orders", "--mode", ""],
      ["auto", "diff", "cursor", "files"],
    ],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["schedule", "set", "often", "--source", "shop", "--cron", ""], []],
    [["source", "add", ""], []],
  ])("choices, or nothing: %j", (words, choices) => expect(wordsAt(...words)).toEqual(choices));

  test.each([
    [["sync", ""], "source", undefined],
    [["sync", "--full", ""], "source", undefined],
    [["sync", "shop", "--table", ""], "pattern", "shop"],
    [["sync", "--table", "orders", ""], "pattern", undefined],
    [["schedule", "set", "often", "--source", ""], "source", undefined],
    [["schedule", "set", "often", "--source", "shop", "--table", "a", ""], "pattern", "shop"],
    [["schedule", "pause", ""], "schedule", undefined],
    [["table", "show", ""], "table", undefined],
    [["maintain", "shop.orders", ""], "table", undefined],
    [["maintain", "--exclude", ""], "pattern", undefined],
    [["run", "show", ""], "run", undefined],
    [["run", "list", ""], "source", undefined],
    [["table", "list", ""], "database", undefined],
    [["tag", "remove", ""], "tag-key", undefined],
    [["tag", "expression", "remove", ""], "expression", undefined],
    [["user", "set", ""], "user", undefined],
    [["key", "revoke", ""], "key", undefined],
  ])("names: %j", (words, of, source) => expect(at(...words)).toEqual({ kind: "names", of, source }));

  test.each([[["apply", ""]], [["sql", "--file", ""]], [["source", "add", "a", "b", "--password-file", ""]]])(
    "files: %j",
    (words) => expect(at(...words)).toEqual({ kind: "files" }),
  );

  test("nothing after the last argument, nor after a word that is no command", () => {
    expect(wordsAt("source", "show", "shop", "")).toEqual([]);
    expect(wordsAt("nonsense", "")).toEqual([]);
    expect(wordsAt("table", "nonsense", "")).toEqual([]);
  });

  test("the flags that say which Headgate is asked", () => {
    const { options } = expectedAt(program, ["sync", "--data", "/elsewhere", "--full", ""]);
    expect(options).toEqual({ data: "/elsewhere" });
  });
});
