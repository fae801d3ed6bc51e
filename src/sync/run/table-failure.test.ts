import { expect, test } from "vitest";
import { HeadgateError, type ErrorCode } from "../../errors.ts";
import { failedTable } from "./table-failure.ts";

const target = {
  sourceLabel: "main.orders",
  lakeLabel: "shop.orders",
  table: { name: { schema: "main", name: "orders" } },
};
const failWith = (failure: unknown, signal = new AbortController().signal) => {
  const reported: unknown[] = [];
  const failed = failedTable({ signal, report: (event) => void reported.push(event) }, target, failure);
  return { failed, reported };
};

test("a failure that concerns one table is reported, and the run goes on", () => {
  const { failed, reported } = failWith(new HeadgateError("DATA_FILE_MISSING", { place: "a.parquet" }));
  expect(failed).toMatchObject({
    sourceTable: "main.orders",
    lakeTable: "shop.orders",
    error: { code: "DATA_FILE_MISSING", place: "a.parquet" },
  });
  expect(reported).toMatchObject([
    { kind: "done", task: "shop.orders", outcome: "failed", error: { code: "DATA_FILE_MISSING" } },
  ]);
});

test.each<ErrorCode>(["SOURCE_LOST", "DISK_FULL", "STORE_UNREACHABLE", "COMMIT_CONFLICT", "RUN_LOST"])(
  "%s ends the run",
  (code) => {
    const failure = new HeadgateError(code);
    expect(() => failWith(failure)).toThrow(failure);
  },
);

test("in a run that is to end, the reason to end is what counts", () => {
  const reason = new HeadgateError("CANCELLED");
  expect(() => failWith(new Error("torn"), AbortSignal.abort(reason))).toThrow(reason);
});
