/** Headgate's side of a question: repeats the operation, warm, and reports how long it took. */
import { expiredSnapshots } from "../../src/iceberg/expire-snapshots.ts";
import type { Expression } from "../../src/iceberg/expression.ts";
import { metadataText, writeMetadata } from "../../src/iceberg/metadata-file.ts";
import { planScan } from "../../src/iceberg/scan.ts";
import { produceSnapshot } from "../../src/iceberg/snapshot-producer.ts";
import { currentSnapshot, parseTableMetadata, type TableMetadata } from "../../src/iceberg/table-metadata.ts";
import { applyUpdates } from "../../src/iceberg/table-update.ts";
import { median } from "../measure.ts";
import { dataFile, diskIO, schema } from "./large-table.ts";
import type { Answer, Question } from "./question.ts";

const question = JSON.parse(process.argv[2] ?? "") as Question;
const metadata = await parse(question.metadataFile);
console.log(JSON.stringify(await repeat(workOf(question))));

function workOf({ operation, metadataFile, day, from, to, maxAgeMs }: Question): () => Promise<number> {
  const [dayId, idId] = [fieldId("day"), fieldId("id")];
  switch (operation) {
    case "parse":
      return async () => (await parse(metadataFile)).snapshots.length;
    case "plan":
      return () => plan(undefined);
    case "plan-partition":
      return () => plan({ op: "eq", fieldId: dayId, value: Date.parse(day) / (24 * 3_600_000) });
    case "plan-bounds":
      return () =>
        plan({
          op: "and",
          terms: [
            { op: "gt-eq", fieldId: idId, value: BigInt(from) },
            { op: "lt-eq", fieldId: idId, value: BigInt(to) },
          ],
        });
    case "append":
      return append;
    case "expire":
      return async () => expire(maxAgeMs);
  }
}

async function parse(location: string): Promise<TableMetadata> {
  return parseTableMetadata(metadataText(await diskIO.read(location)));
}

function fieldId(name: string): number {
  return schema.fields.find((field) => field.name === name)?.id ?? 0;
}

async function plan(filter: Expression | undefined): Promise<number> {
  return (await planScan(diskIO, { metadata, snapshot: currentSnapshot(metadata), filter })).files.length;
}

/** Each on the unchanged table, without the catalog's own step. */
async function append(): Promise<number> {
  const now = metadata.lastUpdatedMs + 60_000;
  const { updates, snapshot } = await produceSnapshot(diskIO, metadata, {
    add: [dataFile(metadata.location, { day: 0, number: 0 })],
    remove: new Set(),
    now,
  });
  const next = applyUpdates(metadata, { updates, previousFile: question.metadataFile, now });
  await writeMetadata(diskIO, next, { version: 99_999, uuid: crypto.randomUUID() });
  return Number(snapshot.summary["total-data-files"]);
}

function expire(maxAgeMs: number): number {
  const properties = { "history.expire.max-snapshot-age-ms": String(maxAgeMs) };
  const now = metadata.lastUpdatedMs;
  const snapshotIds = expiredSnapshots({ ...metadata, properties }, now);
  const updates = [{ action: "remove-snapshots", snapshotIds }] as const;
  const { snapshots } = applyUpdates(metadata, { updates, previousFile: question.metadataFile, now });
  return metadata.snapshots.length - snapshots.length;
}

async function repeat(work: () => Promise<number>): Promise<Answer> {
  const answer = await work();
  const times: number[] = [];
  for (let turn = 0; turn < question.runs; turn++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  const peakMB = Math.round(process.resourceUsage().maxRSS / 1024);
  return { least: Math.min(...times), median: median(times), peakMB, answer };
}
