/**
 * A process of the pool with two instances: a blank one, and one that was locked for somebody and can be used again
 * while the same person asks for the same tables.
 * Invariant: a locked instance never serves anybody else or other tables; it is closed instead.
 */
import type { EngineChannel } from "./engine-channel.ts";
import { request } from "./engine-statement.ts";
import { lockDown, type Engine, type EngineOptions, type OpenedInstance } from "./engine.ts";
import { openInstance } from "./open-engine.ts";
import type { StatementOptions } from "./engine.ts";

export interface EngineWorker {
  readonly channel: EngineChannel;
  /** The principal who was served last. */
  principal: string | undefined;
  /** Number of statements served. */
  served: number;
  blank(): Promise<OpenedInstance>;
  lock(place: LockedPlace): Promise<LockedEngine>;
  call(task: string, input: unknown, options: Pick<StatementOptions, "signal" | "budget">): Promise<unknown>;
}

export interface LockedPlace {
  /**
   * Two places with equal keys contain the same tables for the same person under the same rules. Undefined if the
   * instance must not be kept.
   */
  readonly key: string | undefined;
  /** Statements that create what the instance contains. They can be repeated over what they created before. */
  readonly views: readonly string[];
  /** The files that the instance may open. */
  readonly files: readonly string[];
}

export interface LockedEngine {
  readonly engine: Engine;
  /** Statements to run together with the actual one, before it. */
  readonly first: readonly string[];
}

interface Kept {
  readonly key: string | undefined;
  readonly instance: OpenedInstance;
  readonly files: ReadonlySet<string>;
  views: string;
  /** Whether the first statements have run. Until then the instance may not be locked and may not contain the views. */
  isReady: boolean;
}

/**
 * An instance may open at most this many files, from several states of the same tables. Naming more costs more than a
 * new instance.
 */
const mostKeptFiles = 1_000;

export function engineWorker(channel: EngineChannel, options: EngineOptions): EngineWorker {
  let spare: Promise<OpenedInstance> | undefined;
  let kept: Kept | undefined;
  const blank = (): Promise<OpenedInstance> => (spare ??= openInstance(channel, options));
  const giveUp = async (): Promise<void> => {
    const given = kept;
    kept = undefined;
    await given?.instance[Symbol.asyncDispose]();
  };
  const takeBlank = async ({ key, views, files }: LockedPlace): Promise<LockedEngine> => {
    const before = key !== undefined && kept?.key === key ? kept.files : [];
    const all = new Set([...files, ...before]);
    const allowed = all.size > mostKeptFiles ? new Set(files) : all;
    await giveUp();
    const instance = await blank();
    spare = undefined;
    kept = { key, instance, files: allowed, views: views.join(";\n"), isReady: false };
    return { engine: instance, first: [...views, ...lockDown([...allowed])] };
  };
  const useAgain = (place: Kept, views: readonly string[]): LockedEngine => {
    const text = views.join(";\n");
    const isSame = place.views === text;
    place.views = text;
    place.isReady = isSame;
    return { engine: place.instance, first: isSame ? [] : views };
  };
  return {
    channel,
    principal: undefined,
    served: 0,
    blank,
    async lock(place) {
      const { engine, first } = isCovered(place, kept) ? useAgain(kept, place.views) : await takeBlank(place);
      const taken = kept;
      const ready = (): void => void (taken && (taken.isReady = true));
      return { engine: first.length === 0 ? engine : unlessItFails(engine, { ready, giveUp }), first };
    },
    async call(task, input, { signal, budget }) {
      const { instance, memoryMb } = await blank();
      const message = { kind: "call", id: channel.nextId(), instance, task, input } as const;
      return request(channel, message, { signal, budget, memoryMb });
    },
  };
}

function isCovered({ key, files }: LockedPlace, kept: Kept | undefined): kept is Kept {
  if (key === undefined || kept?.key !== key || !kept.isReady) return false;
  return files.every((file) => kept.files.has(file));
}

interface Outcome {
  readonly ready: () => void;
  readonly giveUp: () => Promise<void>;
}

/** If the first statements fail, it is unknown what the instance contains, so it is closed. */
function unlessItFails(engine: Engine, { ready, giveUp }: Outcome): Engine {
  const guard = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const result = await work;
      ready();
      return result;
    } catch (failure) {
      await giveUp();
      throw failure;
    }
  };
  return {
    ...engine,
    run: (sql, statement) => guard(engine.run(sql, statement)),
    stream: (sql, statement) => guard(engine.stream(sql, statement)),
  };
}
