/**
 * Which of two places in the server's log is the later one. Within one life of the server everything that is compared here only grows:
 * the place in the log, the counters of writes, the numbers of connections. Where they contradict each other the log began anew under
 * the same names, and nothing is claimed. Nor is anything claimed where the log was off, where the place of a snapshot could only be
 * guessed, or where the server was started in between.
 */
import type { Position, PositionOrder } from "../../sync/source.ts";
import type { MariadbPosition } from "./position.ts";

export function comparePositions(leftText: Position, rightText: Position): PositionOrder {
  const [left, right] = [parsePosition(leftText), parsePosition(rightText)];
  if (!isOneLife(left, right) || left.isExact !== true || right.isExact !== true) return "unknown";
  const [before, after] = [isAtMost(left, right), isAtMost(right, left)];
  // A log that does not tell of every write stays where it is while others write.
  if (before && after) return left.provable && right.provable && left.gtid === right.gtid ? "same" : "unknown";
  if (before) return left.connectionId <= right.connectionId ? "before" : "unknown";
  return after && right.connectionId <= left.connectionId ? "after" : "unknown";
}

function parsePosition(text: Position): MariadbPosition {
  return JSON.parse(text) as MariadbPosition;
}

/** A server that does not say when it was started could have been started in between. */
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

/** Whether nothing of `left` is later than in `right`. */
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

/** `binlog.000042` is the 42nd file of the log `binlog`. */
function logFile(name: string | undefined): { readonly base: string; readonly number: number } | undefined {
  const [, base, number] = /^(.*)\.(\d+)$/s.exec(name ?? "") ?? [];
  return base === undefined || number === undefined ? undefined : { base, number: Number(number) };
}

/** MariaDB counts in each replication domain: `0-1-100,7-1-3`. MySQL writes sets, which the place in the log stands for as well. */
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
