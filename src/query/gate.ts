/**
 * The gate: every statement from outside must pass it before anything runs. It reads DuckDB's own syntax tree of the
 * text and accepts exactly one SELECT made of allowed syntax and functions, and names the tables that it refers to. It
 * does not know which tables exist or who may read them.
 * Invariant: it fails closed. Anything unknown (a node, a function, a tree of another shape) is refused.
 */
import { parseJson } from "../base/json.ts";
import type { HeadgateError } from "../errors.ts";
import { inPlainWords } from "./engine-words.ts";
import { longestName } from "./longest-name.ts";
import { invalid, notAllowed } from "./sql-refusal.ts";
import { describePosition, offsetOfCodePoint, tokens } from "./sql-text.ts";
import { withoutStarQualifiers } from "./star-qualifiers.ts";
import { walkStatement, type GatedTree } from "./statement-walk.ts";
import { asNode, nodeOf, nodesOf, textOf, type TreeNode } from "./syntax-tree.ts";

/**
 * Serialises the text with DuckDB's `json_serialize_sql(…, skip_null, skip_empty, skip_default)` and returns the JSON
 * text.
 */
export type SerializeSql = (sql: string) => Promise<string>;

/** A statement that may run, once its tables have been resolved and secured. */
export interface GatedStatement extends GatedTree {
  readonly sql: string;
}

/** The statement that makes DuckDB serialise a text; its one parameter is the text. */
export const serializeStatement =
  "select json_serialize_sql($1::varchar, skip_null := true, skip_empty := true, skip_default := true)";

const longestText = 200_000;

/**
 * Statements that passed recently, the latest at the end. The result depends on the text alone, so a text that passed
 * once passes again.
 */
const passed = new Map<string, GatedStatement>();
/** Characters of all cached texts together; a tree takes about fifty times the memory of its text. */
const mostKept = 300_000;
let kept = 0;

/** Throws SQL_INVALID with the position, or SQL_NOT_ALLOWED with the name of what is not allowed. */
export async function gate(given: string, serialize: SerializeSql): Promise<GatedStatement> {
  const sql = given.length > longestText ? given : withoutStarQualifiers(given);
  const statement = passed.get(sql) ?? (await readStatement(sql, serialize));
  keep(statement);
  return statement;
}

function keep(statement: GatedStatement): void {
  if (!passed.delete(statement.sql)) kept += statement.sql.length;
  passed.set(statement.sql, statement);
  for (const [sql] of passed) {
    if (kept <= mostKept) return;
    passed.delete(sql);
    kept -= sql.length;
  }
}

async function readStatement(sql: string, serialize: SerializeSql): Promise<GatedStatement> {
  checkText(sql);
  const json = await serialize(sql);
  try {
    return { sql, ...walkStatement(sql, onlyStatement(sql, readTree(json))) };
  } catch (failure) {
    if (failure instanceof RangeError) throw notAllowed("a statement nested this deeply");
    throw failure;
  }
}

function checkText(sql: string): void {
  if (sql.length > longestText)
    throw notAllowed(`a statement longer than ${longestText.toLocaleString("en")} characters`);
  // DuckDB reads the text only up to a NUL character, but the text that is checked must be the text that runs.
  if (sql.includes("\0"))
    throw invalid("the statement contains a NUL character", describePosition(sql, sql.indexOf("\0")));
  if (!sql.isWellFormed()) throw invalid("the statement contains half of a surrogate pair");
}

function readTree(json: string): TreeNode {
  try {
    const tree = asNode(parseJson(json));
    if (tree !== undefined) return tree;
  } catch (cause) {
    // `1e400` is serialised as Infinity, which is not valid JSON.
    if (cause instanceof SyntaxError) throw invalid("the statement holds a number that is out of range");
    throw cause;
  }
  throw notAllowed("a statement of unknown form");
}

function onlyStatement(sql: string, tree: TreeNode): TreeNode {
  if (tree["error"] !== false) throw refusal(sql, tree);
  const statements = nodesOf(tree, "statements");
  const [first] = statements;
  if (first === undefined) throw invalid("the text has no statement");
  if (statements.length > 1) throw notAllowed("more than one statement");
  if (nodesOf(first, "named_param_map").length > 0)
    throw notAllowed("a parameter (? or $name)", undefined, "write its value");
  const node = nodeOf(first, "node");
  if (node === undefined) throw notAllowed("a statement of unknown form");
  return node;
}

function refusal(sql: string, tree: TreeNode): HeadgateError {
  const message = textOf(tree, "error_message") ?? "the statement cannot be parsed";
  if (textOf(tree, "error_type") === "parser") return parseError(sql, { message, position: textOf(tree, "position") });
  const [what, remedy] = namedStatement(sql);
  return notAllowed(what, undefined, remedy);
}

function parseError(
  sql: string,
  { message, position }: { message: string; position: string | undefined },
): HeadgateError {
  if (message.startsWith("A CTE needs")) return notAllowed("a WITH clause that changes data");
  if (message.startsWith("NameListToString")) return longName(sql);
  const place = position === undefined ? undefined : describePosition(sql, offsetOfCodePoint(sql, Number(position)));
  const words = inPlainWords(message);
  return invalid(words.message, place, words.remedy);
}

/** The parser does not say where a name of more than three parts is. */
function longName(sql: string): HeadgateError {
  const name = longestName(sql);
  return invalid(
    `${name.text.length > 200 ? "a name" : name.text} has ${name.parts} parts, and the name of a table has three at most`,
    describePosition(sql, name.start),
    "write table, database.table or account.database.table; put a name that contains a dot in double quotes",
  );
}

/** The serialiser only reports that something is not a SELECT; this says what it is, and perhaps what to do. */
function namedStatement(sql: string): readonly [what: string, remedy?: string] {
  for (const { kind, text } of tokens(sql)) {
    if (kind === "space" || text === "(" || text === ";") continue;
    const word = text.toUpperCase();
    if (word === "PIVOT") return ["PIVOT without a list of values", "write ON column IN (…)"];
    if (word === "EXPLAIN") return ["EXPLAIN inside the statement", "ask for the plan with --explain"];
    return ["SELECT", "WITH", "FROM", "VALUES", "TABLE"].includes(word)
      ? ["anything but SELECT, or PIVOT without IN (…),"]
      : [word];
  }
  return ["this statement"];
}
