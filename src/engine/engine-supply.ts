/**
 * Engines of one kind, each handed out once. Starting one takes longer than most statements, so the next is started when one has
 * done its work; whoever asks once only pays for one. Not a pool: nothing that a statement has run in is used again.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { uuidv7 } from "../base/uuid.ts";
import { quoteText } from "./duckdb-type.ts";
import { openEngine, type Engine, type EngineOptions } from "./engine.ts";

export interface EngineSupply extends AsyncDisposable {
  /** Theirs to dispose of. */
  take(): Promise<Engine>;
}

/** Processes that end together with the last one in use are not followed by another. */
const thinkingMs = 20;

/** What a statement meets first takes longest the first time: parsing, a view, reading Parquet, joins, a result. */
async function openWarm(options: EngineOptions): Promise<Engine> {
  const path = join(options.scratchDirectory, `${uuidv7()}.parquet`);
  const engine = await openEngine(options);
  try {
    await engine.run(warmUp(path));
    return engine;
  } finally {
    await rm(path, { force: true });
  }
}

/** Leaves nothing in the instance. */
function warmUp(path: string): string {
  const columns = { id: "integer", name: "varchar", price: "decimal(15,2)", day: "date" };
  const schema = Object.entries(columns).map(
    ([name, type], index) => `${index + 1}: {name: '${name}', type: '${type}', default_value: null}`,
  );
  return `copy (select i::integer as id, 'name ' || i as name, i::decimal(15,2) as price, date '2000-01-01' + i::integer as day
      from range(100) numbers(i))
    to ${quoteText(path)} (format parquet, compression zstd, field_ids {id: 1, name: 2, price: 3, day: 4});
  create view warm as select id, name, price, day
    from read_parquet([${quoteText(path)}], schema = map {${schema.join(", ")}}, explicit_cardinality = 100);
  select a.name, count(*), sum(a.price * (1 - b.price)), min(b.day), json_serialize_sql('select count(*) from t where a = 1')
    from warm a join warm b on a.id = b.id
    where a.name like '%1%' and b.day > date '2000-01-02' and exists (select 1 from warm c where c.id = a.id)
    group by a.name order by 3 desc, 1 limit 10;
  drop view warm`;
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
