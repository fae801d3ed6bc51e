/** Events as dense rows, the newest first. */
import type { ReactNode } from "react";
import type { AuditListAnswer } from "../../../src/client/api-client.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";

export type ListedEvent = AuditListAnswer["events"][number];

interface EventTableProps {
  readonly events: readonly ListedEvent[];
  readonly shown: number | undefined;
  readonly onShow: (sequence: number) => void;
}

export function EventTable({ events, shown, onShow }: EventTableProps): ReactNode {
  return (
    <div className="card sideways" tabIndex={0} role="group" aria-label="Events">
      <table className="lines dense">
        <caption>Events, the newest first</caption>
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>What</th>
            <th className="wide-only">On</th>
            <th>Outcome</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.sequence} aria-current={event.sequence === shown ? "true" : undefined}>
              <td className="nowrap">
                <button type="button" className="link" onClick={() => onShow(event.sequence)}>
                  <Moment at={event.at} />
                  <span className="unseen">: show event {event.sequence}</span>
                </button>
              </td>
              <td className="wrap-anywhere">
                <bdi>{shownName(event.principal)}</bdi>
                {event.assumedRole === undefined ? undefined : (
                  <span className="small dim block">as {shownName(event.assumedRole.name)}</span>
                )}
              </td>
              <td>
                {event.kind}
                {event.operation === null ? undefined : <code className="small dim block">{event.operation}</code>}
              </td>
              <td className="wide-only wrap-anywhere">
                <code className="small">{resourceWords(event)}</code>
              </td>
              <td>
                <Outcome event={event} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Outcome({ event: { outcome, isOpen } }: { readonly event: ListedEvent }): ReactNode {
  const tone: Tone = outcome === "done" ? "ok" : "plain";
  if (isOpen) return <Badge tone="warn">Not ended</Badge>;
  return (
    <Badge tone={tone} icon={outcome === "done" ? "check" : outcome === "begun" ? "run" : "minus"}>
      {outcome === "done" ? "Done" : outcome === "begun" ? "Begun" : outcome}
    </Badge>
  );
}

export function resourceWords({ resources }: Pick<ListedEvent, "resources">): string {
  // An operation that finds its things itself names only what may be seen.
  const named = resources.filter(({ kind }) => kind !== "visible");
  const names = named.map(({ kind, name, id }) =>
    kind === "table" ? (name ?? id ?? "") : `${kind} ${name ?? id ?? ""}`,
  );
  const shown = [...new Set(names)].slice(0, 3).map(shownName).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
