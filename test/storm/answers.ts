/**
 * Decides which answers of the server are acceptable in a storm, besides the right one. A statement may lose its
 * engine, because the storm kills engines, or be told to wait. Nothing may fail inside Headgate, and every answer must
 * be complete.
 */
import { errorCodes, type ErrorCode } from "../../src/errors.ts";
import type { Answer } from "./asking.ts";
import { said, type Storm } from "./storm-world.ts";

/** Too many requests at once, or a full server: 429, 503, 504. */
const busyStatuses: ReadonlySet<number> = new Set([429, 503, 504]);

export function isBusy(outcome: string): boolean {
  return outcome in errorCodes && busyStatuses.has(errorCodes[outcome as ErrorCode].status);
}

interface Judged {
  readonly who: string;
  readonly what: string;
  /** Codes that this actor must expect, in addition to those of everybody. */
  readonly allowed?: readonly string[] | undefined;
}

/** The processes that run statements are killed at random. */
const everybodys = ["ok", "ENGINE_LOST"];

/**
 * Counts the outcome, and complains about an unacceptable one. After the end of the storm everybody disconnects anyway.
 */
export function judgeAnswer(storm: Storm, answer: Answer, { who, what, allowed = [] }: Judged): void {
  if (storm.isOver()) return;
  storm.count(who, answer.outcome);
  if ([...everybodys, ...allowed].includes(answer.outcome) || isBusy(answer.outcome)) return;
  storm.complain(`${who}: ${said(answer)}; asked: ${what.slice(0, 300)}`);
}
