/**
 * Looks at the server's processes several times per second and records their number and size. It remembers every
 * process it saw, so that leftovers are found. It also protects the machine: a process of the server that grows beyond
 * all bounds is reported and killed.
 */
import { readProc, seeProcess, treeOf, type SeenProcess } from "../world/process-tree.ts";

export interface Watch extends Disposable {
  /** The processes that run statements and loads: all descendants of the server except its metadata database. */
  engines(): readonly SeenProcess[];
  /** Processes that are or were descendants of the server, and still run. */
  remaining(): readonly SeenProcess[];
  readonly peaks: Peaks;
}

export interface Peaks {
  serverMB: number;
  engines: number;
  /** Memory of the largest process. */
  engineMB: number;
  /** Memory of all processes together. */
  enginesMB: number;
}

interface WatchParts {
  readonly serverPid: number;
  /** The most memory that an engine may use. */
  readonly mostEngineMB: number;
  complain(what: string): void;
}

const sampleMs = 200;
/** Memory to leave for everybody else on the machine. */
const leastFreeMB = 1_500;

export function openWatch({ serverPid, mostEngineMB, complain }: WatchParts): Watch {
  const seen = new Map<string, SeenProcess>();
  const peaks: Peaks = { serverMB: 0, engines: 0, engineMB: 0, enginesMB: 0 };
  const engines = (): readonly SeenProcess[] => treeOf(serverPid).slice(1).filter(isEngine);
  const guard = (tree: readonly SeenProcess[]): void => {
    const [largest] = tree.toSorted((left, right) => right.residentMB - left.residentMB);
    if (largest === undefined) return;
    const isTooLarge = largest.residentMB > mostEngineMB;
    if (!isTooLarge && freeMB() > leastFreeMB) return;
    complain(
      `a process of an engine had ${Math.round(largest.residentMB)} MB, the machine ${Math.round(freeMB())} MB left; it was killed`,
    );
    killSame(largest);
  };
  const sample = (): void => {
    const tree = treeOf(serverPid);
    for (const process of tree) seen.set(identity(process), process);
    const own = tree.slice(1).filter(isEngine);
    peaks.serverMB = Math.max(peaks.serverMB, tree[0]?.residentMB ?? 0);
    peaks.engines = Math.max(peaks.engines, own.length);
    peaks.engineMB = Math.max(peaks.engineMB, ...own.map(({ residentMB }) => residentMB));
    peaks.enginesMB = Math.max(
      peaks.enginesMB,
      own.reduce((sum, { residentMB }) => sum + residentMB, 0),
    );
    guard(own);
  };
  const timer = setInterval(sample, sampleMs);
  return {
    engines,
    remaining: () => [...seen.values()].filter(isSameStill),
    peaks,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/**
 * The metadata database is a descendant of the server too. Node.js names its main thread after itself, not after the
 * program.
 */
function isEngine({ name }: SeenProcess): boolean {
  return name !== "postgres";
}

function identity({ pid, startedAt }: SeenProcess): string {
  return `${pid} ${startedAt}`;
}

function isSameStill(process: SeenProcess): boolean {
  const now = seeProcess(process.pid);
  return now !== undefined && identity(now) === identity(process);
}

/** Kills the process unless its id now belongs to another one. */
export function killSame(victim: SeenProcess): void {
  if (!isSameStill(victim)) return;
  try {
    process.kill(victim.pid, "SIGKILL");
  } catch {
    // It ended by itself just now.
  }
}

function freeMB(): number {
  const [, kilobytes] = /^MemAvailable:\s+(\d+)/m.exec(readProc("/proc/meminfo") ?? "") ?? [];
  return kilobytes === undefined ? Number.POSITIVE_INFINITY : Number(kilobytes) / 1024;
}
