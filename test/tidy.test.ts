/** The repository's own rules, those no tool knows. Each failure says why the rule exists. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { errorCodes } from "../src/errors.ts";

const sources = filesBelow("src").filter((file) => file.endsWith(".ts"));
const product = sources.filter((file) => !file.endsWith(".test.ts"));
const everything = ["src", "test", "scripts", "bench"]
  .flatMap(filesBelow)
  .filter((file) => file.endsWith(".ts") && file !== "test/tidy.test.ts");

const lineLimit = 600;
const openingLines = 12;

/** A principal's kind or role, taken by a dot or by taking it apart. */
const readsStanding =
  /[pP]rincipal(\([^)]*\))?\??\.(kind|role)\b|\{[^{}]*\b(kind|role)\b[^{}]*\}\s*(:\s*Principal\b|=[^=;]*[pP]rincipal\b)/;

describe("tidy", () => {
  test.each(product)("%s says in its first lines what it is", (file) => {
    const opening = read(file).split("\n").slice(0, openingLines).join("\n");
    expect(opening, "a file whose purpose is not written down is understood by its author only").toMatch(
      /\/\*\*|^\/\/ /m,
    );
  });

  test("no file grows past reading", () => {
    const long = everything.filter((file) => read(file).split("\n").length > lineLimit);
    expect(long, `files over ${lineLimit} lines hide more than one idea`).toEqual([]);
  });

  test.each([
    [/"picocolors"/, ["src/cli/output/terminal.ts"], "its own colours look at the environment, not at where text goes"],
    [/process\.env/, ["src/config.ts"], "settings are declared once, in config.ts"],
    [/\bconsole\./, [], "output goes through cli/output or the log, so that --json stays clean"],
    [/\bselect \*/, ["src/doors/http/page.ts"], "a new column must not change what running code reads"],
    [/export default/, [], "named exports are found by their name"],
    [/\bawait using \w/, [], "Node 22 does not parse it; see base/cleanup.ts"],
    [/TODO|FIXME|XXX/, [], "what is not done is said in an issue"],
  ])("%s is kept out of the product", (banned, allowed: string[], reason) => {
    const found = product.filter((file) => !allowed.includes(file) && banned.test(withoutComments(read(file))));
    expect(found, reason).toEqual([]);
  });

  test("only governance and identity look at what somebody is", () => {
    const found = product
      .filter((file) => !/^src\/(governance|identity)\//.test(file))
      .filter((file) => readsStanding.test(withoutComments(read(file))));
    expect(found, "a decision beside decide() is one that nobody finds, and that grants do not change").toEqual([]);
  });

  test.each([
    'if (call.principal.kind === "local") return;',
    "const { id, role } = principal;",
    "function asker({ kind, id }: Principal): Asker {",
    "const { role } = authentication.principal(request);",
  ])("it would be seen: %s", (text) => expect(text).toMatch(readsStanding));

  test("there is no utils, helpers, common or index", () => {
    const bad = everything.filter((file) => /(^|\/)(utils?|helpers?|common|index)(\.ts|\/)/.test(file));
    expect(bad, "a name that fits anything tells nothing").toEqual([]);
  });

  test("every file that a document names is there", () => {
    const documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", ...filesBelow("docs")];
    const named = documents
      .filter((file) => file.endsWith(".md"))
      .flatMap((file) => [...read(file).matchAll(/`((?:src|test|scripts|bench|docs)\/[\w./-]+\.\w+)`/g)])
      .map(([, path = ""]) => path);
    expect(named.length).toBeGreaterThan(50);
    expect(
      named.filter((path) => statSync(path, { throwIfNoEntry: false }) === undefined),
      "a document that leads nowhere is worse than none",
    ).toEqual([]);
  });

  test("every error code is used", () => {
    const text = product
      .filter((file) => file !== "src/errors.ts")
      .map(read)
      .join("\n");
    const unused = Object.keys(errorCodes).filter((code) => !text.includes(`"${code}"`));
    expect(unused, "a code nobody throws is a promise nobody keeps").toEqual([]);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
