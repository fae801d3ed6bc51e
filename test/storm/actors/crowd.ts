/** One person who asks a hundred moderately expensive statements at once, again and again. */
import { judgeAnswer } from "../answers.ts";
import { askOperation } from "../asking.ts";
import type { Actor } from "../storm-world.ts";

const together = 100;

export const crowd: Actor = {
  name: "crowd",
  async run(storm, random) {
    const caller = await storm.newKey("crowd", "analyst");
    while (!storm.isOver()) {
      const { name } = random.pick(storm.banks);
      const sql = `select label, count(*), sum(value) from ${name}.reading group by label order by 3 desc limit 10`;
      const all = Array.from({ length: together }, () =>
        askOperation(caller, { operation: "sql", input: { sql }, signal: storm.signal }),
      );
      for (const answer of await Promise.all(all)) judgeAnswer(storm, answer, { who: crowd.name, what: sql });
      await storm.pause(2_000 + random.below(15_000));
    }
  },
};
