/**
 * Two small tables that are equal or differ slightly, for testing a digest: in a value, a null, a duplicate row, or two
 * exchanged values. The test chooses the values, as SQL literals, to attack the way its digest is written.
 */
import * as fc from "fast-check";

/** A declared type and literals of it. */
export type TypeValues = readonly [declared: string, values: readonly string[]];
/** A row as literals. */
export type Literals = readonly string[];
export type TwoTables = readonly [readonly Literals[], readonly Literals[]];

export function twoTables(columns: readonly TypeValues[]): fc.Arbitrary<TwoTables> {
  const place = fc.nat({ max: columns.length - 1 });
  const change = fc.oneof(
    fc.constant((rows: readonly Literals[]) => rows.toReversed()),
    fc.constant((rows: readonly Literals[]) => [...rows, rows[0] ?? []]),
    fc.tuple(place, rowOf(columns)).map(([at, other]) => changeFirst((row) => row.with(at, other[at] ?? "null"))),
    place.map((at) => changeFirst((row) => exchanged(row, at, (at + 1) % columns.length))),
    place.map((at) => changeFirst((row) => row.with(at, "null"))),
  );
  const rows = fc.array(rowOf(columns), { minLength: 1, maxLength: 2 });
  return fc.tuple(rows, change).map(([left, changeOf]) => [left, changeOf(left)] as const);
}

function rowOf(columns: readonly TypeValues[]): fc.Arbitrary<Literals> {
  const value = (values: readonly string[]) => fc.oneof(fc.constant("null"), fc.constantFrom("null", ...values));
  return fc.tuple(...columns.map(([, values]) => value(values)));
}

const changeFirst =
  (changeOf: (row: Literals) => Literals) =>
  (rows: readonly Literals[]): readonly Literals[] =>
    rows.map((row, index) => (index === 0 ? changeOf(row) : row));

const exchanged = (row: Literals, left: number, right: number): Literals =>
  row.with(left, row[right] ?? "null").with(right, row[left] ?? "null");

export function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

export function digestText(digests: readonly { rows: number; sum: bigint }[] | undefined): string | undefined {
  return digests?.map(({ rows, sum }) => `${rows} ${sum}`).join();
}
