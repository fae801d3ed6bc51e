/** A line for each thing that happened, the oldest first, then for what happens now, then for what is to come. */
import type { ReactNode } from "react";
import { Moment } from "./moment.tsx";

export interface TimelineStep {
  readonly key: string;
  readonly state: "done" | "now" | "next" | "ended";
  readonly text: ReactNode;
  readonly at?: string | null | undefined;
  readonly more?: ReactNode;
}

export function Timeline({ steps }: { readonly steps: readonly TimelineStep[] }): ReactNode {
  return (
    <ol className="timeline">
      {steps.map(({ key, state, text, at, more }) => (
        <li key={key} className={state}>
          <span className={state === "now" ? "strong" : ""}>{text}</span>{" "}
          {at === undefined || at === null ? undefined : (
            <span className="dim">
              <Moment at={at} />
            </span>
          )}
          {more === undefined || more === null ? undefined : <div className="small text2 wrap-anywhere">{more}</div>}
        </li>
      ))}
    </ol>
  );
}
