/**
 * Engines of one kind, each handed out once. Starting one takes longer than most statements, so the next is started when one has
 * done its work; whoever asks once only pays for one. Not a pool: nothing that a statement has run in is used again.
 */
import { openEngine, type Engine, type EngineOptions } from "./engine.ts";

export interface EngineSupply extends AsyncDisposable {
  /** Theirs to dispose of. */
  take(): Promise<Engine>;
}

/** Processes that end together with the last one in use are not followed by another. */
const thinkingMs = 20;

/** What a statement meets first takes longest the first time: parsing, a view, reading a result. */
async function openWarm(options: EngineOptions): Promise<Engine> {
  const engine = await openEngine(options);
  await engine.run(
    "create view warm as select json_serialize_sql('select count(*) from t where a = 1'); from warm; drop view warm",
  );
  return engine;
}

export function engineSupply(options: EngineOptions): EngineSupply {
  let spare: Promise<Engine> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const startSpare = (): void => {
    spare ??= openWarm(options);
    spare.catch(() => (spare = undefined));
  };
  const takeSpare = async (): Promise<Engine | undefined> => {
    const taken = spare;
    spare = undefined;
    const engine = await taken?.catch(() => undefined);
    return engine?.isAlive() === true ? engine : undefined;
  };
  return {
    async take() {
      const engine = (await takeSpare()) ?? (await openEngine(options));
      const dispose = engine[Symbol.asyncDispose];
      return {
        ...engine,
        async [Symbol.asyncDispose]() {
          clearTimeout(timer);
          timer = setTimeout(startSpare, thinkingMs).unref();
          await dispose();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await (await takeSpare())?.[Symbol.asyncDispose]();
    },
  };
}
