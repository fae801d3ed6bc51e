/**
 * Iceberg: what src/iceberg does with the metadata of a large table, compared with PyIceberg on the same files on a
 * local disk.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { printRows } from "../../src/cli/output/rows.ts";
import { finish, progress, rounded } from "../headgate.ts";
import { pythonWith } from "../python.ts";
import { largeTableQuestion, makeLargeTable, type LargeTable } from "./large-table.ts";
import { askOurs, askPyIceberg, operations, type Answer, type Operation } from "./question.ts";

const packages = ["pyiceberg[pyarrow]==0.12.0"];

export async function run(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      files: { type: "string", default: "100000" },
      snapshots: { type: "string", default: "10000" },
      runs: { type: "string", default: "3" },
      keep: { type: "boolean", default: false },
    },
  });
  const size = { files: Number(values.files), snapshots: Number(values.snapshots) };
  const home = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  try {
    const python = pythonWith("bench-iceberg", packages);
    progress(`making ${size.files} files in ${size.snapshots} snapshots`);
    const metadataFile = await makeLargeTable(`file://${home}/table`, size);
    const result = await compare({ python, table: { ...size, metadataFile }, runs: Number(values.runs) });
    finish(
      { bench: "iceberg", ...size, ...result },
      { folder: import.meta.dirname, name: "pyiceberg", keep: values.keep },
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

interface Comparison {
  readonly python: string;
  readonly table: LargeTable;
  readonly runs: number;
}

async function compare({ python, table, runs }: Comparison) {
  const compared = new Map<Operation, ReturnType<typeof figures>>();
  for (const operation of operations) {
    const question = { ...largeTableQuestion(table), operation, runs };
    const [ours, theirs] = [await askOurs(question), await askPyIceberg(python, question)];
    if (ours.answer !== theirs.answer) throw new Error(`${operation}: ${ours.answer} and ${theirs.answer} differ`);
    compared.set(operation, figures(ours, theirs));
    progress(`${operation}: ${rounded(ours.least)} ms, PyIceberg ${rounded(theirs.least)} ms`);
  }
  printRows([...compared].map(([operation, row]) => ({ operation, ...row })));
  const ratios = Object.fromEntries([...compared].map(([operation, { ratio }]) => [operation, ratio]));
  return { ratio: Math.min(...Object.values(ratios)), ratios, operations: Object.fromEntries(compared) };
}

function figures(ours: Answer, theirs: Answer) {
  return {
    oursMs: rounded(ours.least, 1),
    pyicebergMs: rounded(theirs.least, 1),
    ratio: rounded(theirs.least / ours.least, 2),
    oursMB: ours.peakMB,
    pyicebergMB: theirs.peakMB,
    answer: ours.answer,
  };
}
