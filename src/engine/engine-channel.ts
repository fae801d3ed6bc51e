/**
 * An engine process as seen by the process that started it: requests are sent, responses arrive, and it may end at any
 * moment.
 * Invariant: everybody who waits when the process ends, or asks later, gets a failure, and none of its events is left
 * without a listener.
 */
import { fork, type ChildProcess } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { HeadgateError } from "../errors.ts";
import type { EngineRequest, EngineResponse } from "./engine-protocol.ts";

export interface EngineChannel {
  readonly pid: number;
  /** False once the process has ended or was told to end. */
  isAlive(): boolean;
  nextId(): number;
  send(request: EngineRequest): void;
  listen(id: number, pending: Pending): void;
  forget(id: number): void;
  /** Interrupts everything that runs in the process. Resolves when nothing runs any more or the process has ended. */
  quiet(): Promise<void>;
  /** Ends the process. Everybody who waits gets `failure`, or ENGINE_LOST if there is none. */
  kill(failure?: HeadgateError): void;
  /** Registers a step to do once the process has ended. */
  afterwards(step: () => Promise<void>): void;
  /** Resolves when the process has ended and those steps are done. */
  readonly exited: Promise<void>;
  /** Ends the process and waits until it has ended. */
  close(): Promise<void>;
}

export interface Pending {
  readonly response: (response: EngineResponse) => void;
  readonly lost: (failure: HeadgateError) => void;
}

export interface ProcessOptions {
  /** The module that the process runs. */
  readonly entry: URL;
  /** Limit of its private memory. Linux enforces it: allocations beyond it fail. */
  readonly dataLimitMb?: number | undefined;
}

/** Throws ENGINE_LOST if the system cannot start the process. */
export function startEngineProcess(options: ProcessOptions): EngineChannel {
  const child = started(startProcess(options));
  const pending = new Map<number, Pending>();
  const { promise: gone, resolve: exit } = Promise.withResolvers<void>();
  const steps: (() => Promise<void>)[] = [];
  const exited = gone.then(async () => void (await Promise.allSettled(steps.map((step) => step()))));
  let lastId = 0;
  let ended: HeadgateError | undefined;
  let quieten: (() => void)[] = [];
  const settle = (): void => {
    if (pending.size > 0) return;
    for (const resolve of quieten) resolve();
    quieten = [];
  };
  const lose = (failure: HeadgateError): void => {
    ended ??= failure;
    for (const { lost } of pending.values()) lost(ended);
    pending.clear();
    settle();
  };
  child.on("message", (response: EngineResponse) => pending.get(response.id)?.response(response));
  child.on("error", (cause) => {
    lose(new HeadgateError("ENGINE_LOST", { cause }));
  });
  child.on("exit", () => {
    lose(new HeadgateError("ENGINE_LOST"));
    exit();
  });
  const send = (request: EngineRequest): void => {
    if (ended !== undefined || !child.connected) return lose(new HeadgateError("ENGINE_LOST"));
    child.send(request, (cause) => cause !== null && lose(new HeadgateError("ENGINE_LOST", { cause })));
  };
  const kill = (failure?: HeadgateError): void => {
    lose(failure ?? new HeadgateError("ENGINE_LOST"));
    child.kill("SIGKILL");
  };
  return {
    pid: child.pid,
    isAlive: () => ended === undefined,
    nextId: () => ++lastId,
    send,
    listen: (id, entry) => (ended === undefined ? void pending.set(id, entry) : entry.lost(ended)),
    forget(id) {
      pending.delete(id);
      settle();
    },
    quiet() {
      const { promise, resolve } = Promise.withResolvers<void>();
      quieten.push(resolve);
      for (const id of pending.keys()) send({ kind: "cancel", id });
      settle();
      return promise;
    },
    kill,
    afterwards: (step) => void steps.push(step),
    exited,
    async close() {
      kill();
      await exited;
    },
  };
}

function startProcess({ entry, dataLimitMb }: ProcessOptions): ChildProcess {
  const words = ["--disable-warning=ExperimentalWarning", ...compiledBefore()];
  return fork(fileURLToPath(entry), {
    // Ctrl-C at a terminal reaches a whole process group. In its own group, the process is left to ours, which knows
    // what to do then.
    detached: true,
    // The environment is empty so that statements cannot find anything of ours in it.
    env: {},
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    ...(dataLimitMb === undefined || process.platform !== "linux"
      ? { execArgv: words }
      : { execPath: "/bin/sh", execArgv: ["-c", limited(dataLimitMb), process.execPath, ...words] }),
  });
}

/**
 * The process uses the same compiled code as this one, which halves the work of its start. Its environment is empty, so
 * it is told by a module that it runs first.
 */
function compiledBefore(): readonly string[] {
  const own = getCompileCacheDir();
  if (own === undefined) return [];
  // Node.js adds a directory of its version to the one that it is given.
  const directory = JSON.stringify(dirname(own));
  const program = `import { enableCompileCache } from "node:module"; enableCompileCache(${directory});`;
  return ["--import", `data:text/javascript,${encodeURIComponent(program)}`];
}

/**
 * A process that the system did not start has no pid, and Node.js 24 would send its signals to pid 0: to our own
 * process and its whole group. Throws ENGINE_LOST.
 */
function started(child: ChildProcess): ChildProcess & { readonly pid: number } {
  if (child.pid !== undefined) return child as ChildProcess & { readonly pid: number };
  child.on("error", () => {});
  throw new HeadgateError("ENGINE_LOST", {
    message: "the system refuses to start another process",
    remedy:
      "allow more processes and open files (ulimit -u and -n; TasksMax and LimitNOFILE of a service), or set fewer --engines",
  });
}

/**
 * The limits also apply to the program that the shell becomes. If memory cannot be limited, only the memory watch
 * remains. A process of root gives up what root may do; it keeps the right to read, because the lake's files may belong
 * to another user. A container may not allow giving up anything, so this is tried first.
 */
function limited(megabytes: number): string {
  const powerless = "setpriv --bounding-set=-all,+dac_read_search --inh-caps=-all --no-new-privs";
  return `ulimit -d ${megabytes * 1024} 2>/dev/null; ${powerless} true 2>/dev/null && exec ${powerless} "$0" "$@"; exec "$0" "$@"`;
}
