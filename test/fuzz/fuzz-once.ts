/** Runs one damaged recording through one reader. Throws if the reader misbehaved, with the bytes that reproduce it. */
import type { Random } from "../soak/random.ts";
import { mutate } from "./mutate.ts";
import { isAllowed, type FuzzTarget } from "./targets.ts";

/** Correct readers take milliseconds; this allows for a busy machine. */
const mostMs = 20_000;

export async function fuzzOnce(target: FuzzTarget, random: Random): Promise<void> {
  const bytes = mutate(random.pick(target.recordings), random);
  const started = performance.now();
  const fault = await faultOf(target, bytes);
  const took = performance.now() - started;
  const slow = took > mostMs ? `it took ${took.toFixed(0)} ms` : undefined;
  const what = fault ?? slow;
  if (what !== undefined)
    throw new Error(`${target.name}: ${String(what)}; base64 ${bytes.toString("base64")}`, { cause: fault });
}

async function faultOf(target: FuzzTarget, bytes: Buffer): Promise<unknown> {
  try {
    const out = await target.read(bytes);
    const most = (bytes.length + 64) * target.growth;
    return out > most ? `${bytes.length} bytes became ${out}` : undefined;
  } catch (failure) {
    return isAllowed(target, failure) ? undefined : failure;
  }
}
