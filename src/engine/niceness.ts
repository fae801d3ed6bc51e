/**
 * How readily all threads of a process make way for others (nice(2)). Every user may make a process nicer, but only
 * some may undo that. On systems without `/proc`, nothing is changed.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";

/** For statements that work for longer, so that small ones are answered as if nothing else ran. */
export const patient = 10;
export const usual = 0;

/** Returns false if the niceness could not be changed. */
export function setNiceness(pid: number, niceness: number): boolean {
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), niceness);
  } catch {
    return false;
  }
  setGroupNiceness(pid, niceness);
  return true;
}

/**
 * A kernel that groups processes by session first weighs the groups, and then the processes within a group (sched(7),
 * "autogroup").
 */
function setGroupNiceness(pid: number, niceness: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
  } catch {
    // The kernel has no such groups.
  }
}
