import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { must } from "../base/must.ts";
import { conflictWith, validateCommit, type PlannedFile, type PlannedOperation } from "./commit-validation.ts";
import { fileKey, isDeletionVector, type DataFile } from "./data-file.ts";
import { isolationLevel } from "./isolation-level.ts";
import type { LiveEntry } from "./manifest.ts";
import { dataFile, memory, table } from "./memory-table.fixture.ts";
import { filePathId } from "./position-deletes.ts";
import { planScan, type ScanFile } from "./scan.ts";
import type { SnapshotOperation } from "./snapshot.ts";
import { produceSnapshot, type SnapshotChange } from "./snapshot-producer.ts";
import { currentSnapshot, type TableMetadata } from "./table-metadata.ts";
import { applyUpdates } from "./table-update.ts";

const planned = (filePath: string, day = 1): PlannedFile => ({ dataFile: dataFile(filePath, day), sequenceNumber: 3n });
const entry = (file: DataFile, sequenceNumber = 6n): LiveEntry => ({
  status: "added",
  snapshotId: 7n,
  sequenceNumber,
  fileSequenceNumber: sequenceNumber,
  dataFile: file,
});
const positions = (name: string, referencedDataFile: string): DataFile => ({
  ...dataFile(name, 1),
  content: "position-deletes",
  referencedDataFile,
});
const vector = (name: string, of: string): DataFile => ({ ...positions(name, of), fileFormat: "PUFFIN" });
const equality = (name: string, day: number): DataFile => ({ ...dataFile(name, day), content: "equality-deletes" });

interface Did {
  readonly as: SnapshotOperation;
  readonly added?: readonly LiveEntry[];
  readonly removed?: readonly LiveEntry[];
}

/** The conflict of an operation on day 1 that was planned at sequence number 5, after one other snapshot. */
function conflict(operation: PlannedOperation, { as, added = [], removed = [] }: Did): string | undefined {
  const summary = { operation: as };
  const snapshot = { snapshotId: 7n, sequenceNumber: 6n, timestampMs: 0, summary };
  const matches = ({ partition: [day] }: DataFile): boolean => day === 1;
  return conflictWith(operation, { changes: [{ snapshot, added, removed }], plannedSequenceNumber: 5n, matches })
    ?.filePath;
}

const reading = { isolation: "serializable", filter: undefined } as const;
const rewrite = { kind: "rewrite", removed: [planned("a")], removedDeletes: new Set(["old"]) } as const;
const keeping = { ...rewrite, addedSpecId: 0 } as const;
const overwrite = { kind: "overwrite", removed: [planned("a")], ...reading } as const;
const everything = { ...overwrite, isolation: "snapshot", everything: true } as const;
const merge = { kind: "row-delta", command: "merge", removed: [], referenced: [planned("a")], ...reading } as const;
const plainDelete = { ...merge, command: "delete" } as const;
const loose = { isolation: "snapshot" } as const;

test.each<[string, PlannedOperation, Did, string | undefined]>([
  ["an append meets nothing", { kind: "append" }, { as: "delete", removed: [entry(dataFile("a", 1))] }, undefined],
  ["a rewrite: its file is gone", rewrite, { as: "overwrite", removed: [entry(dataFile("a", 1))] }, "a"],
  ["a rewrite: another is gone", rewrite, { as: "overwrite", removed: [entry(dataFile("b", 1))] }, undefined],
  ["a rewrite: its delete file is gone", rewrite, { as: "replace", removed: [entry(positions("old", "a"))] }, "old"],
  ["a rewrite: rows of its file are deleted", rewrite, { as: "delete", added: [entry(positions("d", "a"))] }, "d"],
  ["a rewrite: or by a vector", rewrite, { as: "delete", added: [entry(vector("d", "a"))] }, "d"],
  ["a rewrite: rows of another file are", rewrite, { as: "delete", added: [entry(positions("d", "b"))] }, undefined],
  ["a rewrite: deletes by value in its partition", rewrite, { as: "delete", added: [entry(equality("d", 1))] }, "d"],
  ["a rewrite that keeps the number: by value", keeping, { as: "delete", added: [entry(equality("d", 1))] }, undefined],
  ["a rewrite that keeps it: by position", keeping, { as: "delete", added: [entry(positions("d", "a"))] }, "d"],
  [
    "a rewrite that keeps it, into another spec: by value",
    { ...keeping, addedSpecId: 1 },
    { as: "delete", added: [entry(equality("d", 1))] },
    "d",
  ],
  [
    "a rewrite that keeps it, into another spec: by value in any partition",
    { ...keeping, addedSpecId: 1 },
    { as: "delete", added: [entry({ ...equality("d", 2), specId: 1 })] },
    "d",
  ],
  [
    "a rewrite that keeps it, into another spec: by value in all",
    { ...keeping, addedSpecId: 1 },
    { as: "delete", added: [entry({ ...equality("d", 1), partition: [] })] },
    undefined,
  ],
  ["a rewrite: by value in another", rewrite, { as: "delete", added: [entry(equality("d", 2))] }, undefined],
  ["a rewrite: by value, but older", rewrite, { as: "delete", added: [entry(equality("d", 1), 3n)] }, undefined],
  ["a rewrite: deletes that only moved", rewrite, { as: "replace", added: [entry(positions("d", "a"))] }, undefined],
  ["a rewrite: new rows", rewrite, { as: "append", added: [entry(dataFile("n", 1))] }, undefined],
  ["a rewrite: rows of the same state", rewrite, { as: "replace", added: [entry(dataFile("n", 1), 5n)] }, undefined],
  ["a rewrite: rows that need its deletes", rewrite, { as: "replace", added: [entry(dataFile("n", 1), 4n)] }, "n"],
  ["an overwrite: its file is gone", overwrite, { as: "replace", removed: [entry(dataFile("a", 1))] }, "a"],
  ["an overwrite: rows of its file are deleted", overwrite, { as: "delete", added: [entry(positions("d", "a"))] }, "d"],
  ["an overwrite: new rows that match", overwrite, { as: "append", added: [entry(dataFile("n", 1))] }, "n"],
  ["an overwrite: that do not", overwrite, { as: "append", added: [entry(dataFile("n", 2))] }, undefined],
  ["an overwrite: that only moved", overwrite, { as: "replace", added: [entry(dataFile("n", 1))] }, undefined],
  [
    "an overwrite of its snapshot",
    { ...overwrite, ...loose },
    { as: "append", added: [entry(dataFile("n", 1))] },
    undefined,
  ],
  ["all that matches: rows went", everything, { as: "delete", removed: [entry(dataFile("b", 1))] }, "b"],
  ["all that matches: rows are deleted", everything, { as: "delete", added: [entry(positions("d", "b"))] }, "d"],
  ["all that matches: elsewhere", everything, { as: "delete", removed: [entry(dataFile("b", 2))] }, undefined],
  ["a merge: its file is gone", merge, { as: "replace", removed: [entry(dataFile("a", 1))] }, "a"],
  ["a merge: rows are deleted too", merge, { as: "delete", added: [entry(positions("d", "b"))] }, "d"],
  ["a merge: new rows", merge, { as: "append", added: [entry(dataFile("n", 1))] }, "n"],
  [
    "a merge of its snapshot: new rows",
    { ...merge, ...loose },
    { as: "append", added: [entry(dataFile("n", 1))] },
    undefined,
  ],
  ["a delete: its file is written anew", plainDelete, { as: "replace", removed: [entry(dataFile("a", 1))] }, "a"],
  [
    "a delete: its file went with its rows",
    plainDelete,
    { as: "delete", removed: [entry(dataFile("a", 1))] },
    undefined,
  ],
  ["a delete: rows are deleted too", plainDelete, { as: "delete", added: [entry(positions("d", "a"))] }, undefined],
  ["a delete: by a vector", plainDelete, { as: "delete", added: [entry(vector("d", "a"))] }, "d"],
  ["a delete: new rows", plainDelete, { as: "append", added: [entry(dataFile("n", 1))] }, "n"],
])("%s", (_, operation, did, expected) => {
  expect(conflict(operation, did)).toBe(expected);
});

test("the isolation level is the table's, for each command", () => {
  const properties = { "write.merge.isolation-level": "snapshot", "write.update.isolation-level": "loose" };
  expect(isolationLevel({ properties }, "merge")).toBe("snapshot");
  expect(isolationLevel({ properties }, "delete")).toBe("serializable");
  expect(() => isolationLevel({ properties }, "update")).toThrow(/isolation level/);
});

/** A table with rows, in memory. Each row has a day and an id. Delete files are represented by what they delete. */
interface Row {
  readonly day: number;
  readonly id: number;
  readonly version: number;
}
const rowsOf = new Map<string, readonly Row[]>();
const deletesOf = new Map<string, (row: Row, at: { readonly file: string; readonly position: number }) => boolean>();
const io = memory();
let named = 0;
const fresh = (kind: string): string => `memory://t/${kind}${named++}`;

function write(rows: readonly Row[]): readonly DataFile[] {
  return [...Map.groupBy(rows, ({ day }) => day)].map(([day, some]) => {
    const file = dataFile(fresh("rows"), day);
    rowsOf.set(file.filePath, some);
    return file;
  });
}

type Change = Pick<SnapshotChange, "add" | "dataSequenceNumber" | "remove" | "operation" | "branch">;

async function commit(metadata: TableMetadata, change: Change): Promise<TableMetadata> {
  const { updates } = await produceSnapshot(io, metadata, { ...change, now: 0 });
  return applyUpdates(metadata, { updates, previousFile: undefined, now: 0 });
}

async function scan(metadata: TableMetadata): Promise<readonly ScanFile[]> {
  return (await planScan(io, { metadata, snapshot: currentSnapshot(metadata), filter: undefined })).files;
}

function livePlaces({ dataFile: { filePath: file }, deletes }: ScanFile): readonly (readonly [Row, number])[] {
  const gone = deletes.map((applied) => must(deletesOf.get(fileKey(applied.file)), "a known delete file"));
  return must(rowsOf.get(file), "a known file").flatMap((row, position) =>
    gone.some((isGone) => isGone(row, { file, position })) ? [] : [[row, position] as const],
  );
}

async function read(metadata: TableMetadata): Promise<readonly Row[]> {
  return (await scan(metadata)).flatMap((file) => livePlaces(file).map(([row]) => row));
}

function told(rows: readonly Row[]): readonly string[] {
  return rows.map(({ day, id, version }) => `${day}/${id}/${version}`).toSorted();
}

/** Deletes chosen rows by position; in version 3 each delete replaces the file's vector. */
function deletePlaces(
  metadata: TableMetadata,
  places: readonly { readonly file: ScanFile; readonly positions: ReadonlySet<number> }[],
): { readonly add: readonly DataFile[]; readonly replaced: ReadonlySet<string> } {
  const replaced = new Set<string>();
  const isVector = metadata.formatVersion === 3;
  const groups = isVector
    ? places.map((place) => [place])
    : [...Map.groupBy(places, ({ file }) => file.dataFile.partition[0]).values()];
  const add = groups.map((group): DataFile => {
    const names = group.map(({ file }) => file.dataFile.filePath).toSorted();
    const [first, last] = [must(names[0], "a name"), must(names.at(-1), "a name")];
    const { day } = must(rowsOf.get(first)?.[0], "a row");
    const vectors = group.flatMap(({ file }) => file.deletes.filter((applied) => isDeletionVector(applied.file)));
    const before = isVector ? vectors.map((applied) => fileKey(applied.file)) : [];
    const known = before.map((key) => must(deletesOf.get(key), "a known vector"));
    for (const key of before) replaced.add(key);
    const file: DataFile = {
      ...dataFile(fresh("deletes"), day),
      content: "position-deletes",
      fileFormat: isVector ? "PUFFIN" : "PARQUET",
      referencedDataFile: first === last ? first : undefined,
      contentOffset: isVector ? 4n : undefined,
      contentSizeInBytes: isVector ? 40n : undefined,
      lowerBounds: new Map([[filePathId, Buffer.from(first)]]),
      upperBounds: new Map([[filePathId, Buffer.from(last)]]),
    };
    deletesOf.set(
      fileKey(file),
      (row, at) =>
        known.some((isGone) => isGone(row, at)) ||
        group.some((one) => one.file.dataFile.filePath === at.file && one.positions.has(at.position)),
    );
    return file;
  });
  return { add, replaced };
}

/**
 * An operation that was planned from one state and can be applied to any state. `meant` gives the rows it should leave.
 */
interface Planned {
  readonly operation: PlannedOperation;
  readonly change: Change;
  meant(rows: readonly Row[]): readonly Row[];
}

interface Asked {
  /** `erase` deletes by value. `rewrite` gives its files a new sequence number, `keep` the one of the state. */
  readonly kind: "append" | "rewrite" | "keep" | "overwrite" | "delete" | "erase" | "update";
  readonly day: number;
  readonly ids: number;
}

async function plan(metadata: TableMetadata, { kind, day, ids }: Asked): Promise<Planned> {
  const isChosen = (row: Row): boolean => row.day === day && row.id % 3 === ids;
  const filter = { op: "eq", fieldId: 1, value: day } as const;
  const ofDay = (await scan(metadata)).filter(({ dataFile: { partition } }) => partition[0] === day);
  const newer = (row: Row): Row => ({ ...row, version: row.version + 1 });
  if (kind === "append") {
    const rows = [{ day, id: 100 + ids, version: 0 }];
    return { operation: { kind }, change: { add: write(rows), remove: new Set() }, meant: (all) => [...all, ...rows] };
  }
  if (kind === "erase") {
    const deletes: DataFile = { ...dataFile(fresh("deletes"), day), content: "equality-deletes", equalityIds: [1] };
    deletesOf.set(deletes.filePath, isChosen);
    return {
      operation: { ...plainDelete, referenced: [], filter },
      change: { add: [deletes], remove: new Set() },
      meant: (all) => all.filter((row) => !isChosen(row)),
    };
  }
  if (kind === "rewrite" || kind === "keep" || kind === "overwrite") {
    const moves = kind !== "overwrite";
    const isStaying = (row: Row): boolean => moves || !isChosen(row);
    const removed = ofDay.filter(
      (file, index) => (moves && index !== ids) || livePlaces(file).some(([row]) => !isStaying(row)),
    );
    const staying = ofDay.filter((file) => !removed.includes(file)).flatMap(({ deletes }) => deletes);
    const needed = new Set(staying.map(({ file }) => fileKey(file)));
    const going = removed.flatMap(({ deletes }) => deletes.map(({ file }) => fileKey(file)));
    const removedDeletes = new Set(going.filter((key) => !needed.has(key)));
    const rows = removed.flatMap((file) => livePlaces(file).map(([row]) => row)).filter(isStaying);
    const remove = new Set([...removed.map(({ dataFile: file }) => fileKey(file)), ...removedDeletes]);
    const parts = { removed, removedDeletes };
    return {
      operation: moves
        ? { kind: "rewrite", ...parts, addedSpecId: kind === "keep" ? 0 : undefined }
        : { kind, ...parts, filter, isolation: "serializable" },
      change: {
        add: write(rows),
        dataSequenceNumber: kind === "keep" ? currentSnapshot(metadata)?.sequenceNumber : undefined,
        remove,
        operation: moves ? "replace" : "overwrite",
      },
      meant: (all) => all.filter(isStaying),
    };
  }
  const places = ofDay
    .map((file) => ({ file, found: livePlaces(file).filter(([row]) => isChosen(row)) }))
    .filter(({ found }) => found.length > 0)
    .map(({ file, found }) => ({ file, found, positions: new Set(found.map(([, position]) => position)) }));
  const { add, replaced } = deletePlaces(metadata, places);
  const updated = kind === "delete" ? [] : places.flatMap(({ found }) => found.map(([row]) => newer(row)));
  return {
    operation: {
      kind: "row-delta",
      command: kind,
      isolation: "serializable",
      filter,
      removed: [],
      removedDeletes: replaced,
      referenced: places.map(({ file }) => file),
    },
    change: { add: [...add, ...write(updated)], remove: replaced },
    meant: (all) =>
      kind === "delete" ? all.filter((row) => !isChosen(row)) : all.map((row) => (isChosen(row) ? newer(row) : row)),
  };
}

const asked = fc.record({
  kind: fc.constantFrom("append", "rewrite", "keep", "overwrite", "delete", "erase", "update"),
  day: fc.integer({ min: 1, max: 2 }),
  ids: fc.integer({ min: 0, max: 2 }),
});

describe.each([2, 3] as const)("version %i", (formatVersion) => {
  test("two operations from one state: the second conflicts, or the rows are as if it came after the first", async () => {
    const seen = { conflicts: 0, commits: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 4 }), asked, asked, async (history, first, second) => {
        const ids = Array.from({ length: 6 }, (_, id) => id);
        const rows = [1, 2].flatMap((day) => ids.map((id) => ({ day, id, version: 0 })));
        const empty = { ...table(), formatVersion, nextRowId: formatVersion === 3 ? 0n : undefined };
        let base = await commit(empty, { add: [...write(rows), ...write(rows)], remove: new Set() });
        for (const earlier of history) base = await commit(base, (await plan(base, earlier)).change);
        const [one, other] = [await plan(base, first), await plan(base, second)];
        const present = await commit(base, one.change);
        expect(told(await read(present))).toEqual(told(one.meant(await read(base))));
        const found = await validateCommit(io, { planned: base, present, operation: other.operation });
        if (first.day !== second.day) expect(found).toBeUndefined();
        if (found === undefined) {
          const after = await commit(present, other.change);
          expect(told(await read(after))).toEqual(told(other.meant(await read(present))));
        }
        seen[found === undefined ? "commits" : "conflicts"]++;
      }),
      { numRuns: 250 },
    );
    expect(Math.min(seen.conflicts, seen.commits)).toBeGreaterThan(20);
  });
});

test("where the history between is not known, only an append goes on", async () => {
  const first = await commit(table(), { add: write([{ day: 1, id: 1, version: 0 }]), remove: new Set() });
  const second = await commit(
    first,
    await plan(first, { kind: "append", day: 2, ids: 0 }).then(({ change }) => change),
  );
  const snapshotId = must(first.currentSnapshotId, "a snapshot");
  const back = applyUpdates(second, {
    updates: [{ action: "set-snapshot-ref", refName: "main", snapshotId, type: "branch" }],
    previousFile: undefined,
    now: 0,
  });
  const { operation } = await plan(second, { kind: "rewrite", day: 1, ids: 2 });
  const validate = (kind: PlannedOperation): ReturnType<typeof validateCommit> =>
    validateCommit(io, { planned: second, present: back, operation: kind });
  expect(await validate(operation)).toMatchObject({ reason: expect.stringContaining("history") });
  expect(await validate({ kind: "append" })).toBeUndefined();
  const other = { ...second, tableUuid: "another" };
  expect(await validateCommit(io, { planned: second, present: other, operation: { kind: "append" } })).toMatchObject({
    reason: expect.stringContaining("replaced"),
  });
});
