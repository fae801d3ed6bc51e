/** Parameters: set, changed and removed by id, each change once, and no other thing's. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openMetadata, type OpenMetadata } from "../../test/world/prepared-metadata.ts";
import { uuidv7 } from "../base/uuid.ts";
import { inTransaction } from "../db/transaction.ts";
import { parametersOf, setParameters, type Described, type ParameterChange } from "./parameters.ts";

let metadata: OpenMetadata;
beforeAll(async () => (metadata = await openMetadata()));
afterAll(() => metadata[Symbol.asyncDispose]());

const byCommand = { by: null, origin: null };
const byFile = { by: null, origin: "yaml" };

function newTable(): Described & { column(fieldId: number): Described } {
  const table = { kind: "table", id: uuidv7() } as const;
  return { ...table, column: (fieldId) => ({ ...table, fieldId }) };
}

const set = (changes: readonly ParameterChange[], author = byCommand as { by: null; origin: string | null }) =>
  inTransaction(metadata.db, (transaction) => setParameters(transaction, changes, author));
const shown = async (id: string) =>
  (await parametersOf(metadata.db, [id])).map(({ on, key, value, origin }) => [on.fieldId, key, value, origin]);

describe("parameters", () => {
  test("belong to the table or to one of its columns", async () => {
    const table = newTable();
    await set([
      { on: table, key: "pii_flag", value: "false" },
      { on: table.column(2), key: "pii_flag", value: "true" },
      { on: table.column(2), key: "Zeta", value: "z" },
    ]);
    expect(await shown(table.id)).toEqual([
      [undefined, "pii_flag", "false", null],
      [2, "Zeta", "z", null],
      [2, "pii_flag", "true", null],
    ]);
    expect(await shown(newTable().id)).toEqual([]);
  });

  test("change, and what stays the same is no change", async () => {
    const on = newTable();
    await set([{ on, key: "unit", value: "EUR" }], byFile);
    expect(await set([{ on, key: "unit", value: "EUR" }])).toEqual([]);
    expect(await set([{ on, key: "unit", value: "USD" }])).toEqual([{ on, key: "unit", value: "USD", before: "EUR" }]);
    expect(await shown(on.id)).toEqual([[undefined, "unit", "USD", "yaml"]]);
    expect(await set([{ on, key: "unit", value: undefined }])).toMatchObject([{ before: "USD" }]);
    expect(await set([{ on, key: "unit", value: undefined }])).toEqual([]);
    expect(await shown(on.id)).toEqual([]);
  });

  test("are removed from one column only", async () => {
    const table = newTable();
    const on = [table, table.column(1), table.column(2)];
    await set(on.map((one) => ({ on: one, key: "k", value: "v" })));
    await set([{ on: table.column(1), key: "k", value: undefined }]);
    expect(await shown(table.id)).toEqual([
      [undefined, "k", "v", null],
      [2, "k", "v", null],
    ]);
  });

  test.each([
    ["", "v"],
    ["9lives", "v"],
    ["a b", "v"],
    ["k", " "],
    ["k", "x".repeat(10_001)],
    ["k", "a\0b"],
  ])("with the key %j are refused when they cannot be stored", async (key, value) => {
    await expect(set([{ on: newTable(), key, value }])).rejects.toMatchObject({ code: "USAGE" });
  });

  test("set by two people at once end as one of them said, once", async () => {
    const on = newTable();
    const values = ["a", "b", "c", "d", "e"];
    const made = await Promise.all(values.map((value) => set([{ on, key: "k", value }])));
    expect(made.flat().filter(({ before }) => before === undefined)).toHaveLength(1);
    expect(await shown(on.id)).toHaveLength(1);
  });
});
