/** The fate of proposals when columns are looked at again. */
import { expect, test } from "vitest";
import { changesOf, type Looked, type Proposal } from "./proposals.ts";
import { changeOfKind, type ValueKind } from "./value-kind.ts";

const evidence = { name: [], values: 9, rates: {}, notes: [] };
const kind: ValueKind = { "any values": 1, digits: 0.5 };
const proposal = (more: Partial<Proposal> = {}): Proposal => ({
  tableId: "t",
  fieldId: 1,
  class: "email",
  state: "open",
  confidence: 0.9,
  evidence,
  kind,
  reason: undefined,
  proposedAt: new Date(0),
  decidedAt: undefined,
  ...more,
});
const looked = (now: ValueKind = kind): Looked => ({
  fieldId: 1,
  findings: [{ class: "email", confidence: 0.9, evidence, kind: now }],
});
const nothing: Looked = { fieldId: 1, findings: [] };
const what = (had: readonly Proposal[], now: readonly Looked[]) => changesOf(had, now).map((change) => change.what);

test("proposes what is new, refreshes what is open, and withdraws what is not found any longer", () => {
  expect(what([], [looked()])).toEqual(["propose"]);
  expect(what([proposal()], [looked()])).toEqual(["refresh"]);
  expect(what([proposal()], [nothing])).toEqual(["withdraw"]);
  expect(what([proposal({ class: "phone" })], [looked()])).toEqual(["propose", "withdraw"]);
  expect(what([proposal({ fieldId: 2 })], [looked()])).toEqual(["propose"]);
});

test("leaves decisions alone, but makes a rejected one again when the values have changed in kind", () => {
  const changed = { "any values": 1, digits: 0.9 };
  expect(what([proposal({ state: "confirmed" })], [looked(changed), nothing])).toEqual([]);
  expect(what([proposal({ state: "rejected" })], [looked({ "any values": 1, digits: 0.75 })])).toEqual([]);
  expect(changesOf([proposal({ state: "rejected" })], [looked(changed)])).toMatchObject([
    { what: "renew", reason: "the values have changed in kind: digits: 50 % → 90 %" },
  ]);
  expect(what([proposal({ state: "rejected" })], [nothing])).toEqual([]);
});

test("values where there were none are of another kind", () => {
  expect(changeOfKind({ "any values": 0 }, { "any values": 1 })).toContain("any values");
  expect(changeOfKind(kind, kind)).toBe(undefined);
});
