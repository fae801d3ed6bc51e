/** How a result is drawn: the kind of chart and the columns that it stands on. */
import { NativeSelect } from "@mantine/core";
import type { ReactNode } from "react";
import type { Json } from "../../../src/base/json.ts";
import type { Chart, Column } from "../../../src/client/api-client.ts";
import { shownName } from "../names.ts";
import { isNumeric } from "../value.tsx";
import { completed } from "./chart-points.ts";

interface ChartChoiceProps {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Json[])[];
  readonly chart: Chart | undefined;
  readonly onChange: (chart: Chart) => void;
}

const kinds = [
  { value: "bar", label: "Bars" },
  { value: "line", label: "Lines" },
  { value: "area", label: "Areas" },
  { value: "dot", label: "Dots" },
  { value: "number", label: "One number" },
] as const;

export function ChartChoice({ columns, rows, chart, onChange }: ChartChoiceProps): ReactNode {
  const now = completed(columns, rows, chart);
  const names = columns.map(({ name }) => ({ value: name, label: shownName(name) }));
  const numbers = columns
    .filter(({ type }) => isNumeric(type))
    .map(({ name }) => ({ value: name, label: shownName(name) }));
  const isNumber = now.kind === "number";
  return (
    <div className="chart-choice" role="group" aria-label="How it is drawn">
      <NativeSelect
        label="Chart"
        data={[...kinds]}
        value={now.kind}
        onChange={(event) => {
          const kind = kinds.find(({ value }) => value === event.currentTarget.value)?.value;
          if (kind !== undefined) onChange({ ...now, kind });
        }}
      />
      {isNumber ? undefined : (
        <NativeSelect
          label="Across"
          data={names}
          value={now.x ?? ""}
          onChange={(event) => onChange({ ...now, x: event.currentTarget.value })}
        />
      )}
      <NativeSelect
        label={isNumber ? "Number" : "Up"}
        data={isNumber ? names : numbers}
        value={now.y ?? ""}
        onChange={(event) => onChange({ ...now, y: event.currentTarget.value })}
      />
      {isNumber ? undefined : (
        <NativeSelect
          label="Colour"
          data={[{ value: "", label: "One colour" }, ...names]}
          value={now.colour ?? ""}
          onChange={(event) => {
            const { colour: _before, ...rest } = now;
            const colour = event.currentTarget.value;
            onChange(colour === "" ? rest : { ...rest, colour });
          }}
        />
      )}
    </div>
  );
}
