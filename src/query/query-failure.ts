/**
 * Explains an engine's failure in terms of the query: the table that a file belongs to, or the line and column of the
 * text.
 */
import { tableLabel } from "../catalog/table-name.ts";
import { wordsOf } from "../base/present-error.ts";
import { HeadgateError } from "../errors.ts";
import type { ExactNames } from "./exact-names.ts";
import type { SecuredTable } from "./secured-view.ts";

interface FailingQuery {
  readonly tables: readonly SecuredTable[];
  /** Set when columns differ only in case. */
  readonly names?: ExactNames | undefined;
}

/**
 * Rethrows a failure, adding the place to failures of the engine. `shift`: number of lines placed before the text of
 * the statement.
 */
export function explainFailure({ tables, names }: FailingQuery, { shift = 0 } = {}): (failure: unknown) => never {
  return (failure) => {
    if (!(failure instanceof HeadgateError)) throw failure;
    const owner = tables.find(({ plan }) => plan.files.some(({ path }) => mentions(failure, path)));
    if (failure.code === "DATA_FILE_MISSING" || failure.code === "DATA_FILE_CORRUPT") throw ofFile(failure, owner);
    if (failure.code === "SQL_INVALID" || failure.code === "SQL_FAILED")
      throw ofText(names === undefined ? told(failure) : withoutMarks(told(failure), names), shift);
    throw failure;
  };
}

/** The caller may read the rows, so the engine's own message may be shown. */
function told(failure: HeadgateError): HeadgateError {
  const { code, place } = failure;
  return new HeadgateError(code, { place, message: wordsOf(failure), cause: failure });
}

type Owner = SecuredTable | undefined;

function mentions({ message, place }: HeadgateError, path: string): boolean {
  return place === path || message.includes(path);
}

function ofFile(failure: HeadgateError, owner: Owner): HeadgateError {
  if (owner === undefined) return failure;
  const path = owner.plan.files.find((file) => mentions(failure, file.path))?.path ?? "";
  const table = tableLabel(owner.table);
  const verb = failure.code === "DATA_FILE_MISSING" ? "is missing" : "is damaged";
  return new HeadgateError(failure.code, {
    place: `${table}: ${path}`,
    message: `a data file of ${table} ${verb}`,
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
