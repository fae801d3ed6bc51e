/** A column of the labelled set: what the classifier gets, and the class that it should propose. */
import type { ColumnSample } from "../../src/stewardship/classify/column-sample.ts";
import type { PiiClass } from "../../src/stewardship/classify/pii-class.ts";

export interface LabelledColumn extends ColumnSample {
  /** `none` for a column without personal data. */
  readonly label: PiiClass | "none";
}

export interface LabelledTable {
  readonly table: string;
  readonly columns: readonly LabelledColumn[];
}

/** How a column's values are made; `undefined` stands for null. */
export interface Plan {
  readonly name: string;
  readonly label: LabelledColumn["label"];
  readonly type?: string;
  value(row: number): string | undefined;
}

const rows = 240;

export function labelledTable(table: string, plans: readonly Plan[]): LabelledTable {
  return {
    table,
    columns: plans.map(({ name, label, type = "string", value }) => {
      const all = Array.from({ length: rows }, (_, row) => value(row));
      return { name, label, type, rows, values: all.filter((text) => text !== undefined) };
    }),
  };
}

export const nothing = (): undefined => undefined;
