/** Asks statements that would take all memory or never end. Waits for the answer, or loses patience after a while. */
import { judgeAnswer } from "../answers.ts";
import { askOperation } from "../asking.ts";
import type { Actor } from "../storm-world.ts";

const bombs: Readonly<Record<string, string>> = {
  unnest: "select max(x) from (select unnest(range(500000000)) as x)",
  "list sort": "select len(list_sort(range(100000000)))",
  damerau: "select damerau_levenshtein(repeat('ab', 10000), repeat('ba', 10000))",
  quantile: "select quantile_cont(x, 0.5) from (select unnest(range(300000000)) as x)",
  printf: "select length(printf('%1000000000d', 1))",
  repeat: "select length(repeat('a', 2000000000) || repeat('b', 2000000000))",
  "endless count": "with recursive r(n) as (select 1 union all select n + 1 from r) select max(n) from r",
  "endless rows": "with recursive r(n) as (select 1 union all select n + 1 from r) select n from r",
  "growing rows": "with recursive r(n) as (select 'a' union all select n || n from r) select max(length(n)) from r",
  "cross join": `select count(*) from postgres.reading a, mariadb.reading b, postgres.reading c
    where a.value + b.value + c.value = 1`,
  "long text": "select length(string_agg(a.label || b.label, ',')) from postgres.reading a, mariadb.reading b",
  "large groups": `select count(*) from (select a.id, b.id, list(a.label || b.label) from postgres.reading a,
    mariadb.reading b group by 1, 2)`,
  sort: "select a.label || b.label as l from postgres.reading a, mariadb.reading b order by l desc limit 100000 offset 3000000",
};

/** How a bomb may end: by a limit, or because the client gave up. */
const allowed = ["SQL_OUT_OF_MEMORY", "SQL_FAILED", "SQL_TIMEOUT", "CANCELLED", "DISK_FULL"];

export function bomber(number: number): Actor {
  return {
    name: "bomber",
    async run(storm, random) {
      const caller = await storm.newKey(`bomber ${number}`, "analyst");
      while (!storm.isOver()) {
        const [name, sql] = random.pick(Object.entries(bombs));
        const patience = AbortSignal.timeout(2_000 + random.below(40_000));
        const signal = AbortSignal.any([storm.signal, patience]);
        const answer = await askOperation(caller, { operation: "sql", input: { sql }, signal });
        if (patience.aborted) storm.count("bomber", "lost patience");
        else judgeAnswer(storm, answer, { who: "bomber", what: `${name}: ${sql}`, allowed });
        await storm.pause(500 + random.below(3_000));
      }
    },
  };
}
