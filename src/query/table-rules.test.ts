import { expect, test } from "vitest";
import type { HeadgateError } from "../errors.ts";
import type { Predicate } from "../governance/predicate/predicate.ts";
import type { AccessPart } from "../governance/table-access.ts";
import { restrictTable } from "./restrict-table.ts";
import { tableRules } from "./table-rules.ts";

const columns = [
  { fieldId: 1, name: "id", type: "int" },
  { fieldId: 2, name: "region", type: "string" },
  { fieldId: 3, name: "email", type: "string" },
];
const table = { database: "shop", name: "orders", columns };
const eu: Predicate = { op: "=", column: { fieldId: 2, type: "string" }, value: { literal: "eu" } };
const small: Predicate = { op: "<", column: { fieldId: 1, type: "int" }, value: { literal: "5" } };
const masked = new Map([[3, { action: "show-last-4" as const }]]);

function part(more: Partial<AccessPart>): AccessPart {
  return { columns: { mode: "all" }, rows: [], masks: new Map(), ...more };
}

const only = (...ids: number[]): AccessPart["columns"] => ({ mode: "include", fieldIds: new Set(ids) });

function failureOf(work: () => unknown): HeadgateError {
  try {
    work();
  } catch (failure) {
    return failure as HeadgateError;
  }
  throw new Error("nothing failed");
}

test("a value as it is beats a mask, and a mask beats nothing", () => {
  const { rows, shown } = tableRules(table, {
    parts: [part({ masks: masked }), part({ columns: only(3), rows: [eu, small] })],
  });
  expect(rows).toBeUndefined();
  expect(shown.get(1)).toEqual([{ when: undefined, mask: undefined }]);
  expect(shown.get(3)).toEqual([
    { when: { op: "and", terms: [eu, small] }, mask: undefined },
    { when: undefined, mask: { action: "show-last-4" } },
  ]);
});

test("a column is shown only in the rows of the parts that include it", () => {
  const { rows, shown } = tableRules(table, {
    parts: [part({ columns: only(1, 2), rows: [eu] }), part({ columns: only(1), rows: [small] })],
  });
  expect(rows).toEqual({ op: "or", terms: [eu, small] });
  expect(shown.get(1)).toEqual([{ when: undefined, mask: undefined }]);
  expect(shown.get(2)).toEqual([{ when: eu, mask: undefined }]);
  expect(shown.has(3)).toBe(false);
});

test("a part whose row filter needs a column that the state does not have gives nothing", () => {
  const before = { ...table, columns: columns.slice(0, 1) };
  const { rows, shown } = tableRules(before, { parts: [part({ rows: [eu] }), part({ rows: [small] })] });
  expect(rows).toEqual(small);
  expect([...shown.keys()]).toEqual([1]);
  const failure = failureOf(() => tableRules(before, { parts: [part({ rows: [eu] })] }));
  expect(failure).toMatchObject({ code: "NOT_ALLOWED", place: "shop.orders" });
  expect(failure.message).toMatch(/row filter .* compares a column that the table does not have in this state/);
  expect(failure.message).not.toMatch(/region|'eu'/);
});

test("nothing to read is refused in plain words", () => {
  expect(failureOf(() => tableRules(table, { parts: [] })).message).toBe("you may not read the rows of shop.orders");
  expect(failureOf(() => tableRules(table, { parts: [part({ columns: only(9) })] })).message).toMatch(
    /none of the columns/,
  );
});

test("conditions on altered columns and the row filter's own decide which files are read", async () => {
  const asked: unknown[] = [];
  const whole = {
    ...table,
    id: "1",
    securable: { kind: "table" as const, id: "1", databaseId: "2", accountId: "3" },
    snapshotId: undefined,
    planFiles: async (filter: unknown) => {
      asked.push(filter);
      return { files: [], skipped: [], skippedFiles: 0, skippedManifests: 0 };
    },
  };
  const restricted = restrictTable(whole, { parts: [part({ rows: [eu], masks: masked })] });
  expect(restricted.columns.map(({ isAltered }) => isAltered)).toEqual([false, false, true]);
  await restricted.planFiles({ op: "gt", fieldId: 1, value: 3 });
  expect(asked).toEqual([
    {
      op: "and",
      terms: [
        { op: "gt", fieldId: 1, value: 3 },
        { op: "eq", fieldId: 2, value: "eu" },
      ],
    },
  ]);
  const other = restrictTable(whole, { parts: [part({ rows: [small], masks: masked })] });
  expect(other.id).not.toBe(restricted.id);
  expect(restrictTable(whole, { parts: [part({}), part({ rows: [eu] })] })).toBe(whole);
});
