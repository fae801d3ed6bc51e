/**
 * Errors as people see them: code, message, place and remedy, but never a stack or the text of a cause, which belong in
 * the log. Text that may quote values of rows is kept separate from the message; row-values.ts decides who sees it.
 */
import { HeadgateError, type ErrorCode } from "../errors.ts";

export interface PresentedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly place?: string | undefined;
  readonly remedy: string;
  /** The message including values of rows. */
  readonly quoted?: string | undefined;
}

export function presentError(failure: unknown): PresentedError {
  const { code, message, place, remedy, quoted } = toHeadgateError(failure);
  return { code, message, place, remedy, ...(quoted === undefined ? {} : { quoted }) };
}

/** The most detailed message known. Use it only for people who may read rows, or to search for words in it. */
export function wordsOf({ message, quoted }: HeadgateError): string {
  return quoted ?? message;
}

/**
 * Converts any failure to an operating error: a full disk or a missing right is recognised by its system code, and
 * anything else becomes INTERNAL.
 */
export function toHeadgateError(failure: unknown): HeadgateError {
  if (failure instanceof HeadgateError) return failure;
  const { code, path } = failure as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return new HeadgateError("DISK_FULL", { place: path, cause: failure });
  if (code === "EACCES" || code === "EROFS" || code === "EPERM")
    return new HeadgateError("DATA_DIRECTORY_UNWRITABLE", { place: path, cause: failure });
  if (failure instanceof Error && failure.name === "AbortError")
    return new HeadgateError("CANCELLED", { cause: failure });
  return new HeadgateError("INTERNAL", {
    quoted: failure instanceof Error ? failure.message : String(failure),
    cause: failure,
  });
}
