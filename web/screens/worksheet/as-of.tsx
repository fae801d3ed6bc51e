/** The state of the lake that a statement reads: as it is, as it was at a time, or a state by its id, tag or run. */
import { Button, Popover, TextInput } from "@mantine/core";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Icon } from "../../parts/icon.tsx";

interface AsOfProps {
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

export function AsOf({ value, onChange }: AsOfProps): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const choose = (chosen: string | undefined): void => {
    onChange(chosen);
    setIsOpen(false);
  };
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = String(new FormData(event.currentTarget).get("asOf") ?? "").trim();
    choose(given === "" ? undefined : given);
  };
  return (
    <Popover opened={isOpen} onChange={setIsOpen} width={320} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button
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
          <TextInput
            name="asOf"
            label="Read the lake as it was at"
            description="A time such as 2026-11-27 09:38, a state's id, a run, a tag, first or before-last."
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
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
