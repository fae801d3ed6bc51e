/**
 * Runs a command and measures all of its processes: wall time, CPU seconds and peak memory of the whole tree. Memory is the sum
 * of proportional set sizes, sampled; CPU time of processes that ended is taken from their parents' accounts. Linux only.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMB: number;
  readonly output: string;
}

const sampleMs = 50;
const ticksPerSecond = 100;

/** Throws when the command fails. Its stdout is returned when `keepOutput`, else read and thrown away. */
export async function measure(
  words: readonly string[],
  options: { environment?: NodeJS.ProcessEnv; keepOutput?: boolean; cwd?: string } = {},
): Promise<Measured> {
  const [file = "", ...rest] = words;
  const started = performance.now();
  const child = spawn(file, rest, {
    env: { ...process.env, ...options.environment },
    cwd: options.cwd,
    stdio: ["ignore", options.keepOutput === true ? "pipe" : "ignore", "pipe"],
  });
  let output = "";
  let complaint = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint = (complaint + text).slice(-4_000)));
  const account = treeAccount(child.pid ?? 0);
  const timer = setInterval(account.sample, sampleMs);
  const status = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  clearInterval(timer);
  if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}:\n${complaint}`);
  return {
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: account.cpuSeconds(),
    peakMB: account.peakMB(),
    output,
  };
}

/** CPU time is kept per process id as last seen, so that a process that ended since stays counted. */
function treeAccount(root: number): { sample(): void; cpuSeconds(): number; peakMB(): number } {
  const cpu = new Map<number, number>();
  let peakKB = 0;
  return {
    sample() {
      let sumKB = 0;
      for (const pid of treeOf(root)) {
        sumKB += proportionalKB(pid);
        const ticks = cpuTicks(pid);
        if (ticks !== undefined) cpu.set(pid, ticks);
      }
      peakKB = Math.max(peakKB, sumKB);
    },
    cpuSeconds: () => [...cpu.values()].reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond,
    peakMB: () => Math.round(peakKB / 1024),
  };
}

function treeOf(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statFields(Number(name))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree: number[] = [];
  const visit = (pid: number): void => {
    tree.push(pid);
    for (const child of children.get(pid) ?? []) visit(child);
  };
  visit(root);
  return tree;
}

/** Fields of /proc/<pid>/stat from the state on: state, parent, …; user and system time are the 12th and 13th of them. */
function statFields(pid: number): readonly string[] | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

function cpuTicks(pid: number): number | undefined {
  const fields = statFields(pid);
  return fields === undefined ? undefined : Number(fields[11]) + Number(fields[12]);
}

function proportionalKB(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readProc(`/proc/${pid}/smaps_rollup`) ?? "")?.[1] ?? 0);
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
