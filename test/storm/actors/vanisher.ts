/**
 * Clients that begin to read a large result and disconnect at any moment: before the first byte, in the middle, or near
 * the end.
 */
import { begin, responseOf, type Caller } from "../asking.ts";
import type { Random } from "../../soak/random.ts";
import type { Actor, Storm } from "../storm-world.ts";

export const vanisher: Actor = {
  name: "vanisher",
  async run(storm, random) {
    const caller = await storm.newKey("vanisher", "analyst");
    while (!storm.isOver()) {
      const bytes = random.chance(0.2) ? 0 : random.below(8_000_000);
      await vanish(storm, { caller, bytes, random });
      await storm.pause(random.below(1_500));
    }
  },
};

interface Vanishing {
  readonly caller: Caller;
  /** Number of bytes after which it disconnects. */
  readonly bytes: number;
  readonly random: Random;
}

async function vanish(storm: Storm, { caller, bytes, random }: Vanishing): Promise<void> {
  const { name } = random.pick(storm.banks);
  const input = { sql: `select a.*, b.label as other from ${name}.reading a join ${name}.reading b on a.id = b.id` };
  const asking = begin(caller, { path: "/api/operations/sql", input, signal: storm.signal });
  try {
    if (bytes === 0) return await storm.pause(random.below(200));
    let read = 0;
    for await (const chunk of await responseOf(asking)) {
      read += (chunk as Buffer).length;
      if (read > bytes) break;
    }
  } catch {
    // The server may be gone; this is noticed elsewhere.
  } finally {
    asking.destroy();
    storm.count("vanisher", "vanished");
  }
}
