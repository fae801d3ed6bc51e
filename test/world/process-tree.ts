/**
 * The processes of this machine as Linux shows them in /proc: their parents, and the resources each has used. A process
 * id is reused after a while, but not together with the start time.
 */
import { readdirSync, readFileSync } from "node:fs";

export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  /** The name of its program, cut after fifteen characters. */
  readonly name: string;
  /** Distinguishes it from a later process with the same id. */
  readonly startedAt: string;
  /** Processor seconds that it has used itself. */
  readonly cpuSeconds: number;
  /** Processor seconds of its ended and awaited children and their descendants. */
  readonly endedCpuSeconds: number;
  readonly residentMB: number;
}

/** Both are the same on every Linux that Node runs on, except for page sizes of some ARM machines. */
const [ticksPerSecond, pageBytes] = [100, 4096];

/** The process and all its descendants, itself first. Empty if it has ended. */
export function treeOf(root: number): readonly SeenProcess[] {
  const all = allProcesses();
  const first = all.find(({ pid }) => pid === root);
  const children = Map.groupBy(all, ({ parent }) => parent);
  const tree = first === undefined ? [] : [first];
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/**
 * Processor time of the whole tree since it began. It never falls while the root lives, because ended processes are
 * counted in their parent's account.
 */
export function treeCpuSeconds(root: number): number {
  return treeOf(root).reduce((sum, { cpuSeconds, endedCpuSeconds }) => sum + cpuSeconds + endedCpuSeconds, 0);
}

export function allProcesses(): readonly SeenProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => seeProcess(Number(name)) ?? []);
}

/** Undefined if there is no such process. */
export function seeProcess(pid: number): SeenProcess | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name is in parentheses and may contain any character.
  const nameEnd = text.lastIndexOf(")");
  const fields = text.slice(nameEnd + 2).split(" ");
  const ticks = (first: number): number => (Number(fields[first]) + Number(fields[first + 1])) / ticksPerSecond;
  return {
    pid,
    parent: Number(fields[1]),
    name: text.slice(text.indexOf("(") + 1, nameEnd),
    startedAt: fields[19] ?? "",
    cpuSeconds: ticks(11),
    endedCpuSeconds: ticks(13),
    residentMB: (Number(fields[21]) * pageBytes) / 1024 / 1024,
  };
}

/** Undefined if the process has ended. */
export function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
