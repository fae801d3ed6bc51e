/**
 * Watches the memory of processes and reports those that use too much. DuckDB's own limit covers only its buffers, but
 * not texts, lists and the states of aggregates, and one statement can ask for gigabytes. Without `/proc`, nothing is
 * watched.
 */
import { readFileSync } from "node:fs";

/** A process allocates about 3 GB per second at most, so it is noticed before it is far beyond its limit. */
const intervalMs = 50;

export interface Watched {
  readonly pid: number;
  readonly boundMb: number;
  readonly exceeded: () => void;
}

export interface MemoryWatch {
  /** Returns a function that ends the watching. */
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

/** Resident memory of a process; 0 if unknown. */
export function residentMb(pid: number): number {
  return statusMb(pid, "VmRSS");
}

/** Private memory that a process has reserved, used or not, which is what `ulimit -d` limits; 0 if unknown. */
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
