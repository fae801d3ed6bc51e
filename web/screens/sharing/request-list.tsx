/** Requests at the left: who asks, for what, and how it stands. Those that wait can be chosen together. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ShareRequest } from "../../../src/client/api-client.ts";
import { Avatar, Badge } from "../../parts/badge.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { holderWords, kindWords, requestState, thingWords } from "./request-words.ts";
import { SensitiveBadge } from "./sensitive-badge.tsx";

interface RequestListProps {
  readonly requests: readonly ShareRequest[];
  /** The request that is shown at the right. */
  readonly shown: string | undefined;
  readonly chosen?: ReadonlySet<string>;
  readonly onChoose?: (request: string) => void;
}

export function RequestList({ requests, shown, chosen, onChoose }: RequestListProps): ReactNode {
  return (
    <ul>
      {requests.map((request) => (
        <li key={request.request} className="request-item">
          {onChoose === undefined ? undefined : (
            <input
              type="checkbox"
              className="tick"
              aria-label={`Choose ${request.request} of ${shownName(request.requester)}`}
              checked={chosen?.has(request.request) === true}
              onChange={() => onChoose(request.request)}
            />
          )}
          <Link
            to="/sharing/{-$tab}/{-$item}"
            params={{ tab: request.request, item: undefined }}
            aria-current={request.request === shown ? "page" : undefined}
          >
            <RequestSummary request={request} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function RequestSummary({ request }: { readonly request: ShareRequest }): ReactNode {
  const { requester, items, submittedAt, createdAt, sensitivity } = request;
  const { text, tone, icon } = requestState(request);
  return (
    <>
      <Avatar name={requester} />
      <span className="grow">
        <span className="row">
          <b className="clip grow">{shownName(requester)}</b>
          <span className="small dim nowrap">
            <Moment at={submittedAt ?? createdAt} />
          </span>
        </span>
        <span className="small text2 clip block">
          {request.product === null
            ? items.map(({ on }) => thingWords(on)).join(", ")
            : `Product ${shownName(request.product)}`}
        </span>
        <span className="row wrap summary-badges">
          {request.yours ? undefined : (
            <Badge tone={tone} icon={icon}>
              {text}
            </Badge>
          )}
          <SensitiveBadge of={sensitivity?.class ?? "none"} />
          {request.kind === "new" ? undefined : <Badge tone="info">{kindWords[request.kind]}</Badge>}
          {request.for === requester ? undefined : <Badge tone="plain">for {holderWords(request.for)}</Badge>}
        </span>
      </span>
    </>
  );
}
