/** The pool of processes that run people's statements, and the calls that ask one of them about a statement's text. */
import { enginePool, type EngineLease, type EnginePool, type PoolOptions } from "../engine/engine-pool.ts";
import type { MentionedTables, PlacedText, StatementText } from "./statement-text.ts";

/** Time limit for the gate and the placing of one text; no reasonable text takes a tenth of it. */
const withinMs = 10_000;

export function statementPool(options: Omit<PoolOptions, "entry">): EnginePool {
  const ending = import.meta.url.slice(import.meta.url.lastIndexOf("."));
  return enginePool({ ...options, entry: new URL(`./statement-process${ending}`, import.meta.url) });
}

/** Throws like `readMentions`, and SQL_TIMEOUT. */
export async function mentionedTables(
  lease: EngineLease,
  { sql, signal }: { readonly sql: string; readonly signal?: AbortSignal | undefined },
): Promise<MentionedTables> {
  return (await lease.call("mentions", sql, { signal, withinMs })) as MentionedTables;
}

/** Throws like `placeText`, and SQL_TIMEOUT. */
export async function placedText(
  lease: EngineLease,
  { text, signal }: { readonly text: StatementText; readonly signal?: AbortSignal | undefined },
): Promise<PlacedText> {
  return (await lease.call("place", text, { signal, withinMs })) as PlacedText;
}
