/** Several people who together ask more endless statements than the server runs at a time, and wait patiently. */
import { judgeAnswer } from "../answers.ts";
import { askOperation } from "../asking.ts";
import type { Actor } from "../storm-world.ts";

const statementsEach = 6;
const sql = "with recursive r(n) as (select 1 union all select n + 1 from r) select max(n) from r";

export function gang(member: number): Actor {
  const name = "gang";
  return {
    name,
    async run(storm) {
      const caller = await storm.newKey(`gang ${member}`, "analyst");
      const insist = async (): Promise<void> => {
        while (!storm.isOver()) {
          const answer = await askOperation(caller, { operation: "sql", input: { sql }, signal: storm.signal });
          judgeAnswer(storm, answer, { who: name, what: sql, allowed: ["SQL_OUT_OF_MEMORY", "SQL_TIMEOUT"] });
          await storm.pause(100);
        }
      };
      await Promise.all(Array.from({ length: statementsEach }, insist));
    },
  };
}
