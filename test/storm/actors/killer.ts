/**
 * Kills processes that run statements and loads, and nothing else: each is looked up among the server's descendants
 * just before.
 */
import type { Actor } from "../storm-world.ts";
import { killSame } from "../watch.ts";

export const killer: Actor = {
  name: "killer",
  async run(storm, random) {
    while (!storm.isOver()) {
      await storm.pause(500 + random.below(5_000));
      const engines = storm.watch.engines();
      if (engines.length === 0 || storm.isOver()) continue;
      killSame(random.pick(engines));
      storm.count("killer", "killed");
    }
  },
};
