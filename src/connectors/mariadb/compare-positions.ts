/**
 * Tells which of two positions in the server's log is later. While a server runs, everything compared here only grows:
 * the log position, the write counters, the connection ids. If they contradict each other, the log was started again
 * under the same names, and the result is `unknown`. It is also `unknown` if the log was off, if a snapshot's position
 * could only be guessed, or if the server was restarted in between.
 */
import type { Position, PositionOrder } from "../../sync/source.ts";
import type { MariadbPosition } from "./position.ts";

export function comparePositions(leftText: Position, rightText: Position): PositionOrder {
  const [left, right] = [parsePosition(leftText), parsePosition(rightText)];
  if (!isOneLife(left, right) || left.isExact !== true || right.isExact !== true) return "unknown";
  const [before, after] = [isAtMost(left, right), isAtMost(right, left)];
  // If the log does not record every write, its position stays the same while others write.
  if (before && after) return left.provable && right.provable && left.gtid === right.gtid ? "same" : "unknown";
  if (before) return left.connectionId <= right.connectionId ? "before" : "unknown";
  return after && right.connectionId <= left.connectionId ? "after" : "unknown";
}

function parsePosition(text: Position): MariadbPosition {
  return JSON.parse(text) as MariadbPosition;
}

/** A server that does not tell its start time could have been restarted in between. */
function isOneLife(left: MariadbPosition, right: MariadbPosition): boolean {
  return (
    left.isSure &&
    right.isSure &&
    left.product === right.product &&
    left.identity === right.identity &&
    left.uid === right.uid &&
    left.writes.length === right.writes.length
  );
}

/** Whether no part of `left` is later than in `right`. */
function isAtMost(left: MariadbPosition, right: MariadbPosition): boolean {
  return (
    isPlaceAtMost(left, right) &&
    left.writes.every((count, index) => Number(count) <= Number(right.writes[index])) &&
    isGtidAtMost(left.gtid, right.gtid)
  );
}

function isPlaceAtMost(left: MariadbPosition, right: MariadbPosition): boolean {
  const [one, other] = [logFile(left.file), logFile(right.file)];
  if (one === undefined || other === undefined || one.base !== other.base) return false;
  if (left.offset === undefined || right.offset === undefined) return false;
  return one.number < other.number || (one.number === other.number && left.offset <= right.offset);
}

/** `binlog.000042` is file 42 of the log `binlog`. */
function logFile(name: string | undefined): { readonly base: string; readonly number: number } | undefined {
  const [, base, number] = /^(.*)\.(\d+)$/s.exec(name ?? "") ?? [];
  return base === undefined || number === undefined ? undefined : { base, number: Number(number) };
}

/**
 * MariaDB counts per replication domain: `0-1-100,7-1-3`. MySQL writes sets, which need no comparison because the log
 * position covers them.
 */
function isGtidAtMost(left: string | undefined, right: string | undefined): boolean {
  const [one, other] = [domains(left), domains(right)];
  if (one === undefined || other === undefined) return true;
  return [...one].every(([domain, sequence]) => sequence <= (other.get(domain) ?? -1n));
}

function domains(gtid: string | undefined): ReadonlyMap<string, bigint> | undefined {
  const parts = (gtid ?? "").split(",").map((part) => /^(\d+)-\d+-(\d+)$/.exec(part.trim()));
  if (parts.some((part) => part === null)) return undefined;
  return new Map(parts.map((part) => [part?.[1] ?? "", BigInt(part?.[2] ?? 0)]));
}
