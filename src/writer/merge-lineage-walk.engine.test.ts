/** Rows of a table of format version 3 keep their ids through any sequence of merges, also from version 2 on. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fileKey, isDeletionVector } from "../iceberg/data-file.ts";
import { type ScanPlan } from "../iceberg/scan.ts";
import { type Row, engine, valuesSql, rowsOf, openTable, type KnownRow, numberedRows } from "./merged-table.fixture.ts";

function countOf(known: ReadonlyMap<unknown, KnownRow>): ReadonlyMap<string, number> {
  const groups = Map.groupBy(known.values(), ({ values }) => values);
  return new Map([...groups].map(([values, group]) => [values, group.length]));
}

/** As many of several equal rows keep their ids as remain; new rows get ids that no row had before. */
function expectLineage(before: ReadonlyMap<unknown, KnownRow>, after: ReadonlyMap<unknown, KnownRow>): void {
  const kept = new Map([...after].filter(([id]) => before.has(id)));
  for (const [id, known] of kept) expect(known).toEqual(before.get(id));
  const [had, has, keeps] = [countOf(before), countOf(after), countOf(kept)];
  for (const [values, count] of has) expect(keeps.get(values) ?? 0).toBe(Math.min(count, had.get(values) ?? 0));
  const highest = Math.max(-1, ...[...before.keys()].map(Number));
  for (const id of after.keys()) if (!before.has(id)) expect(Number(id)).toBeGreaterThan(highest);
}

/**
 * Expects at most one vector per data file, none for a removed file, and no position delete file that is not needed.
 */
function expectTidy({ files, deletes }: ScanPlan): void {
  const vectors = deletes.filter(isDeletionVector);
  const named = vectors.map(({ referencedDataFile }) => referencedDataFile);
  expect(new Set(named).size).toBe(named.length);
  for (const name of named) expect(files.map(({ dataFile }) => dataFile.filePath)).toContain(name);
  const applied = new Set(files.flatMap((file) => file.deletes.map(({ file: deleteFile }) => fileKey(deleteFile))));
  expect(new Set(deletes.map(fileKey))).toEqual(applied);
}

/** In version 2, a row of each file goes; in version 3, only one of the second file. Which copies go decides other cases. */
const vectorsBesidePositionDeletes = [[40, 87], [86], [3]].map((gone) => ({
  gone,
  added: 0,
  smallFileBytes: 0 as const,
}));

test("in version 3, also from version 2 on, every row that stays keeps its id, and vectors take over from position deletes", async () => {
  const step = fc.record({
    gone: fc.uniqueArray(fc.nat(90), { maxLength: 12 }),
    added: fc.nat(4),
    smallFileBytes: fc.constantFrom(0, 0, 2_500),
  });
  const steps = fc.array(step, { minLength: 3, maxLength: 8 });
  const seen = { vectors: 0, replaced: 0, besidePositionDeletes: 0, rewritten: 0 };
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.constantFrom(0, 1, 2),
      fc.constantFrom([], ["file"]),
      async (changes, inTwo, partitionBy) => {
        const table = openTable(inTwo === 0 ? 3 : 2);
        table.layOut(partitionBy);
        let list = Array.from({ length: 60 }, (_, index): Row => [index % 2 === 0 ? "a" : null, `${index % 25}`, "1"]);
        await table.bring(list, 0);
        const onlyInSecondFile = Array.from({ length: 20 }, (_, index): Row => ["b", `${index % 15}`, "1"]);
        list = [...list, ...list.toReversed().slice(40), ...onlyInSecondFile];
        await table.bring(list, 0);
        let before: ReadonlyMap<unknown, KnownRow> | undefined;
        for (const [index, { gone, added, smallFileBytes }] of changes.entries()) {
          if (index === inTwo) table.upgrade();
          list = [...list.filter((_, place) => !gone.includes(place)), ...list.slice(0, added)];
          const change = await table.bring(list, smallFileBytes);
          if (change === undefined || index < inTwo) continue;
          const [plan, files] = [await table.plan(), await table.live()];
          const after = await numberedRows(files);
          if (before !== undefined) expectLineage(before, after);
          before = after;
          expectTidy(plan);
          const { rows: wanted } = await engine.run(
            `select c1, c2, c3::varchar, c4::varchar from ${valuesSql(list)} w`,
          );
          expect(await rowsOf(files)).toEqual(wanted.map((values) => JSON.stringify(values)).toSorted());
          const removed = change.remove === "all" ? [] : [...change.remove];
          seen.vectors += change.deletes.length;
          seen.replaced += removed.filter((key) => key.includes("#")).length;
          seen.rewritten += removed.filter((key) => change.add.length > 0 && key.endsWith(".parquet")).length;
          if (new Set(plan.deletes.map(isDeletionVector)).size === 2) seen.besidePositionDeletes++;
        }
      },
    ),
    { numRuns: 20, examples: [[vectorsBesidePositionDeletes, 1, []]] },
  );
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(0);
});
