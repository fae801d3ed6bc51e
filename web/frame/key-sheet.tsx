/** The keys of this page and those that work everywhere, with the switch that turns single letters off. */
import { Modal } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { lettersWork, setLettersWork, useShownKeys } from "../parts/page-keys.ts";
import "../styles/forms.css";

const everywhere = [
  ["Ctrl K or /", "Search"],
  ["?", "This sheet"],
  ["g then h", "Home"],
  ["g then c", "Catalog"],
  ["g then w", "Worksheet"],
  ["g then s", "Sharing"],
  ["g then a", "Access"],
  ["g then r", "Sources and runs"],
  ["Esc", "Close what is open"],
] as const;

const grid = [
  ["Ctrl Enter", "Run the statement"],
  ["Arrows, Home, End, Page", "Move in the rows; with Ctrl to the edges"],
  ["Ctrl C", "Copy the chosen cells; with Shift, with their header"],
  ["Enter", "Show the whole value"],
] as const;

export function KeySheet({ onClose }: { readonly onClose: () => void }): ReactNode {
  const own = useShownKeys();
  const [isOn, setIsOn] = useState(lettersWork);
  const isGrid = /^\/(worksheet|catalog\/[^/]+\/[^/]+\/rows)/.test(location.pathname);
  return (
    <Modal opened onClose={onClose} title="Keys" closeButtonProps={{ "aria-label": "Close" }}>
      <div className="dialog">
        {own.length === 0 ? undefined : <Keys title="On this page" keys={own.map(({ key, text }) => [key, text])} />}
        {isGrid ? <Keys title="In the worksheet and its rows" keys={grid} /> : undefined}
        <Keys title="Everywhere" keys={everywhere} />
        <label className="tick-label">
          <input
            type="checkbox"
            className="tick"
            checked={isOn}
            onChange={({ currentTarget }) => {
              setLettersWork(currentTarget.checked);
              setIsOn(currentTarget.checked);
            }}
          />
          Single letters work on this device
        </label>
      </div>
    </Modal>
  );
}

interface KeysProps {
  readonly title: string;
  readonly keys: readonly (readonly [keys: string, text: string])[];
}

function Keys({ title, keys }: KeysProps): ReactNode {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl className="key-sheet">
        {keys.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
