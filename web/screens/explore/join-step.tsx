/** Adds the one row of another table that each row refers to, in words. Only keys that the catalog confirms are offered. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { useKnownKeys, type KnownKey } from "./known-keys.ts";
import type { Question } from "./question.ts";
import { StepLine, StepCard, type StepProps } from "./step-parts.tsx";

interface JoinStepProps extends StepProps {
  readonly shown: readonly TableShowAnswer[];
}

export function JoinStep({ question, onChange, shown }: JoinStepProps): ReactNode {
  const known = useKnownKeys(shown);
  const open = known.filter((key) => !question.joins.some((join) => isSame(join, key)));
  return (
    <StepCard icon="connect" title="Join">
      {question.joins.map((join, place) => {
        const name = shownName(join.table.name);
        return (
          <StepLine
            key={`${join.from.at} ${join.from.column} ${join.table.name}`}
            what={`the join with ${name}`}
            onRemove={() => onChange(withoutJoin(question, place))}
          >
            <span>
              <code className="strong wrap-anywhere">{name}</code>, where its <code>{shownName(join.key)}</code> is{" "}
              <code>{shownName(join.from.column)}</code>
            </span>
          </StepLine>
        );
      })}
      {open.map((key) => (
        <Button
          key={`${key.from.at} ${key.from.column} ${key.table.name}`}
          variant="default"
          size="compact-md"
          className="join-offer"
          leftSection={<Icon name="add" size={16} />}
          onClick={() => onChange(withJoin(question, key))}
        >
          Each row of {shownName(key.of.name)} has one {shownName(key.table.name)}
        </Button>
      ))}
      <p className="small dim">
        {known.length === 0 ? "No column here names the key of another table. " : ""}The catalog has no foreign keys, so
        these are found by names such as <code>customer_id</code>, and confirmed by the key of the other table.
      </p>
    </StepCard>
  );
}

function isSame(one: Question["joins"][number], other: KnownKey): boolean {
  return (
    one.from.at === other.from.at &&
    one.from.column === other.from.column &&
    one.table.name === other.table.name &&
    one.table.database === other.table.database
  );
}

/** A column of the result may be another one then, so the order is chosen anew. */
function withJoin(question: Question, { from, table, key }: KnownKey): Question {
  return { ...question, joins: [...question.joins, { from, table, key }], sort: undefined };
}

/** Takes away what stands on the table, too: later joins on it, filters, groups and sums. */
function withoutJoin(question: Question, place: number): Question {
  const gone = new Set([place + 1]);
  question.joins.forEach(({ from }, index) => {
    if (gone.has(from.at)) gone.add(index + 1);
  });
  const moved = (at: number): number => at - [...gone].filter((one) => one < at).length;
  const stays = ({ on }: { readonly on?: { readonly at: number } | undefined }): boolean =>
    on === undefined || !gone.has(on.at);
  const move = <Part extends { readonly on?: { readonly at: number; readonly column: string } | undefined }>(
    part: Part,
  ): Part => (part.on === undefined ? part : { ...part, on: { ...part.on, at: moved(part.on.at) } });
  return {
    ...question,
    sort: undefined,
    joins: question.joins
      .filter((_, index) => !gone.has(index + 1))
      .map((join) => ({ ...join, from: { ...join.from, at: moved(join.from.at) } })),
    filters: question.filters.filter(stays).map(move),
    groups: question.groups.filter(stays).map(move),
    measures: question.measures.filter(stays).map(move),
  };
}
