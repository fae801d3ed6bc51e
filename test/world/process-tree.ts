/**
 * The processes of this machine as Linux shows them in /proc: who descends from whom, and what each has used. A process id is used
 * again after a while; the id together with the moment of the start is not.
 */
import { readdirSync, readFileSync } from "node:fs";

export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  /** The name of its program, cut off after fifteen characters. */
  readonly name: string;
  /** Tells it apart from a later process with the same id. */
  readonly startedAt: string;
  /** Seconds of a processor that it has used itself. */
  readonly cpuSeconds: number;
  /** The time that its children had used, and theirs, when they ended and it took note. */
  readonly endedCpuSeconds: number;
  readonly residentMB: number;
}

/** Both are the same on every Linux that Node runs on, but for page sizes of some ARM machines. */
const [ticksPerSecond, pageBytes] = [100, 4096];

/** The process and all that descend from it, itself first. Empty when it has ended. */
export function treeOf(root: number): readonly SeenProcess[] {
  const all = allProcesses();
  const first = all.find(({ pid }) => pid === root);
  const children = Map.groupBy(all, ({ parent }) => parent);
  const tree = first === undefined ? [] : [first];
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** The time that the whole tree has used since it began. It never falls while the root lives: who ends is in the account of its parent. */
export function treeCpuSeconds(root: number): number {
  return treeOf(root).reduce((sum, { cpuSeconds, endedCpuSeconds }) => sum + cpuSeconds + endedCpuSeconds, 0);
}

export function allProcesses(): readonly SeenProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => seeProcess(Number(name)) ?? []);
}

/** Undefined when there is no such process. */
export function seeProcess(pid: number): SeenProcess | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name stands in parentheses and may hold any character.
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

/** Undefined when the process has ended. */
export function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
