/**
 * Runs a command and measures all of its processes: wall time, CPU seconds and peak memory of the whole tree. Memory is
 * the sum of sampled proportional set sizes; CPU time of ended processes is taken from their parents' accounts. Linux
 * only.
 */
import { spawn } from "node:child_process";
import { readProc, treeOf } from "../test/world/process-tree.ts";

export interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMB: number;
  readonly output: string;
}

const sampleMs = 50;

/** Throws if the command fails. Returns its stdout with `keepOutput`; otherwise reads and discards it. */
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

/** CPU time is kept per process id as last seen, so that a process that has ended still counts. */
function treeAccount(root: number): { sample(): void; cpuSeconds(): number; peakMB(): number } {
  const cpu = new Map<number, number>();
  let peakKB = 0;
  return {
    sample() {
      let sumKB = 0;
      for (const { pid, cpuSeconds } of treeOf(root)) {
        sumKB += proportionalKB(pid);
        cpu.set(pid, cpuSeconds);
      }
      peakKB = Math.max(peakKB, sumKB);
    },
    cpuSeconds: () => [...cpu.values()].reduce((sum, seconds) => sum + seconds, 0),
    peakMB: () => Math.round(peakKB / 1024),
  };
}

function proportionalKB(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readProc(`/proc/${pid}/smaps_rollup`) ?? "")?.[1] ?? 0);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
