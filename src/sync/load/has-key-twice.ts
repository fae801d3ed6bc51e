/** Whether two rows of a relation have the same key, within little memory if the key is one whole number. */
import type { Engine } from "../../engine/engine.ts";
import type { ReadColumn } from "../../engine/read-column.ts";

interface Keys {
  /** A select statement for the columns of the key. */
  readonly relation: string;
  readonly columns: readonly ReadColumn[];
  readonly signal: AbortSignal;
}

export async function hasKeyTwice(engine: Engine, keys: Keys): Promise<boolean> {
  const found = (await twiceInBits(engine, keys)) ?? twiceInGroups(keys);
  const { rows } = await engine.run(found, { signal: keys.signal });
  return rows[0]?.[0] === true;
}

function twiceInGroups({ relation, columns }: Keys): string {
  const names = columns.map(({ name }) => name).join(", ");
  return `select exists(select 1 from (${relation}) rows group by ${names} having count(*) > 1)`;
}

/** 16 MB. */
const mostBits = 2n ** 27n;

/** One bit for each number between the lowest and the highest. Undefined for other keys and if these are too many. */
async function twiceInBits(engine: Engine, { relation, columns, signal }: Keys): Promise<string | undefined> {
  const [{ name, sqlType } = { name: "", sqlType: "" }, ...others] = columns;
  if (others.length > 0 || !["integer", "bigint"].includes(sqlType)) return undefined;
  const { rows } = await engine.run(`select min(${name})::varchar, max(${name})::varchar from (${relation}) rows`, {
    signal,
  });
  const [lowest, highest] = rows[0] ?? [];
  if (typeof lowest !== "string" || typeof highest !== "string") return undefined;
  if (BigInt(highest) - BigInt(lowest) >= mostBits) return undefined;
  const bits = `bitstring_agg(${name}::bigint, ${lowest}::bigint, ${highest}::bigint)`;
  return `select bit_count(${bits}) < count(${name}) or count(*) - count(${name}) > 1 from (${relation}) rows`;
}
