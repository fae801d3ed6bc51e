/**
 * A source with a known state at every moment: transfers between accounts, each derived from its number alone, so that
 * a reader who knows how many there were knows the content of all tables. There is also a large table of readings that
 * never changes.
 */
import { join } from "node:path";
import type { Dialect } from "../world/sample-shop.ts";
import { openSoakServer, type SoakConnection, type SoakServer } from "../soak/soak-server.ts";

export interface Bank extends AsyncDisposable {
  /** The name of the source, and therefore of the database in the lake. */
  readonly name: Dialect;
  readonly url: string;
  readonly password: string;
  /** Number of transfers, including those that are about to be committed. */
  made(): number;
  committed(): number;
  /** Makes this many more, in one transaction. */
  transfer(count: number): Promise<void>;
  /** Whether this is a possible content of each table, once the lake has reached `least` transfers. */
  isKnown(state: BankState, least: number): boolean;
  /** Whether all tables show the same state. */
  isWhole(state: BankState): boolean;
  /** A state that the lake has certainly reached. */
  reached: number;
  /**
   * When tables of several states could be visible together, because a table whose engine was lost is read again in a
   * later cut.
   */
  readonly disturbances: Span[];
  /** Number of answers with tables of several states. */
  readonly mixedAnswers: (Span & { readonly text: string })[];
}

/** By `performance.now()`. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export interface BankState {
  readonly transfers: number;
  /** The sum of balance × id; nearly every mistake changes it. */
  readonly weight: number;
  /** Number of rows in the table of transfers, which drops old ones. */
  readonly rows: number;
}

export const accounts = 300;
const firstBalance = 1_000;
/** Older ones are deleted. */
const keptTransfers = 500;

export const readings = 150_000;
const labelOf = (text: string): string =>
  `concat('reading number ', ${text}, ' of a long series that fills the pipes')`;

export function readingLabel(id: number): string {
  return `reading number ${id} of a long series that fills the pipes`;
}

/** The value of a reading, in SQL and here. */
const valueSql = "(n * 7919) % 10007";
export function readingValue(id: number): number {
  return (id * 7919) % 10_007;
}

export async function openBank(dialect: Dialect, home: string): Promise<Bank> {
  const server = await openSoakServer(dialect, join(home, dialect));
  await server.execute(tablesOf(dialect));
  const connection = await server.connect();
  return bankOf(server, connection);
}

function bankOf(server: SoakServer, connection: SoakConnection): Bank {
  const balances = Array.from({ length: accounts + 1 }, () => firstBalance);
  const weights = [balances.reduce((sum, balance, id) => sum + balance * id, 0)];
  const apply = (number: number): readonly string[] => {
    const { from, to, amount } = transferOf(number);
    balances[from] = (balances[from] ?? 0) - amount;
    balances[to] = (balances[to] ?? 0) + amount;
    weights[number] = (weights[number - 1] ?? 0) + amount * (to - from);
    return statementsOf(number);
  };
  const rowsAfter = (transfers: number): number => 2 * Math.min(transfers, keptTransfers);
  let committed = 0;
  return {
    name: server.dialect,
    url: server.address.url,
    password: server.address.password,
    reached: 0,
    made: () => weights.length - 1,
    committed: () => committed,
    async transfer(count) {
      const first = weights.length;
      const numbers = Array.from({ length: count }, (_, index) => first + index);
      const statements = numbers.flatMap(apply);
      for (const statement of ["begin", ...statements, "commit"]) await connection.run(statement);
      committed = first + count - 1;
    },
    disturbances: [],
    mixedAnswers: [],
    isKnown({ transfers, weight, rows }, least) {
      const isPossible = (number: number): boolean => number >= least && number < weights.length;
      const byRows = rows === rowsAfter(keptTransfers) ? weights.length > keptTransfers : isPossible(rows / 2);
      return isPossible(transfers) && byRows && isPossible(weights.lastIndexOf(weight));
    },
    isWhole: ({ transfers, weight, rows }) => weights[transfers] === weight && rowsAfter(transfers) === rows,
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Any distribution will do, as long as it is always the same. */
function transferOf(number: number): { from: number; to: number; amount: number } {
  const from = 1 + ((number * 7919) % accounts);
  const to = 1 + ((from + 1 + ((number * 104_729) % (accounts - 1))) % accounts);
  return { from, to, amount: 1 + ((number * 31) % 97) };
}

function statementsOf(number: number): readonly string[] {
  const { from, to, amount } = transferOf(number);
  return [
    `update account set balance = balance - ${amount} where id = ${from}`,
    `update account set balance = balance + ${amount} where id = ${to}`,
    `insert into transfer values (${2 * number}, ${from}, ${-amount}), (${2 * number + 1}, ${to}, ${amount})`,
    `delete from transfer where n in (${2 * (number - keptTransfers)}, ${2 * (number - keptTransfers) + 1})`,
    `update progress set transfers = ${number}`,
  ];
}

function tablesOf(dialect: Dialect): readonly string[] {
  const series = (count: number): string =>
    dialect === "postgres" ? `generate_series(1, ${count}) s(n)` : `(select seq as n from seq_1_to_${count}) s`;
  const text = dialect === "postgres" ? "n::text" : "cast(n as char)";
  return [
    "create table account (id int primary key, balance bigint not null)",
    `insert into account select n, ${firstBalance} from ${series(accounts)}`,
    "create table transfer (n bigint primary key, account int not null, amount bigint not null)",
    "create table progress (id int primary key, transfers bigint not null)",
    "insert into progress values (1, 0)",
    "create table reading (id int primary key, label varchar(100) not null, value int not null)",
    `insert into reading select n, ${labelOf(text)}, ${valueSql} from ${series(readings)}`,
  ];
}
