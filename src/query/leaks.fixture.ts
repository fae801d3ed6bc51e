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
import { restrictTable } from "./restrict-table.ts";
import { openSampleLake, type SampleLake } from "./sample-lake.fixture.ts";
import { statementPool } from "./statement-pool.ts";

export interface LeakTrial {
  readonly sql: string;
  readonly access: TableAccess;
  /** Whether the hidden rows are there, but with two columns only. */
  readonly isCells: boolean;
}

const accessEach = 3;

/** Every expression in every place, each time under other kinds of access. */
export function leakTrials(): readonly LeakTrial[] {
  const kinds = [...rowAccess, cellAccess];
  const texts = shapes.flatMap((shape) => expressions.map(shape));
  return texts.flatMap((sql, index) =>
    Array.from({ length: accessEach }, (_none, turn): LeakTrial => {
      const access = kinds[(accessEach * index + turn) % kinds.length] ?? cellAccess;
      return { sql, access, isCells: access === cellAccess };
    }),
  );
}

export interface LeakLake extends AsyncDisposable {
  readonly lake: SampleLake;
  /** Undefined if the outcome tells nothing about hidden rows, else what it tells. */
  leak(trial: LeakTrial): Promise<string | undefined>;
  outcome(sql: string, access: TableAccess): Promise<string>;
  /** Statements that the gate refused, so that they prove nothing. */
  refused(): number;
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
  const run = async (sql: string, table: keyof typeof tables, access: TableAccess): Promise<string> => {
    const resolve = async () => restrictTable({ ...tables[table], database: "shop", name: "t" }, access);
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
    outcome: (sql, access) => run(sql, "all", access),
    async leak({ sql, access, isCells }) {
      const table = isCells ? "cells" : "rows";
      const key = `${table} ${sql}`;
      const right = expected.get(key) ?? run(sql, table, wholeTable);
      expected.set(key, right);
      const found = await run(sql, "all", access);
      if (found.startsWith("SQL_NOT_ALLOWED")) refusals++;
      if (found.includes(canary) || found.includes(canaryDigits)) return `canary: ${found}`;
      return found === (await right) ? undefined : `another outcome: ${found}\ninstead of ${await right}`;
    },
    refused: () => refusals,
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}
