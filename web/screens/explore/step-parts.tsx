/** The parts of which the steps of a question are made: a card, a choice of a column, and a line that can be taken away. */
import { NativeSelect } from "@mantine/core";
import type { ReactNode } from "react";
import { Icon, type IconName } from "../../parts/icon.tsx";
import type { ColumnName, Kind, Question } from "./question.ts";

export interface StepProps {
  readonly question: Question;
  readonly columns: readonly KnownColumn[];
  readonly onChange: (question: Question) => void;
}

/** A column of the first table or of a joined one. */
export interface KnownColumn extends ColumnName {
  readonly kind: Kind;
  /** With the name of its table, if there are several tables. */
  readonly label: string;
}

interface StepCardProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
}

export function StepCard({ icon, title, children }: StepCardProps): ReactNode {
  return (
    <section className="card question-step" aria-label={title}>
      <h2>
        <Icon name={icon} size={16} />
        {title}
      </h2>
      {children}
    </section>
  );
}

interface ColumnChoiceProps {
  readonly label: string;
  readonly columns: readonly KnownColumn[];
  readonly value: ColumnName | undefined;
  /** Shown while nothing is chosen; with it, the choice adds something. */
  readonly prompt?: string;
  readonly onChoose: (column: KnownColumn) => void;
}

export function ColumnChoice({ label, columns, value, prompt, onChoose }: ColumnChoiceProps): ReactNode {
  const chosen = columns.findIndex(({ at, column }) => at === value?.at && column === value.column);
  return (
    <NativeSelect
      size="sm"
      aria-label={label}
      data={[
        ...(prompt === undefined ? [] : [{ value: "-1", label: prompt }]),
        ...columns.map((column, place) => ({ value: String(place), label: column.label })),
      ]}
      value={String(chosen)}
      onChange={(event) => {
        const column = columns[Number(event.currentTarget.value)];
        if (column !== undefined) onChoose(column);
      }}
    />
  );
}

interface StepLineProps {
  readonly what: string;
  readonly onRemove: () => void;
  readonly children: ReactNode;
}

export function StepLine({ what, onRemove, children }: StepLineProps): ReactNode {
  return (
    <div className="step-line" role="group" aria-label={what}>
      <div className="step-fields">{children}</div>
      <button type="button" className="bare" aria-label={`Remove ${what}`} title={`Remove ${what}`} onClick={onRemove}>
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}

export function changedAt<Item>(items: readonly Item[], place: number, item: Item): readonly Item[] {
  return items.map((one, index) => (index === place ? item : one));
}

export function withoutAt<Item>(items: readonly Item[], place: number): readonly Item[] {
  return items.filter((_, index) => index !== place);
}
