/**
 * How readily a process makes way for others (nice(2)), for all of its threads. Anyone may let a process make way; only some may take that
 * back. Where the system has no `/proc`, nothing is changed.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";

/** For statements that work for longer: small ones are answered meanwhile as if nothing else ran. */
export const patient = 10;
export const usual = 0;

/** False where it could not be changed. */
export function setNiceness(pid: number, niceness: number): boolean {
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), niceness);
  } catch {
    return false;
  }
  setGroupNiceness(pid, niceness);
  return true;
}

/** A kernel that groups processes by session weighs the groups first, and their processes only within (sched(7), "autogroup"). */
function setGroupNiceness(pid: number, niceness: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
  } catch {
    // There are no groups.
  }
}
