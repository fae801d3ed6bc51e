/**
 * Engine processes that are used again, for statements of people. Each serves one person at a time; who waits is served in turn, and
 * what goes beyond its memory or its time is ended together with its process.
 * Not for Headgate's own work, which has engines of its own.
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
  /** Processes, and so statements at one time. */
  readonly processes: number;
  /** The most of them that serve one person. */
  readonly processesEach: number;
  /** The time that one statement may work. */
  readonly timeoutMs: number;
}

export interface EnginePool extends AsyncDisposable {
  /** For one statement. Throws TOO_MANY_STATEMENTS, ENGINE_LOST, or the signal's reason. */
  lease(who: { readonly principal: string; readonly signal?: AbortSignal | undefined }): Promise<EngineLease>;
}

export interface EngineLease extends AsyncDisposable {
  /** Holds nothing and is not locked. Nothing may be left in it, and no statement from outside runs in it. */
  blank(): Promise<Engine>;
  /** An instance that is locked once `first` has run. */
  lock(place: LockedPlace): Promise<LockedEngine>;
  /** Has the process do a piece of work that it was started with. */
  call(task: string, input: unknown, options?: CallOptions): Promise<unknown>;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly withinMs?: number | undefined;
}

/** A process that has served this many is followed by another: what leaks in it does not add up. */
const mostServed = 500;
/** Processes that nobody needed for this long are ended, but for one. */
const idleMs = 60_000;
/** A statement that works for longer makes way for those that may be answered at once. */
const patientAfterMs = 500;
/** For a statement to end after it was told to. */
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

/** A process that the system refuses to start gives its place back. */
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
  /** One that is idle, or a new one. */
  take(principal: string): EngineWorker;
  giveBack(worker: EngineWorker): Promise<void>;
  dismiss(): Promise<void>;
}

function workers(options: PoolOptions): Workers {
  const all = new Set<EngineWorker>();
  /** Last used last. */
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
      // The system starts no more processes now. Nobody asked for this one, and the statement before it has ended well.
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
 * Chooses among those idle, last used first: one that served the same person, or nobody yet. One that served somebody else is taken only
 * where there may be no more of them: that person will be back, and would have to wait for a process to start.
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

/** The memory that a process takes by itself, and twice what DuckDB counts, which is not everything. */
function boundMb({ memoryMb }: EngineOptions): number {
  return 320 + 2 * memoryMb;
}

/** Address space that is set aside and not used counts here too. */
function dataLimitMb(options: EngineOptions): number {
  return 2_048 + boundMb(options);
}

function tooMuchMemory(options: EngineOptions): HeadgateError {
  return new HeadgateError("SQL_OUT_OF_MEMORY", {
    message: `the statement took more than ${boundMb(options)} MB of memory and was ended`,
    remedy: `ask for less at once, or set HEADGATE_ENGINE_MEMORY (--engine-memory), which is ${options.memoryMb} now, to more`,
  });
}
