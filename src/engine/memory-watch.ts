/**
 * Looks at the memory of processes and says which of them have too much. DuckDB's own limit covers its buffers only: texts, lists and
 * states of aggregates are not among them, and one statement can ask for gigabytes. On systems without `/proc` nothing is seen.
 */
import { readFileSync } from "node:fs";

/** A process takes some 3 GB a second at most, so it is seen before it has taken much more than its bound. */
const intervalMs = 50;

export interface Watched {
  readonly pid: number;
  readonly boundMb: number;
  readonly exceeded: () => void;
}

export interface MemoryWatch {
  /** Returns what ends it. */
  watch(process: Watched): () => void;
}

export function memoryWatch(): MemoryWatch {
  const watched = new Set<Watched>();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    for (const entry of watched) if (residentMb(entry.pid) > entry.boundMb) entry.exceeded();
  };
  return {
    watch(process) {
      watched.add(process);
      timer ??= setInterval(look, intervalMs).unref();
      return () => {
        watched.delete(process);
        if (watched.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

/** Memory of a process that is in use and its own; 0 where that is not known. */
export function residentMb(pid: number): number {
  return statusMb(pid, "VmRSS");
}

/** Private memory that a process has set aside, used or not, which is what `ulimit -d` bounds; 0 where that is not known. */
export function dataMb(pid: number): number {
  return statusMb(pid, "VmData");
}

function statusMb(pid: number, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
