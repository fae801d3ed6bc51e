/** Tests what a run reports about a table, and what becomes of its history. */
import { expect, test } from "vitest";
import type { StagedFile } from "../../writer/staged-file.ts";
import type { TableChange } from "../../writer/table-change.ts";
import type { HistoryTarget } from "../history/change-history.ts";
import { plainTarget, sourceColumn, sourceTable } from "../run/plain-target.fixture.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import { changed, unchanged } from "./load-result.ts";
import { withMissed } from "./with-missed.ts";

const file = (sizeBytes: number): StagedFile => ({
  location: `memory://${sizeBytes}`,
  rowCount: 1,
  sizeBytes,
  columns: [],
  partition: [],
  isSorted: false,
});
const seen = { position: "2", at: new Date(0) };
const run = (full = false) => ({ report: () => {}, seen, full });
const table = { files: [], rows: 10, inexact: [] };
const outcome = { fingerprint: undefined, digest: undefined, isWhole: true, table };
const none: TableChange = { add: [], deletes: [], remove: new Set() };

function history(more: Partial<HistoryTarget> = {}): HistoryTarget {
  const { follow, ...target } = plainTarget();
  return { ...target, fields: [], follow: { ...follow, changes: [] }, ...more };
}

const followed = plainTarget().follow;
const unchangedOf = (target: SyncTarget) => unchanged(run(), { ...outcome, target, reason: "as before" });
const changedOf = (target: SyncTarget, change: TableChange, more: { full?: boolean; images?: StagedFile[] } = {}) =>
  changed(run(more.full), { ...outcome, target, content: { change, rowsAdded: 1, images: more.images } });

test("a table that stays as it was is reported with the reason, and has no change", () => {
  const result = unchangedOf(plainTarget());
  expect(result).toMatchObject({ change: undefined, history: undefined, seen, isWhole: true });
  expect(result.report).toMatchObject({
    sourceTable: "main.orders",
    lakeTable: "shop.orders",
    outcome: "unchanged",
    reason: "as before",
    mode: "diff",
    modeReason: "chosen",
    rows: 10,
    files: 0,
    bytes: 0,
  });
});

test("a table that changes is created, merged or reloaded, and its files are counted", () => {
  const reportOf = (target: SyncTarget, change: TableChange, full?: boolean) =>
    changedOf(target, change, full === undefined ? {} : { full }).report;
  expect(reportOf(plainTarget({ current: undefined }), none)).toMatchObject({
    outcome: "created",
    reason: "new",
    mode: "full",
  });
  expect(reportOf(plainTarget({ current: undefined }), none, true).reason).toBe("new");
  expect(reportOf(plainTarget(), { ...none, remove: "all" }, true)).toMatchObject({
    outcome: "reloaded",
    reason: "asked for",
  });
  const deletes = { ...file(7), specId: 0, dataFile: "memory://5", offset: 0, length: 1 };
  expect(reportOf(plainTarget(), { ...none, add: [file(5)], deletes: [deletes] })).toMatchObject({
    outcome: "merged",
    reason: "changed",
    rowsAdded: 1,
    files: 2,
    bytes: 12,
  });
});

test("cautions are those of the columns and of the layout, and that a table was taken over", () => {
  const columns = [sourceColumn("id"), sourceColumn("day", "date", { caution: "zero dates become null" })];
  const layout = { ...plainTarget().layout, cautions: ["the sort order stays as it was"] };
  const cautions = (target: Partial<SyncTarget>) =>
    unchangedOf(plainTarget({ table: sourceTable({ columns }), layout, ...target })).report.cautions;
  const own = ["day: zero dates become null", "the sort order stays as it was"];
  expect(cautions({})).toEqual(own);
  expect(cautions({ standing: undefined })).toEqual([
    "the table was loaded from a source of this name before; it was used again and compared",
    ...own,
  ]);
  expect(cautions({ standing: undefined, current: undefined })).toEqual(own);
});

test("a history that is up to date is written only when there is something to record", () => {
  const target = plainTarget({ history: history() });
  expect(unchangedOf(target).history).toBeUndefined();
  const images = [file(3)];
  expect(changedOf(target, none, { images }).history).toEqual({
    target: target.history,
    change: { ...none, add: images },
  });
});

test("a history is made, or follows the table's columns, even without a change to record", () => {
  const created = history({ current: undefined });
  expect(unchangedOf(plainTarget({ history: created })).history).toEqual({ target: created, change: none });
  const following = history({ follow: { ...followed, changes: ["the history follows"] } });
  expect(unchangedOf(plainTarget({ history: following })).history).toEqual({ target: following, change: none });
});

test("changes that the history missed are written before those of the run", () => {
  const target = plainTarget({ history: history() });
  const result = changedOf(target, none, { images: [file(2)] });
  const missed = withMissed(result, { images: [file(1)] });
  expect(missed.history).toEqual({ target: target.history, change: { ...none, add: [file(1), file(2)] } });
  expect(missed.report.cautions).toEqual([]);
  const lost = withMissed(unchangedOf(target), { images: [], caution: "it lacks what others changed" });
  expect(lost.history).toBeUndefined();
  expect(lost.report.cautions).toEqual(["it lacks what others changed"]);
  const only = withMissed(unchangedOf(target), { images: [file(1)] });
  expect(only.history).toMatchObject({ change: { add: [file(1)] } });
  const created = unchangedOf(plainTarget({ history: history({ current: undefined }) }));
  expect(withMissed(created, { images: [] }).history).toMatchObject({ change: none });
});

test("where there is no history, or it is to stay as it is, nothing missed is written", () => {
  const missed = { images: [file(1)], caution: "it lacks what others changed" };
  const without = unchangedOf(plainTarget());
  expect(withMissed(without, missed)).toBe(without);
  const target = plainTarget({ history: history() });
  const left = { ...unchangedOf(target), history: "left" as const };
  expect(withMissed(left, missed)).toBe(left);
  const right = unchangedOf(target);
  expect(withMissed(right, undefined)).toBe(right);
});
