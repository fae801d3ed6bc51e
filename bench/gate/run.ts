/**
 * The gate with statements that are designed to be costly: twenty shapes of 200,000 characters, and how long each
 * blocks the process that serves everybody. The work itself is done in a process of the pool.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { using } from "../../src/base/cleanup.ts";
import { printRows } from "../../src/cli/output/rows.ts";
import type { EnginePool } from "../../src/engine/engine-pool.ts";
import { explainQuery } from "../../src/query/query.ts";
import { statementPool } from "../../src/query/statement-pool.ts";
import type { QueryTable } from "../../src/query/table-source.ts";
import { finish, rounded } from "../headgate.ts";

const length = 200_000;

export async function run(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...words], options: { keep: { type: "boolean", default: false } } });
  const scratchDirectory = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const bounds = { memoryMb: 192, threads: 2, processes: 2, processesEach: 2, timeoutMs: 60_000 };
  try {
    const shapes = await using(statementPool({ ...bounds, scratchDirectory }), measureShapes);
    printRows(shapes.map((shape) => ({ ...shape })));
    const worst = Math.max(...shapes.map(({ loopMs }) => loopMs));
    finish(
      { bench: "gate", worstLoopMs: worst, shapes },
      { folder: import.meta.dirname, keep: values.keep, name: "gate" },
    );
  } finally {
    rmSync(scratchDirectory, { recursive: true, force: true });
  }
}

interface Shape {
  readonly shape: string;
  readonly outcome: string;
  readonly ms: number;
  /** The longest time for which the main thread was blocked. */
  readonly loopMs: number;
}

async function measureShapes(engines: EnginePool): Promise<readonly Shape[]> {
  const measured: Shape[] = [];
  for (const [shape, sql] of Object.entries(texts())) {
    // The process is started before the measurement.
    await ask(engines, "select 1");
    const loop = monitorEventLoopDelay({ resolution: 1 });
    loop.enable();
    const started = performance.now();
    const outcome = await ask(engines, sql);
    const ms = rounded(performance.now() - started, 0);
    await delay(20);
    loop.disable();
    measured.push({ shape, outcome, ms, loopMs: rounded(loop.max / 1e6, 0) });
  }
  return measured;
}

async function ask(engines: EnginePool, sql: string): Promise<string> {
  const asker = { principal: "bench", rules: "" };
  try {
    await explainQuery({ sql, engines, asker, tables: { resolve: async () => table } });
    return "passed";
  } catch (failure) {
    return (failure as { code?: string }).code ?? String(failure);
  }
}

const table: QueryTable = {
  id: "1",
  securable: { kind: "table", id: "1", databaseId: "", accountId: "" },
  snapshotId: undefined,
  database: "shop",
  name: "a",
  columns: [{ fieldId: 1, name: "id", type: "long" }],
  planFiles: async () => ({ files: [], skipped: [], skippedFiles: 0, skippedManifests: 0 }),
};

function texts(): Readonly<Record<string, string>> {
  const filled = (start: string, piece: (index: number) => string, end = ""): string => {
    let text = start;
    for (let index = 0; text.length + end.length < length - 20; index++)
      text += (index === 0 ? "" : ", ") + piece(index);
    return text + end;
  };
  const nested = (open: string, middle: string, close: string): string => {
    const depth = Math.floor((length - 20 - middle.length) / (open.length + close.length));
    return `select ${open.repeat(depth)}${middle}${close.repeat(depth)}`;
  };
  const chain = (piece: string): string =>
    `select id from a where ${Array(Math.floor((length - 40) / (piece.length + 5)))
      .fill(piece)
      .join(" and ")}`;
  return {
    underscores: `select 1 as "${"_".repeat(length - 40)}state_"`,
    "subqueries in a list": filled("select [", () => "(from a)", "]"),
    "subqueries after a wide character": filled("select 'é', [", () => "(from a)", "]"),
    "WITH clauses": filled("with ", (index) => `a${index} as (select 1)`, " from a1"),
    "WITH clauses that name each other": filled("with ", (index) => `a${index} as (from a${index})`, " from a1"),
    "states of a table": filled("select ", () => "(from a at (version => 1))"),
    "an IN list of numbers": filled("select id from a where id in (", String, ")"),
    "an IN list of texts": filled("select id from a where id::varchar in (", (index) => `'${index}'`, ")"),
    conjunctions: chain("id = 1"),
    columns: filled("select ", (index) => `id as c${index}`, " from a"),
    joins: filled("select 1 from a t", (index) => `a t${index}`),
    values: filled("select * from (values ", (index) => `(${index}, 'x')`, ") v"),
    calls: filled("select ", (index) => `abs(${index})`),
    cases: filled("select case ", () => "1", " end").replaceAll(", 1", " when true then 1"),
    parentheses: nested("(", "1", ")"),
    "lists in lists": nested("[", "1", "]"),
    comments: `select 1 ${"/*".repeat(length / 4 - 20)}${"*/".repeat(length / 4 - 20)}`,
    "comments that never close": `select 1 ${"/*".repeat(length / 2 - 20)}`,
    "a long text": `select '${"x".repeat(length - 40)}'`,
    dots: `select ${"a.".repeat(length / 2 - 20)}a`,
  };
}
