/**
 * Counts the processes, sockets, files and memory that the server uses at a quiet moment, and tells whether they have
 * grown.
 */
import { readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { seeProcess, treeOf } from "../world/process-tree.ts";

export interface Footprint {
  /** Processes that descend from the server. */
  readonly engines: number;
  /** Processes of the metadata database, its connections included. */
  readonly databaseProcesses: number;
  /** Descriptors that the server has open. */
  readonly sockets: number;
  /** Everything else the server has open: files, pipes. */
  readonly descriptors: number;
  readonly scratchFiles: number;
  readonly scratchMB: number;
  readonly serverMB: number;
  /** The part that Node.js reports as in use: its heap, and external memory that the heap refers to. */
  readonly heapMB: number;
}

/** `metrics`: the server's own metrics. */
export function footprintOf(serverPid: number, { scratch, metrics }: { scratch: string; metrics: string }): Footprint {
  const [server, ...descendants] = treeOf(serverPid);
  const links = openFiles(serverPid);
  const sockets = links.filter((link) => link.startsWith("socket:")).length;
  const files = filesBelow(scratch);
  return {
    engines: descendants.filter(({ name }) => name !== "postgres").length,
    databaseProcesses: descendants.filter(({ name }) => name === "postgres").length,
    sockets,
    descriptors: links.length - sockets,
    scratchFiles: files.length,
    scratchMB: Math.round(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1024 / 1024),
    serverMB: Math.round((server ?? seeProcess(serverPid))?.residentMB ?? 0),
    heapMB: Math.round(heapNames.reduce((sum, name) => sum + figureOf(metrics, name), 0) / 1024 / 1024),
  };
}

const heapNames = ["nodejs_heap_size_used_bytes", "nodejs_external_memory_bytes"];

function figureOf(metrics: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)?.[1] ?? 0);
}

/** Some are opened once and kept (a pool's connections, spare engines), so a few more are not a leak. */
const slack: Footprint = {
  engines: 3,
  databaseProcesses: 8,
  sockets: 12,
  descriptors: 12,
  scratchFiles: 4,
  scratchMB: 16,
  /** Node.js keeps memory that it once needed; the next line shows what it needs now. */
  serverMB: 300,
  heapMB: 40,
};

/** Says in words what grew between the two moments. */
export function grown(before: Footprint, after: Footprint): readonly string[] {
  return (Object.keys(slack) as (keyof Footprint)[])
    .filter((what) => after[what] > before[what] + slack[what])
    .map((what) => `${what} grew from ${before[what]} to ${after[what]}, more than ${slack[what]}`);
}

function openFiles(pid: number): readonly string[] {
  const directory = `/proc/${pid}/fd`;
  return namesIn(directory).flatMap((name) => {
    try {
      return [readlinkSync(join(directory, name))];
    } catch {
      return [];
    }
  });
}

interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

function filesBelow(directory: string): readonly FoundFile[] {
  return namesIn(directory).flatMap((name) => {
    const path = join(directory, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    return found.isDirectory() ? filesBelow(path) : [{ path, bytes: found.size }];
  });
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
