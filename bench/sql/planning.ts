/** The cost of planning a query over a table with very many files and snapshots, before any engine is used. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { printRows } from "../../src/cli/output/rows.ts";
import { progress, rounded } from "../headgate.ts";
import { largeTableQuestion, makeLargeTable } from "../iceberg/large-table.ts";
import { askOurs, type Operation } from "../iceberg/question.ts";

const size = { files: 100_000, snapshots: 10_000 };
const steps: readonly Operation[] = ["parse", "plan", "plan-partition", "plan-bounds"];

export async function measurePlanning(runs: number) {
  const home = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  try {
    progress(`making ${size.files} files in ${size.snapshots} snapshots`);
    const metadataFile = await makeLargeTable(`file://${home}/table`, size);
    const rows: { step: Operation; ms: number; peakMB: number; answer: number }[] = [];
    for (const step of steps) {
      const question = { ...largeTableQuestion({ metadataFile, ...size }), operation: step, runs };
      const { least, peakMB, answer } = await askOurs(question);
      rows.push({ step, ms: rounded(least), peakMB, answer });
    }
    printRows(rows);
    return { ...size, steps: rows };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
