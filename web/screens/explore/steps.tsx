/** The steps of a question, each a card: data, joins, filters, groups, sums, order. A step that is not used is one line. */
import { useQueries } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { tableQuery } from "../../api/queries.ts";
import { Icon } from "../../parts/icon.tsx";
import { Missing } from "../../parts/missing.tsx";
import { shownName, tableName } from "../../parts/names.ts";
import { typeText } from "../table/type-text.ts";
import { FilterStep } from "./filter-step.tsx";
import { GroupStep, MeasureStep, SortStep } from "./group-steps.tsx";
import { JoinStep } from "./join-step.tsx";
import { kindOf } from "./question.ts";
import { StepCard, type KnownColumn, type StepProps } from "./step-parts.tsx";

interface StepsProps extends Omit<StepProps, "columns"> {
  readonly mistake: string | undefined;
}

export function Steps({ question, onChange, mistake }: StepsProps): ReactNode {
  const names = [question.table, ...question.joins.map(({ table }) => table)];
  const answers = useQueries({ queries: names.map(({ database, name }) => tableQuery(tableName(database, name))) });
  const failed = answers.findIndex(({ error, data }) => error !== null && data === undefined);
  const shown = answers.flatMap(({ data }) => (data === undefined ? [] : [data]));
  const columns = shown.length === names.length ? columnsOf(shown) : [];
  const step = { question, columns, onChange };
  const { database, name } = names[failed] ?? question.table;
  return (
    <section className="question-steps" aria-label="Steps">
      <StepCard icon="table" title="Data">
        <code className="strong wrap-anywhere">
          <bdi>{shownName(`${question.table.database}.${question.table.name}`)}</bdi>
        </code>
      </StepCard>
      {failed < 0 ? undefined : <Missing failure={answers[failed]?.error} name={tableName(database, name)} />}
      <JoinStep {...step} shown={shown} />
      <FilterStep {...step} />
      <GroupStep {...step} />
      <MeasureStep {...step} />
      <SortStep {...step} />
      {mistake === undefined ? undefined : (
        <p className="note warn" role="alert">
          <Icon name="alert" />
          {mistake}
        </p>
      )}
    </section>
  );
}

function columnsOf(tables: readonly TableShowAnswer[]): readonly KnownColumn[] {
  return tables.flatMap(({ name: table, columns }, at) =>
    columns.map(({ name, type }) => ({
      at,
      column: name,
      kind: kindOf(typeText(type)),
      label: tables.length === 1 ? shownName(name) : `${shownName(table)}: ${shownName(name)}`,
    })),
  );
}
