/** The steps that say what each row of the result stands for, what is counted and added up for it, and in which order the rows come. */
import { NativeSelect } from "@mantine/core";
import type { ReactNode } from "react";
import { shownName } from "../../parts/names.ts";
import { resultNames } from "./question-sql.ts";
import type { Group, Measure, Question } from "./question.ts";
import {
  changedAt,
  ColumnChoice,
  StepLine,
  withoutAt,
  StepCard,
  type KnownColumn,
  type StepProps,
} from "./step-parts.tsx";

/** A grouped question without a sum counts the rows. */
function grouped(question: Question, groups: readonly Group[]): Question {
  const isFirst = question.groups.length === 0 && question.measures.length === 0;
  return { ...question, groups, sort: undefined, measures: isFirst ? [{ how: "count" }] : question.measures };
}

const periods: readonly Group["by"][] = ["value", "day", "week", "month", "quarter", "year"];

export function GroupStep({ question, columns, onChange }: StepProps): ReactNode {
  const { groups } = question;
  return (
    <StepCard icon="list" title="Group">
      {groups.map((group, place) => {
        const name = shownName(group.on.column);
        const isTime = group.kind === "date" || group.kind === "time";
        return (
          <StepLine
            key={`${group.on.at} ${group.on.column}`}
            what={`the group ${name}`}
            onRemove={() => onChange({ ...question, groups: withoutAt(groups, place), sort: undefined })}
          >
            <code className="strong wrap-anywhere">{name}</code>
            {isTime ? (
              <NativeSelect
                size="sm"
                aria-label={`How ${name} is grouped`}
                data={(group.kind === "time" ? ["value", "hour", ...periods.slice(1)] : [...periods]).map((by) => ({
                  value: by,
                  label: by === "value" ? "by value" : `by ${by}`,
                }))}
                value={group.by}
                onChange={(event) => {
                  const by = ([...periods, "hour"] as const).find((one) => one === event.currentTarget.value);
                  if (by !== undefined) onChange({ ...question, groups: changedAt(groups, place, { ...group, by }) });
                }}
              />
            ) : undefined}
          </StepLine>
        );
      })}
      <ColumnChoice
        label="Group by"
        columns={columns.filter(({ at, column }) => !groups.some(({ on }) => on.at === at && on.column === column))}
        value={undefined}
        prompt="Add a group…"
        onChoose={(column) => onChange(grouped(question, [...groups, begunGroup(column)]))}
      />
    </StepCard>
  );
}

function begunGroup({ at, column, kind }: KnownColumn): Group {
  return { on: { at, column }, kind, by: kind === "time" || kind === "date" ? "month" : "value" };
}

const ways: readonly {
  readonly how: Measure["how"];
  readonly name: string;
  readonly isOf: (column: KnownColumn) => boolean;
}[] = [
  { how: "sum", name: "the sum of", isOf: ({ kind }) => kind === "number" },
  { how: "average", name: "the average of", isOf: ({ kind }) => kind === "number" },
  { how: "distinct", name: "how many different", isOf: () => true },
  { how: "least", name: "the least", isOf: ({ kind }) => kind !== "other" && kind !== "truth" },
  { how: "most", name: "the most", isOf: ({ kind }) => kind !== "other" && kind !== "truth" },
];

export function MeasureStep({ question, columns, onChange }: StepProps): ReactNode {
  const { measures } = question;
  const put = (changed: readonly Measure[]): void => onChange({ ...question, measures: changed, sort: undefined });
  return (
    <StepCard icon="number" title="Summarise">
      {measures.map((measure, place) => (
        <MeasureLine
          // oxlint-disable-next-line react/no-array-index-key -- it has no identity but its place
          key={`${place} ${measure.how}`}
          measure={measure}
          columns={columns}
          onChange={(changed) => put(changedAt(measures, place, changed))}
          onRemove={() => put(withoutAt(measures, place))}
        />
      ))}
      <NativeSelect
        size="sm"
        aria-label="Summarise by"
        data={[
          { value: "", label: "Add a number…" },
          { value: "count", label: "how many rows" },
          ...ways.filter(({ isOf }) => columns.some(isOf)).map(({ how, name }) => ({ value: how, label: `${name}…` })),
        ]}
        value=""
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          const way = ways.find(({ how }) => how === chosen);
          const column = columns.find((one) => way?.isOf(one) === true);
          if (chosen === "count") put([...measures, { how: "count" }]);
          else if (way !== undefined && column !== undefined)
            put([...measures, { how: way.how, on: { at: column.at, column: column.column } }]);
        }}
      />
    </StepCard>
  );
}

interface MeasureLineProps extends Pick<StepProps, "columns"> {
  readonly measure: Measure;
  readonly onChange: (measure: Measure) => void;
  readonly onRemove: () => void;
}

function MeasureLine({ measure, columns, onChange, onRemove }: MeasureLineProps): ReactNode {
  const way = ways.find(({ how }) => how === measure.how);
  if (way === undefined)
    return (
      <StepLine what="the number of rows" onRemove={onRemove}>
        <span>How many rows</span>
      </StepLine>
    );
  return (
    <StepLine what={`${way.name} ${shownName(measure.on?.column ?? "")}`} onRemove={onRemove}>
      <span>{way.name}</span>
      <ColumnChoice
        label={`Column for ${way.name}`}
        columns={columns.filter(way.isOf)}
        value={measure.on}
        onChoose={({ at, column }) => onChange({ ...measure, on: { at, column } })}
      />
    </StepLine>
  );
}

export function SortStep({ question, columns, onChange }: StepProps): ReactNode {
  const { sort } = question;
  const isGrouped = question.groups.length > 0 || question.measures.length > 0;
  const names = isGrouped ? resultNames(question).map(shownName) : columns.map(({ label }) => label);
  return (
    <StepCard icon="ascending" title="Sort">
      <div className="step-fields">
        <NativeSelect
          size="sm"
          aria-label="Sort by"
          data={[
            { value: "-1", label: isGrouped ? "By the groups" : "As they come" },
            ...names.map((name, place) => ({ value: String(place), label: name })),
          ]}
          value={String(sort?.place ?? -1)}
          onChange={(event) => {
            const place = Number(event.currentTarget.value);
            onChange({
              ...question,
              sort: place < 0 ? undefined : { place, isDescending: sort?.isDescending ?? true },
            });
          }}
        />
        {sort === undefined ? undefined : (
          <NativeSelect
            size="sm"
            aria-label="Direction"
            data={[
              { value: "down", label: "largest first" },
              { value: "up", label: "smallest first" },
            ]}
            value={sort.isDescending ? "down" : "up"}
            onChange={(event) =>
              onChange({ ...question, sort: { ...sort, isDescending: event.currentTarget.value === "down" } })
            }
          />
        )}
      </div>
    </StepCard>
  );
}
