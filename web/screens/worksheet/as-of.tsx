/** The state of the lake that a statement reads: as it is, as it was at a time, or a state by its id, tag or run. */
import { Button, Popover, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import type { ListedTable } from "../../../src/client/api-client.ts";
import { historyQuery, tablesQuery } from "../../api/queries.ts";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName, tableName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";

interface AsOfProps {
  readonly value: string | undefined;
  /** The states of the first table that it names are offered. */
  readonly text: string;
  readonly onChange: (value: string | undefined) => void;
}

export function AsOf({ value, text, onChange }: AsOfProps): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const choose = (chosen: string | undefined): void => {
    onChange(chosen);
    setIsOpen(false);
  };
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const words = String(given.get("asOf") ?? "").trim();
    const moment = String(given.get("moment") ?? "");
    choose(words !== "" ? words : moment !== "" ? new Date(moment).toISOString() : undefined);
  };
  return (
    <Popover opened={isOpen} onChange={setIsOpen} width={340} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button
          className="as-of-choice"
          variant="default"
          leftSection={<Icon name="waiting" size={16} />}
          rightSection={<Icon name="down" size={16} />}
          onClick={() => setIsOpen(!isOpen)}
        >
          {value === undefined ? "As of now" : `As of ${value}`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form className="as-of" onSubmit={submit}>
          <p className="strong">Read the lake as it was</p>
          <TextInput name="moment" type="datetime-local" step={1} label="At a time, in your zone" />
          <TextInput
            name="asOf"
            label="Or at a state"
            description="The id of a state, a run, a tag, first or before-last."
            defaultValue={value ?? ""}
            data-autofocus
          />
          <div className="row">
            <Button type="submit" size="compact-md">
              Read as of then
            </Button>
            <Button variant="subtle" size="compact-md" onClick={() => choose(undefined)}>
              As of now
            </Button>
          </div>
          <States text={text} onChoose={choose} />
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

const mostStates = 5;

interface StatesProps {
  readonly text: string;
  readonly onChoose: (value: string) => void;
}

function States({ text, onChoose }: StatesProps): ReactNode {
  const { data } = useQuery(tablesQuery);
  const table = firstNamed(data?.tables ?? [], text);
  // Whoever reads a part of a table may not know its states, and is not refused in the console of the browser.
  const isKnown = table?.snapshot_id !== undefined && table.kind === "table";
  const name = table === undefined ? "" : tableName(table.database, table.name);
  const { data: history } = useQuery({ ...historyQuery(name), enabled: isKnown });
  if (!isKnown || history === undefined) return undefined;
  return (
    <div>
      <p className="small dim">
        States of <code>{shownName(name)}</code>
      </p>
      <ul>
        {history.snapshots.slice(0, mostStates).map(({ snapshotId, committedAt, rows, isCurrent }) => (
          <li key={snapshotId}>
            <Button variant="subtle" size="compact-sm" onClick={() => onChoose(committedAt)}>
              <Moment at={committedAt} />, {counted(rows, "row")}
              {isCurrent ? ", now" : ""}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function firstNamed(tables: readonly ListedTable[], text: string): ListedTable | undefined {
  const words = text.toLowerCase();
  const at = ({ name }: ListedTable): number => words.indexOf(name.toLowerCase());
  return tables
    .filter((table) => at(table) >= 0)
    .toSorted((one, other) => at(one) - at(other) || other.name.length - one.name.length)[0];
}
