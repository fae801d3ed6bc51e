/**
 * Errors as they are told: code, message, place, remedy. Never a stack, never a cause's text: those are for the log. Words that may
 * quote values of rows are beside the message; row-values.ts says whom they reach.
 */
import { HeadgateError, type ErrorCode } from "../errors.ts";

export interface PresentedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly place?: string | undefined;
  readonly remedy: string;
  /** The message with values of rows in it. */
  readonly quoted?: string | undefined;
}

export function presentError(failure: unknown): PresentedError {
  const { code, message, place, remedy, quoted } = toHeadgateError(failure);
  return { code, message, place, remedy, ...(quoted === undefined ? {} : { quoted }) };
}

/** All that is known to have been said, for whoever may read rows and for what looks for words in it. */
export function wordsOf({ message, quoted }: HeadgateError): string {
  return quoted ?? message;
}

/** What is no operating error already becomes one: a full disk or a missing right by its system code, anything else INTERNAL. */
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
