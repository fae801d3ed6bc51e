/** Precision and recall of the classifier on labelled tables, by class. */
import { classifyTable } from "../../src/stewardship/classify/classify.ts";
import { piiClasses } from "../../src/stewardship/classify/pii-class.ts";
import type { LabelledTable } from "./labelled-column.ts";

export interface Score {
  readonly columns: number;
  readonly right: number;
  readonly byClass: Readonly<Record<string, ClassScore>>;
  readonly overall: ClassScore;
  /** `customers.notes: free_text, but proposed was none`. */
  readonly mistakes: readonly string[];
}

export interface ClassScore {
  readonly labelled: number;
  readonly proposed: number;
  readonly precision: number | null;
  readonly recall: number | null;
}

export function scoreOf(tables: readonly LabelledTable[]): Score {
  const judged = tables.flatMap((table) =>
    classifyTable(table).map(({ name, findings }, at) => ({
      column: `${table.table}.${name}`,
      label: table.columns[at]?.label ?? "none",
      proposed: findings[0]?.class ?? "none",
    })),
  );
  const counted = (isMeant: (name: string) => boolean): ClassScore => {
    const labelled = judged.filter(({ label }) => isMeant(label));
    const proposed = judged.filter((column) => isMeant(column.proposed));
    const right = labelled.filter(({ label, proposed: found }) => label === found).length;
    return {
      labelled: labelled.length,
      proposed: proposed.length,
      precision: proposed.length === 0 ? null : rounded(right / proposed.length),
      recall: labelled.length === 0 ? null : rounded(right / labelled.length),
    };
  };
  const wrong = judged.filter(({ label, proposed }) => label !== proposed);
  return {
    columns: judged.length,
    right: judged.length - wrong.length,
    byClass: Object.fromEntries(piiClasses.map((name) => [name, counted((other) => other === name)])),
    overall: counted((name) => name !== "none"),
    mistakes: wrong.map(({ column, label, proposed }) => `${column}: ${label}, but proposed was ${proposed}`),
  };
}

function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}
