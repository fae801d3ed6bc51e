/**
 * Explains an engine's failure in terms of the query: the table that a file belongs to, or the line and column of the
 * text. The engine's own message may be shown, because a statement is evaluated only for rows and values that the reader
 * may see (`secured-rows.ts`).
 */
import { tableLabel } from "../catalog/table-name.ts";
import { wordsOf } from "../base/present-error.ts";
import { HeadgateError } from "../errors.ts";
import { inPlainWords } from "./engine-words.ts";
import type { ExactNames } from "./exact-names.ts";
import { pathsOf, type SecuredTable } from "./secured-view.ts";

interface FailingQuery {
  /** The text that ran. */
  readonly sql: string;
  readonly tables: readonly SecuredTable[];
  /** Whether nothing is hidden from the reader, not even what is behind views. */
  readonly seesAll?: boolean | undefined;
  /** Set when columns differ only in case. */
  readonly names?: ExactNames | undefined;
}

/**
 * Rethrows a failure, adding the place to failures of the engine. `shift`: number of lines placed before the text of
 * the statement.
 */
export function explainFailure(query: FailingQuery, { shift = 0 } = {}): (failure: unknown) => never {
  const { tables, names, seesAll } = query;
  const view = seesAll === true ? undefined : tables.find(({ table }) => table.view !== undefined);
  return (failure) => {
    if (!(failure instanceof HeadgateError)) throw failure;
    const hidden = view && behindView(failure, { sql: query.sql, label: tableLabel(view.table) });
    if (hidden !== undefined) throw hidden;
    if (failure.code === "DATA_FILE_MISSING" || failure.code === "DATA_FILE_CORRUPT") throw ofFile(failure, tables);
    if (failure.code === "SQL_INVALID" || failure.code === "SQL_FAILED")
      throw reworded(ofText(names === undefined ? told(failure) : withoutMarks(told(failure), names), shift));
    throw failure;
  };
}

/**
 * A failure of a statement that reads a view, if the engine's words may tell what the view is made of: its text is
 * evaluated for rows that the reader may not see. Undefined if they are about the reader's own text.
 */
function behindView(
  failure: HeadgateError,
  { sql, label }: { readonly sql: string; readonly label: string },
): HeadgateError | undefined {
  const { code } = failure;
  if (code === "SQL_INVALID" && !isOfText(failure, sql)) return textOfViewFails(label, failure);
  if (!unsaid.has(code)) return undefined;
  return new HeadgateError(code, {
    place: label,
    message: `the statement failed while it was run; the engine's words are not shown, because ${label} is a view and they may quote what it hides`,
    remedy: "look for a value that the statement cannot convert or compute, or ask the owner of the view",
    cause: failure,
  });
}

const unsaid: ReadonlySet<string> = new Set([
  "SQL_FAILED",
  "DATA_FILE_MISSING",
  "DATA_FILE_CORRUPT",
  "COLUMN_UNREADABLE",
]);

/** Whether the line that the engine quotes stands in the text. */
function isOfText({ message }: HeadgateError, sql: string): boolean {
  const [, quoted] = /\nLINE \d+: (.*)\n *\^\s*$/.exec(message) ?? [];
  const line = quoted?.replace(/^\.\.\./, "").replace(/\.\.\.$/, "");
  return line !== undefined && line.trim() !== "" && sql.includes(line);
}

export function textOfViewFails(label: string, cause: unknown): HeadgateError {
  return new HeadgateError("VIEW_BROKEN", {
    place: label,
    message: `the statement that ${label} stands for no longer fits the tables that it reads`,
    cause,
  });
}

/** Only messages about the text are known in their forms; others may quote values. */
function reworded(failure: HeadgateError): HeadgateError {
  const { code, place } = failure;
  return code === "SQL_INVALID"
    ? new HeadgateError(code, { place, ...inPlainWords(failure.message), cause: failure })
    : failure;
}

/** The batches, whose failures go to `failing`. */
export async function* guarded<T>(batches: AsyncIterable<T>, failing: (failure: unknown) => never): AsyncGenerator<T> {
  try {
    yield* batches;
  } catch (failure) {
    failing(failure);
  }
}

function told(failure: HeadgateError): HeadgateError {
  const { code, place } = failure;
  return new HeadgateError(code, { place, message: wordsOf(failure), cause: failure });
}

function mentions({ message, place }: HeadgateError, path: string): boolean {
  return place === path || message.includes(path);
}

/** Names the table and the file, or the table alone to somebody who may read only a part of it. */
function ofFile(failure: HeadgateError, tables: readonly SecuredTable[]): HeadgateError {
  const { code } = failure;
  const files = tables.flatMap(({ table, plan }) => plan.files.flatMap(pathsOf).map((path) => ({ table, path })));
  const found = files.find(({ path }) => mentions(failure, path));
  const isHidden = (found === undefined ? tables.map(({ table }) => table) : [found.table]).some(({ rules }) => rules);
  if (found === undefined) return isHidden ? new HeadgateError(code, { cause: failure }) : failure;
  const label = tableLabel(found.table);
  const verb = code === "DATA_FILE_MISSING" ? "is missing" : "is damaged";
  return new HeadgateError(code, {
    place: isHidden ? label : `${label}: ${found.path}`,
    message: `a data file of ${label} ${verb}`,
    cause: failure,
  });
}

/** Moves the caret back by the width of the marks before it. */
function withoutMarks(failure: HeadgateError, names: ExactNames): HeadgateError {
  const message = failure.message.replace(/(\nLINE \d+: .*\n)( *)\^/, (_all, line: string, caret: string) => {
    const before = line.slice(1, caret.length + 1);
    return `${line}${" ".repeat(Math.max(0, caret.length - (before.length - names.text(before).length)))}^`;
  });
  return new HeadgateError(failure.code, { place: failure.place, message: names.text(message), cause: failure });
}

/**
 * DuckDB ends its messages with `LINE 2: …text…` and a caret below; an elided line gives no column. Anything before
 * that may quote what a person wrote, even a hundred thousand line ends, so only the end is matched.
 */
function ofText(failure: HeadgateError, shift: number): HeadgateError {
  const end = failure.message.lastIndexOf("\nLINE ");
  const [, line, quoted, caret] =
    /^\nLINE (\d+): (.*)\n( *)\^\s*$/.exec(end < 0 ? "" : failure.message.slice(end)) ?? [];
  if (line === undefined) return failure;
  const column = (caret?.length ?? 0) - `LINE ${line}: `.length + 1;
  const where = quoted?.startsWith("...") === true ? "" : `, column ${column}`;
  return new HeadgateError(failure.code, {
    place: `line ${Number(line) - shift}${where}`,
    message: failure.message.slice(0, end).trim(),
    cause: failure,
  });
}
