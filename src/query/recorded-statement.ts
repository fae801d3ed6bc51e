/**
 * The text of a statement for the audit log: its constants are replaced by `?`, and comments are left out, because
 * people write passwords and values of rows into them. Many also put texts into double quotes, which the engine takes
 * for names: such a name is replaced, too, unless it is one of the tables that are read, or stands where only a name can.
 * Invariant: this works on the text alone, so that it also holds for texts that nobody can parse.
 */
import { foldName } from "./fold-name.ts";
import { lexical } from "./sql-text.ts";

const token = new RegExp(
  [
    String.raw`(?<comment>--[^\n\r]*|/\*)`,
    `(?<quoted>${lexical.quoted})`,
    `(?<name>(?![eE]')${lexical.word})`,
    `(?<constant>${lexical.escaped}|${lexical.plain}|${lexical.dollarQuoted}|${lexical.number})`,
    `(?<open>['"]|${lexical.dollarQuote})`,
  ].join("|"),
  "gu",
);

/** A table that the statement reads, with the columns that its reader may know. */
export interface NamesOfTable {
  readonly account?: string | undefined;
  readonly database: string;
  readonly name: string;
  readonly columns?: readonly { readonly name: string }[] | undefined;
}

/** The name of the command alone, if the text is not a SELECT. */
export function recordedStatement(sql: string, tables: readonly NamesOfTable[] = []): string {
  const text = withoutConstants(sql, nameTest(sql, tables));
  return /^[\s(]*(?:select|with|from|values|table|describe|summarize|show|pivot|unpivot)\b/iu.test(text)
    ? text
    : recordedCommand(text);
}

/** For a text that cannot be parsed, in which anything may be a secret. */
export function recordedCommand(sql: string): string {
  const [word = ""] = /[a-z]+/iu.exec(sql) ?? [];
  return commands.has(word.toLowerCase()) ? `${word} …` : "…";
}

const commands: ReadonlySet<string> = new Set(
  (
    "select with from values table describe summarize show pivot unpivot explain create drop alter insert update " +
    "delete merge truncate attach detach copy export import install load set reset pragma call use execute prepare " +
    "begin commit rollback checkpoint vacuum analyze grant revoke comment"
  ).split(" "),
);

/** Whether the name in double quotes from `start` to `end` is one, and not a text. */
type NameTest = (quoted: string, start: number, end: number) => boolean;

/** A name that the statement itself gives is one wherever it stands afterwards. */
function nameTest(sql: string, tables: readonly NamesOfTable[]): NameTest {
  if (!sql.includes('"')) return () => true;
  const parts = tables.flatMap(({ account = "", database, name, columns = [] }) => [
    account,
    database,
    ...name.split("."),
    ...columns.map((column) => column.name),
  ]);
  const names = new Set(parts.map(foldName));
  return (quoted, start, end) => {
    const name = foldName(quoted.slice(1, -1).replaceAll('""', '"'));
    if (!names.has(name) && !standsForName(sql, start, end)) return false;
    names.add(name);
    return true;
  };
}

const longestGap = 200;

function standsForName(sql: string, start: number, end: number): boolean {
  const before = sql.slice(Math.max(0, start - longestGap), start);
  const after = sql.slice(end, end + longestGap);
  return (
    /(?:\.|(?<![\p{L}\p{N}_$])(?:as|from|join|table|describe|summarize|pivot|unpivot|with|recursive))\s*$/iu.test(
      before,
    ) || /^\s*\./u.test(after)
  );
}

function withoutConstants(sql: string, isName: NameTest): string {
  let [text, at] = ["", 0];
  token.lastIndex = 0;
  for (let found = token.exec(sql); found !== null; found = token.exec(sql)) {
    const { comment, name, quoted, open } = found.groups ?? {};
    if (name !== undefined) continue;
    if (quoted !== undefined && isName(quoted, found.index, token.lastIndex)) continue;
    text += sql.slice(at, found.index);
    // A quote that is never closed: the rest of the text is its contents.
    if (open !== undefined) return `${text}…`;
    at = comment === "/*" ? endOfComment(sql, found.index) : token.lastIndex;
    token.lastIndex = at;
    text += comment === undefined ? "?" : " ";
  }
  return text + sql.slice(at);
}

/** Block comments nest. */
function endOfComment(sql: string, start: number): number {
  const mark = /\/\*|\*\//gu;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}
