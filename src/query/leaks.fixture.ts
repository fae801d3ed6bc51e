/** For tests: runs statements on tables with hidden rows, and says what of the hidden rows shows in their outcome. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openCleanup } from "../base/cleanup.ts";
import { formatJson } from "../base/json.ts";
import { wordsOf } from "../base/present-error.ts";
import { HeadgateError } from "../errors.ts";
import { wholeTable, type TableAccess } from "../governance/table-access.ts";
import {
  canary,
  canaryDigits,
  cellAccess,
  expressions,
  leakColumns,
  leakFiles,
  rowAccess,
  shapes,
  visibleCellFiles,
  visibleFiles,
} from "./leak-statements.fixture.ts";
import { runQuery } from "./query.ts";
import type { QueryTable } from "./table-source.ts";
import { restrictTable } from "./restrict-table.ts";
import { openSampleLake, type SampleLake } from "./sample-lake.fixture.ts";
import { statementPool } from "./statement-pool.ts";
import { viewOver } from "./view-over.fixture.ts";

export interface LeakTrial {
  readonly sql: string;
  readonly access: TableAccess;
  readonly through: Through;
  /** Whether the hidden rows are there, but with two columns only. */
  readonly isCells: boolean;
}

/**
 * What `t` is: the table, or a view of it. The rows of a view are hidden by the rules of its owner, by those of its
 * reader, or by its own text.
 */
export type Through = "table" | "owner" | "reader" | "text";

const accessEach = 3;
/** Trials that `leakTrials` makes of one statement; they stand side by side. */
export const trialsEach = accessEach + 1;
const views = ["owner", "reader", "text"] as const;

/** Every expression in every place, each time under other kinds of access, and once more through a view. */
export function leakTrials(): readonly LeakTrial[] {
  const kinds = [...rowAccess, cellAccess];
  const texts = shapes.flatMap((shape) => expressions.map(shape));
  return texts.flatMap((sql, index) =>
    Array.from({ length: trialsEach }, (_none, turn): LeakTrial => {
      const through = turn < accessEach ? "table" : (views[index % views.length] ?? "owner");
      const access = kinds[(accessEach * index + turn) % kinds.length] ?? cellAccess;
      return through === "text"
        ? { sql, access: wholeTable, through, isCells: false }
        : { sql, access, through, isCells: access === cellAccess };
    }),
  );
}

export interface LeakLake extends AsyncDisposable {
  readonly lake: SampleLake;
  /** Undefined if the outcome tells nothing about hidden rows, else what it tells. */
  leak(trial: LeakTrial): Promise<string | undefined>;
  outcome(sql: string, access: TableAccess, through?: Through): Promise<string>;
  /** Statements that the gate refused, so that they prove nothing. */
  refused(): number;
}

type Way = Pick<LeakTrial, "access" | "through">;

function asSeen(table: QueryTable, { access, through }: Way): QueryTable {
  if (through === "table") return restrictTable(table, access);
  if (through === "reader") return restrictTable(viewOver(table, "select * from t"), access);
  if (through === "owner") return viewOver(restrictTable(table, access), "select * from t");
  return viewOver(table, "select * from t where region = 'eu' or id is null");
}

export async function openLeakLake(): Promise<LeakLake> {
  const cleanup = openCleanup();
  const lake = cleanup.use(await openSampleLake());
  const scratchDirectory = join(lake.directory, "scratch");
  await mkdir(scratchDirectory);
  const engine = { memoryMb: 400, threads: 2, scratchDirectory };
  const engines = cleanup.use(statementPool({ ...engine, processes: 1, processesEach: 1, timeoutMs: 60_000 }));
  const secret = { database: "shop", columns: leakColumns };
  const tables = {
    all: await lake.add({ ...secret, name: "t", files: leakFiles }),
    rows: await lake.add({ ...secret, name: "t", files: visibleFiles, asOf: { reference: "rows" } }),
    cells: await lake.add({ ...secret, name: "t", files: visibleCellFiles, asOf: { reference: "cells" } }),
  };
  const expected = new Map<string, Promise<string>>();
  let refusals = 0;
  const run = async (sql: string, table: keyof typeof tables, { access, through }: Way): Promise<string> => {
    const resolve = async () => asSeen({ ...tables[table], database: "shop", name: "t" }, { access, through });
    const asker = { principal: "somebody", rules: "" };
    try {
      await using result = await runQuery({ sql, tables: { resolve }, engines, asker });
      const rows: string[] = [formatJson(result.columns)];
      for await (const batch of result.batches) rows.push(...batch.map((row) => formatJson(row)));
      return rows.toSorted().join("\n");
    } catch (failure) {
      if (!(failure instanceof HeadgateError)) throw failure;
      return `${failure.code} ${failure.place} ${failure.message} ${wordsOf(failure)}`;
    }
  };
  return {
    lake,
    outcome: (sql, access, through = "table") => run(sql, "all", { access, through }),
    async leak({ sql, access, isCells, through }) {
      const table = isCells ? "cells" : "rows";
      const key = `${table} ${through === "table"} ${sql}`;
      const right = expected.get(key) ?? run(sql, table, { access: wholeTable, through });
      expected.set(key, right);
      const found = await run(sql, "all", { access, through });
      if (found.startsWith("SQL_NOT_ALLOWED")) refusals++;
      if (found.includes(canary) || found.includes(canaryDigits)) return `canary: ${found}`;
      return found === (await right) ? undefined : `another outcome: ${found}\ninstead of ${await right}`;
    },
    refused: () => refusals,
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}
