import { expect, test } from "vitest";
import type { CutRun } from "../run/sync-run.ts";
import { mayProve } from "./may-prove.ts";

const hourMs = 3_600_000;
const at = new Date("2026-05-01T12:00:00Z");
const run = (proofGap: string | undefined): CutRun =>
  ({ cut: { proofGap }, config: { compareAfterHours: 24 }, seen: { position: "1", at } }) as unknown as CutRun;
const hoursAgo = (hours: number): Date => new Date(at.getTime() - hours * hourMs);

test("a proof that sees every write is trusted for ever", () => {
  expect(mayProve(run(undefined), undefined)).toBe(true);
  expect(mayProve(run(undefined), hoursAgo(1_000))).toBe(true);
});

test("another one is trusted until as many hours after a comparison as the settings say", () => {
  expect(mayProve(run("writes by hand"), undefined)).toBe(false);
  expect(mayProve(run("writes by hand"), hoursAgo(23.99))).toBe(true);
  expect(mayProve(run("writes by hand"), hoursAgo(24))).toBe(false);
});
