/** Rules that are carried over to a new table mean there what they meant before, or there are none. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { NestedField } from "../iceberg/type.ts";
import { carryColumns, carryFilter, type BothTables } from "./carry-over.ts";
import type { DataFilter } from "./policy.ts";
import { anyPredicate, comparedFields } from "./predicate/arbitrary-predicate.fixture.ts";
import { parsePredicate } from "./predicate/parse-predicate.ts";
import type { Predicate } from "./predicate/predicate.ts";
import { predicateColumns } from "./predicate/predicate-columns.ts";
import { predicateText } from "./predicate/predicate-text.ts";
import { hasColumn, type ColumnSet } from "./table-access.ts";

const earlier: BothTables["earlier"] = new Map(
  comparedFields.map(({ id, name }) => [id, { name, isDropped: id % 5 === 0 }]),
);
const allLive: BothTables["earlier"] = new Map(comparedFields.map(({ id, name }) => [id, { name, isDropped: false }]));
/** The columns of the new table have the ids in another order. */
const fields: readonly NestedField[] = comparedFields.map((field, index) => ({ ...field, id: 100 - index }));
const nameIn = (among: readonly NestedField[]) => (id: number) => among.find((field) => field.id === id)?.name ?? "";

const everything: ColumnSet = { mode: "all" };

function filterOf(rows: Predicate): DataFilter {
  return { id: "1", tableId: "2", name: "few", columns: everything, rows, masks: new Map() };
}

test("a row filter has the same text with the new columns, and is read from it as the same", () => {
  fc.assert(
    fc.property(anyPredicate, (rows) => {
      const carried = carryFilter(filterOf(rows), { earlier: allLive, fields });
      if ("obstacle" in carried) throw new Error(carried.obstacle);
      const { text = "", predicate } = carried.rule.rows ?? {};
      expect(text).toBe(predicateText(rows, nameIn(comparedFields)));
      if (text.length <= 2_048) expect(predicateText(parsePredicate(text, fields), nameIn(fields))).toBe(text);
      for (const id of predicateColumns(predicate as Predicate)) expect(fields.map((field) => field.id)).toContain(id);
    }),
  );
});

test("a row filter is left out if any column that it compares is lacking or has another type", () => {
  fc.assert(
    fc.property(anyPredicate, fc.nat(), fc.boolean(), (rows, random, isTyped) => {
      const compared = predicateColumns(rows);
      const name = nameIn(comparedFields)(compared[random % compared.length] ?? 0);
      const others = fields.filter((field) => field.name !== name);
      const changed = isTyped ? [...others, { id: 200, name, required: false, type: "binary" }] : others;
      expect(carryFilter(filterOf(rows), { earlier: allLive, fields: changed })).toHaveProperty("obstacle");
    }),
  );
});

const anySet: fc.Arbitrary<ColumnSet> = fc
  .tuple(fc.constantFrom("include" as const, "exclude" as const), fc.uniqueArray(fc.nat(16), { minLength: 1 }))
  .map(([mode, ids]) => ({ mode, fieldIds: new Set(ids.map((id) => id + 1)) }));
const anyFields = fc.uniqueArray(fc.constantFrom(...fields), { selector: ({ id }) => id });

test("columns that were not shown are not shown again under their names", () => {
  fc.assert(
    fc.property(anySet, anyFields, (columns, now) => {
      const carried = carryColumns(columns, { earlier, fields: now });
      if ("obstacle" in carried) return;
      const shown = now.filter(({ id }) => hasColumn(carried.rule, id)).map(({ name }) => name);
      for (const [id, { name, isDropped }] of earlier) {
        const wasShown = hasColumn(columns, id) && !(columns.mode === "include" && isDropped);
        if (!wasShown) expect(shown).not.toContain(name);
      }
      expect(carried.rule.mode).toBe(columns.mode);
    }),
  );
});

test("a column whose name is not known is never left out of what is hidden or masked", () => {
  const unknown: ColumnSet = { mode: "exclude", fieldIds: new Set([999]) };
  expect(carryColumns(unknown, { earlier, fields })).toHaveProperty("obstacle");
  const masked = {
    ...filterOf({ op: "constant", value: true }),
    masks: new Map([[999, { action: "replace-with-null" }]]),
  };
  expect(carryFilter(masked as DataFilter, { earlier, fields })).toHaveProperty("obstacle");
});

test("a hidden or masked column that may have another name now takes the rule with it", () => {
  const [, ...others] = comparedFields;
  const gone = comparedFields[0]?.id ?? 0;
  const hidden: ColumnSet = { mode: "exclude", fieldIds: new Set([gone]) };
  const masks: DataFilter["masks"] = new Map([[gone, { action: "replace-with-null", value: undefined }]]);
  const masking: DataFilter = { id: "1", tableId: "2", name: "few", columns: everything, rows: undefined, masks };
  const another: NestedField = { id: 99, name: "another", required: false, type: "string" };
  const renamed: BothTables = { earlier: allLive, fields: [...others, another] };
  expect(carryColumns(hidden, renamed)).toHaveProperty("obstacle");
  expect(carryFilter(masking, renamed)).toHaveProperty("obstacle");
  expect(carryColumns(hidden, { earlier: allLive, fields: others })).toMatchObject({
    notes: [expect.stringContaining("no longer exists")],
  });
});
