/**
 * Asks statements with only one right answer: the state of the accounts after as many transfers as the answer says,
 * sums, rows in order.
 */
import { isBusy, judgeAnswer } from "../answers.ts";
import { askOperation, type Answer, type Caller } from "../asking.ts";
import { accounts, readingLabel, readings, readingValue, type Bank, type Span } from "../bank.ts";
import type { Random } from "../../soak/random.ts";
import type { Actor, Storm } from "../storm-world.ts";

export function reader(number: number): Actor {
  const name = "reader";
  return {
    name,
    async run(storm, random) {
      const caller = await storm.newKey(`reader ${number}`, "analyst");
      while (!storm.isOver()) {
        const question = random.pick(questions)(random.pick(storm.banks), random);
        await ask(storm, { caller, name, question });
        await storm.pause(20 + random.below(300));
      }
    },
  };
}

interface Question {
  readonly sql: string;
  /** Says in words what is wrong with the rows. `asked` is the time from question to answer. */
  judge(rows: Answer["rows"], asked: Span): string | undefined;
}

interface Asking {
  readonly caller: Caller;
  readonly name: string;
  readonly question: Question;
}

async function ask(storm: Storm, { caller, name, question }: Asking): Promise<void> {
  const from = performance.now();
  const input = { sql: question.sql };
  const answer = await askOperation(caller, { operation: "sql", input, signal: storm.signal });
  if (storm.isOver()) return;
  judgeAnswer(storm, answer, { who: name, what: question.sql });
  if (answer.outcome !== "ok") return void (isBusy(answer.outcome) && (await storm.pause(500)));
  const wrong = question.judge(answer.rows, { from, until: performance.now() });
  if (wrong !== undefined) storm.complain(`${name}: ${wrong}; asked: ${question.sql}`);
}

/** All tables at one state, which follows completely from the number of transfers. */
export function stateQuestion(bank: Bank, { exactly }: { exactly?: number } = {}): Question {
  const { name, reached } = bank;
  const sql = `select (select max(transfers) from ${name}.progress), (select sum(balance * id) from ${name}.account),
    (select count(*) from ${name}.transfer), (select sum(balance) from ${name}.account),
    (select coalesce(sum(amount), 0) from ${name}.transfer)`;
  return {
    sql,
    judge([row = []], asked) {
      const [transfers = -1, weight = -1, rows = -1, ...sums] = row.map(Number);
      const state = { transfers, weight, rows };
      const text = `${JSON.stringify(state)} where ${reached} to ${bank.made()} transfers were made`;
      if (!bank.isKnown(state, reached) || (exactly !== undefined && transfers !== exactly)) return text;
      if (!bank.isWhole(state)) bank.mixedAnswers.push({ ...asked, text });
      return difference(sums, [accounts * 1_000, 0]);
    },
  };
}

function sumQuestion({ name }: Bank, random: Random): Question {
  const rest = random.below(11);
  const ids = Array.from({ length: readings }, (_, index) => index + 1).filter((id) => id % 11 === rest);
  const sum = ids.reduce((total, id) => total + readingValue(id), 0);
  return {
    sql: `select count(*), sum(value) from ${name}.reading where id % 11 = ${rest}`,
    judge: ([row = []]) => difference(row.map(Number), [ids.length, sum]),
  };
}

function pointQuestion({ name }: Bank, random: Random): Question {
  const id = 1 + random.below(readings);
  return {
    sql: `select id, label, value from ${name}.reading where id = ${id}`,
    judge: (rows) => difference(rows.flat(), [id, readingLabel(id), readingValue(id)]),
  };
}

function orderedQuestion({ name }: Bank, random: Random): Question {
  const [first, count] = [1 + random.below(readings - 20_000), 1 + random.below(20_000)];
  return {
    sql: `select id, value from ${name}.reading where id between ${first} and ${first + count - 1} order by id`,
    judge(rows) {
      if (rows.length !== count) return `${rows.length} rows, not ${count}`;
      const wrong = rows.findIndex(
        ([id, value], index) => id !== first + index || value !== readingValue(first + index),
      );
      return wrong === -1 ? undefined : `row ${wrong} is ${JSON.stringify(rows[wrong])}`;
    },
  };
}

function joinQuestion({ name }: Bank): Question {
  return {
    sql: `select count(*) from ${name}.account a join ${name}.reading r on a.id = r.id where r.value >= 0`,
    judge: ([row = []]) => difference(row, [accounts]),
  };
}

const questions = [
  stateQuestion,
  stateQuestion,
  stateQuestion,
  sumQuestion,
  pointQuestion,
  orderedQuestion,
  joinQuestion,
];

function difference(found: readonly unknown[], expected: readonly unknown[]): string | undefined {
  const [is, should] = [JSON.stringify(found), JSON.stringify(expected)];
  return is === should ? undefined : `the answer is ${is}, not ${should}`;
}
