/**
 * Reusable engine processes for people's statements. Each process serves one person at a time, and others wait in a
 * fair queue. A statement that exceeds its memory or time is ended together with its process.
 * Headgate's own work has engines of its own.
 */
import { HeadgateError } from "../errors.ts";
import { fairQueue } from "../base/fair-queue.ts";
import { startEngineProcess, type EngineChannel } from "./engine-channel.ts";
import type { OpenedInstance, EngineOptions, StatementOptions, Engine } from "./engine.ts";
import { engineWorker, type EngineWorker, type LockedEngine, type LockedPlace } from "./engine-worker.ts";
import { dataMb, memoryWatch, residentMb } from "./memory-watch.ts";
import { patient, setNiceness, usual } from "./niceness.ts";
import { timeBudget, type TimeBudget } from "./time-budget.ts";

export interface PoolOptions extends EngineOptions {
  /** The module that the processes run. */
  readonly entry: URL;
  /** Number of processes, and so of statements at one time. */
  readonly processes: number;
  /** The largest number of processes that may serve one person. */
  readonly processesEach: number;
  /** The time that one statement may work. */
  readonly timeoutMs: number;
}

export interface EnginePool extends AsyncDisposable {
  /** Leases an engine for one statement. Throws TOO_MANY_STATEMENTS, ENGINE_LOST, or the signal's reason. */
  lease(who: { readonly principal: string; readonly signal?: AbortSignal | undefined }): Promise<EngineLease>;
}

export interface EngineLease extends AsyncDisposable {
  /** An empty, unlocked engine. Nothing may be left in it, and no statement from outside may run in it. */
  blank(): Promise<Engine>;
  /** An instance that is locked once `first` has run. */
  lock(place: LockedPlace): Promise<LockedEngine>;
  /** Runs one of the tasks that the process was started with. */
  call(task: string, input: unknown, options?: CallOptions): Promise<unknown>;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly withinMs?: number | undefined;
}

/** A process that has served this many statements is replaced, so that leaks in it do not add up. */
const mostServed = 500;
/** Processes that have been idle for this long are ended, except for one. */
const idleMs = 60_000;
/** A statement that works for longer than this makes way for those that can be answered at once. */
const patientAfterMs = 500;
/** How long a statement may take to end after it was told to. */
const patienceMs = 2_500;
const waitingEach = 500;

export function enginePool(options: PoolOptions): EnginePool {
  const { processes: inAll, processesEach: each } = options;
  const places = fairQueue({ inAll, each, waitingEach });
  const watch = memoryWatch();
  const staff = workers(options);
  return {
    async lease({ principal, signal }) {
      const leave = await places.enter(principal, signal);
      const worker = takeOr(leave, () => staff.take(principal));
      const { channel } = worker;
      const exceeded = (): void => channel.kill(tooMuchMemory(options));
      const unwatch = watch.watch({ pid: channel.pid, boundMb: boundMb(options), exceeded });
      let isPatient = false;
      const yielding = setTimeout(() => (isPatient = setNiceness(channel.pid, patient)), patientAfterMs).unref();
      const giveBack = once(async () => {
        clearTimeout(yielding);
        if (isPatient && !setNiceness(channel.pid, usual)) channel.kill();
        await staff.giveBack(worker).finally(unwatch).finally(leave);
      });
      return { ...leaseOf(worker, timeBudget(options.timeoutMs)), [Symbol.asyncDispose]: giveBack };
    },
    [Symbol.asyncDispose]: () => staff.dismiss(),
  };
}

/** Gives the place back if the system refuses to start a process. */
function takeOr(leave: () => void, take: () => EngineWorker): EngineWorker {
  try {
    return take();
  } catch (cause) {
    leave();
    throw cause instanceof HeadgateError ? cause : new HeadgateError("ENGINE_LOST", { cause });
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
}

interface Workers {
  /** Returns an idle process, or starts one. */
  take(principal: string): EngineWorker;
  giveBack(worker: EngineWorker): Promise<void>;
  dismiss(): Promise<void>;
}

function workers(options: PoolOptions): Workers {
  const all = new Set<EngineWorker>();
  /** In order of use, the most recently used last. */
  const idle = new Map<EngineWorker, NodeJS.Timeout>();
  let isClosed = false;
  const start = (): EngineWorker => {
    const channel = startEngineProcess({ entry: options.entry, dataLimitMb: dataLimitMb(options) });
    const worker = engineWorker(channel, options);
    all.add(worker);
    void channel.exited.then(() => forget(worker));
    return worker;
  };
  const forget = (worker: EngineWorker): void => {
    all.delete(worker);
    wake(worker);
  };
  const wake = (worker: EngineWorker): void => {
    clearTimeout(idle.get(worker));
    idle.delete(worker);
  };
  const rest = (worker: EngineWorker): void => {
    const leaveIfOthersStay = (): void => void (idle.size > 1 && worker.channel.close());
    idle.set(worker, setTimeout(leaveIfOthersStay, idleMs).unref());
    worker.blank().catch(() => worker.channel.kill());
  };
  const keepSpare = (): void => {
    const owners = new Set([...all].map(({ principal }) => principal));
    if (owners.size < 2 || owners.has(undefined) || all.size >= options.processes) return;
    try {
      rest(start());
    } catch {
      // The system cannot start a process now. Nobody has asked for this one, and the previous statement has ended
      // well.
    }
  };
  return {
    take(principal) {
      if (isClosed) throw new Error("the pool is closed");
      const known = bestFor(principal, { idle: [...idle.keys()].toReversed(), isFull: all.size >= options.processes });
      const worker = known ?? start();
      wake(worker);
      worker.principal = principal;
      worker.served++;
      return worker;
    },
    async giveBack(worker) {
      const isFit = await isFitForMore(worker, options);
      if (!isFit || isClosed) return worker.channel.close();
      rest(worker);
      keepSpare();
    },
    async dismiss() {
      isClosed = true;
      for (const timer of idle.values()) clearTimeout(timer);
      await Promise.all([...all].map(({ channel }) => channel.close()));
    },
  };
}

/**
 * Chooses an idle process, the most recently used first: one that served the same person, or nobody yet. One that
 * served somebody else is taken only when no more may be started, because that person will probably be back and would
 * have to wait for a new process.
 */
function bestFor(
  principal: string,
  { idle, isFull }: { idle: readonly EngineWorker[]; isFull: boolean },
): EngineWorker | undefined {
  const alive = idle.filter(({ channel }) => channel.isAlive());
  const own = alive.find((worker) => worker.principal === principal);
  return own ?? alive.find((worker) => worker.principal === undefined) ?? (isFull ? alive.at(-1) : undefined);
}

function leaseOf(worker: EngineWorker, budget: TimeBudget): Omit<EngineLease, typeof Symbol.asyncDispose> {
  return {
    blank: async () => budgeted(await worker.blank(), budget),
    async lock(place) {
      const { engine, first } = await worker.lock(place);
      return { engine: budgeted(engine, budget), first };
    },
    call: (task, input, { signal, withinMs } = {}) =>
      worker.call(task, input, { signal, budget: withinMs === undefined ? budget : timeBudget(withinMs) }),
  };
}

function budgeted(engine: Engine | OpenedInstance, budget: TimeBudget): Engine {
  const within = (statement: StatementOptions = {}): StatementOptions => ({ budget, ...statement });
  return {
    ...engine,
    run: (sql, statement) => engine.run(sql, within(statement)),
    stream: (sql, statement) => engine.stream(sql, within(statement)),
  };
}

async function isFitForMore({ channel, served }: EngineWorker, options: PoolOptions): Promise<boolean> {
  await inTime(channel.quiet(), channel);
  const isSlim = residentMb(channel.pid) < boundMb(options) / 2 && dataMb(channel.pid) < dataLimitMb(options) / 2;
  return channel.isAlive() && served < mostServed && isSlim;
}

async function inTime(quiet: Promise<void>, channel: EngineChannel): Promise<void> {
  const timer = setTimeout(() => channel.kill(), patienceMs);
  await quiet;
  clearTimeout(timer);
}

/** The memory that a process needs by itself, plus twice DuckDB's limit, which does not cover everything. */
function boundMb({ memoryMb }: EngineOptions): number {
  return 320 + 2 * memoryMb;
}

/** Reserved but unused address space counts towards this limit too. */
function dataLimitMb(options: EngineOptions): number {
  return 2_048 + boundMb(options);
}

function tooMuchMemory(options: EngineOptions): HeadgateError {
  return new HeadgateError("SQL_OUT_OF_MEMORY", {
    message: `the statement took more than ${boundMb(options)} MB of memory and was ended`,
    remedy: `ask for less at once, or raise HEADGATE_ENGINE_MEMORY (--engine-memory), which is now ${options.memoryMb}`,
  });
}
