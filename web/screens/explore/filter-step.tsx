/** Which rows count: each line is a test of one column, and all of them must hold. */
import { NativeSelect, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { shownName } from "../../parts/names.ts";
import { testsFor, valuesOf, type Filter } from "./question.ts";
import {
  changedAt,
  ColumnChoice,
  StepLine,
  withoutAt,
  StepCard,
  type KnownColumn,
  type StepProps,
} from "./step-parts.tsx";

export function FilterStep({ question, columns, onChange }: StepProps): ReactNode {
  const { filters } = question;
  const put = (changed: readonly Filter[]): void => onChange({ ...question, filters: changed });
  return (
    <StepCard icon="filter" title="Filter">
      {filters.map((filter, place) => (
        <FilterLine
          // oxlint-disable-next-line react/no-array-index-key -- it has no identity but its place
          key={`${place} ${filter.on.at} ${filter.on.column} ${filter.test}`}
          filter={filter}
          onChange={(changed) => put(changedAt(filters, place, changed))}
          onRemove={() => put(withoutAt(filters, place))}
        />
      ))}
      <ColumnChoice
        label="Filter by"
        columns={columns}
        value={undefined}
        prompt="Add a filter…"
        onChoose={(column) => put([...filters, begunFilter(column)])}
      />
    </StepCard>
  );
}

/** A filter that holds for every row with a value, until somebody says more. */
function begunFilter({ at, column, kind }: KnownColumn): Filter {
  return { on: { at, column }, kind, test: "is not empty", values: [] };
}

interface FilterLineProps {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
  readonly onRemove: () => void;
}

function FilterLine({ filter, onChange, onRemove }: FilterLineProps): ReactNode {
  const { on, kind, test, values } = filter;
  const name = shownName(on.column);
  const count = valuesOf(test);
  return (
    <StepLine what={`the filter on ${name}`} onRemove={onRemove}>
      <code className="strong wrap-anywhere">{name}</code>
      <NativeSelect
        size="sm"
        aria-label={`How ${name} is tested`}
        data={testsFor(kind).map((one) => ({ value: one, label: wordsOf(one) }))}
        value={test}
        onChange={(event) => {
          const chosen = testsFor(kind).find((one) => one === event.currentTarget.value);
          if (chosen !== undefined) onChange({ ...filter, test: chosen, values: firstValues(chosen, filter) });
        }}
      />
      {Array.from({ length: count }, (_, place) => (
        <ValueField
          key={place}
          label={`${place === 0 ? "Value" : "Second value"} for ${name}`}
          filter={filter}
          value={values[place] ?? ""}
          onChange={(value) =>
            onChange({
              ...filter,
              values: Array.from({ length: count }, (_one, at) => (at === place ? value : (values[at] ?? ""))),
            })
          }
        />
      ))}
    </StepLine>
  );
}

function wordsOf(test: Filter["test"]): string {
  return test === "last days" ? "in the last days" : test;
}

/** A test begins with values that are valid, so that the result stays on the screen. */
function firstValues(test: Filter["test"], { kind, values }: Filter): readonly string[] {
  if (values.length > 0 && values.every((value) => value !== "")) return values.slice(0, valuesOf(test));
  const today = new Date().toISOString().slice(0, 10);
  const first =
    test === "last days" ? "30" : { number: "0", date: today, time: today, truth: "true", text: "", other: "" }[kind];
  return Array.from({ length: valuesOf(test) }, () => first);
}

interface ValueFieldProps {
  readonly label: string;
  readonly filter: Filter;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Typing is kept here; the question changes when the field is left or Enter is pressed, so that Back undoes a whole value. */
function ValueField({ label, filter: { kind, test }, value, onChange }: ValueFieldProps): ReactNode {
  const [typed, setTyped] = useState(value);
  const [last, setLast] = useState(value);
  if (last !== value) {
    // Back has undone the value: what was typed must not come back when the field is left.
    setLast(value);
    setTyped(value);
  }
  if (kind === "truth")
    return (
      <NativeSelect
        size="sm"
        aria-label={label}
        data={["true", "false"]}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  const done = (): void => {
    if (typed !== value) onChange(typed);
  };
  return (
    <TextInput
      size="sm"
      aria-label={label}
      type={kind === "date" && test !== "last days" ? "date" : "text"}
      inputMode={kind === "number" || test === "last days" ? "decimal" : "text"}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") done();
      }}
    />
  );
}
