/** One request, with everything that a decision needs: who, for whom, why, what, what it opens, and what happened so far. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { RequestShowAnswer } from "../../../src/client/api-client.ts";
import { Avatar, Badge } from "../../parts/badge.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { PageTitle } from "../../parts/page-head.tsx";
import { Timeline } from "../../parts/timeline.tsx";
import { AskedThings, useAskedColumns } from "./asked-things.tsx";
import { Decision } from "./decision.tsx";
import { useNarrowing } from "./narrowing.ts";
import { holderWords, kindWords, requestState, thingWords } from "./request-words.ts";
import { SensitiveBadge } from "./sensitive-badge.tsx";
import { OwnRequestActions } from "./own-request-actions.tsx";
import { historyOf } from "./request-history.tsx";
import { WhatChanges } from "./what-changes.tsx";

interface RequestDetailProps {
  readonly request: RequestShowAnswer;
  /** Whether the page is about it; otherwise it is the first of a list. */
  readonly isOpened: boolean;
}

export function RequestDetail({ request, isOpened }: RequestDetailProps): ReactNode {
  const narrowing = useNarrowing();
  const columns = useAskedColumns(request);
  const work = request.yours ? narrowing : undefined;
  return (
    <div className="request">
      <Head request={request} isOpened={isOpened} />
      <div className={work === undefined ? "request-main" : "request-columns"}>
        <div className="request-main">
          <Why request={request} />
          <AskedThings request={request} columns={columns} work={work} />
          {work === undefined ? undefined : (
            <WhatChanges request={request} columns={columns} narrowing={narrowing.now} />
          )}
          <section aria-labelledby="so-far">
            <div className="section-head">
              <h2 id="so-far">So far</h2>
            </div>
            <Timeline steps={historyOf(request)} />
          </section>
          {request.mine && (request.state === "pending" || request.state === "draft") ? (
            <OwnRequestActions request={request} />
          ) : undefined}
          {request.share === null ? undefined : (
            <p>
              <Link to="/sharing/{-$tab}/{-$item}" params={{ tab: "shares", item: request.share }}>
                Show the share that it led to
              </Link>
            </p>
          )}
        </div>
        {work === undefined ? undefined : <Decision request={request} columns={columns} work={work} />}
      </div>
    </div>
  );
}

function Head({ request, isOpened }: RequestDetailProps): ReactNode {
  const { text, tone, icon } = requestState(request);
  const title = (
    <>
      {askedBy(request)}{" "}
      {request.items.slice(0, 4).map(({ on }, place) => (
        <span key={on ?? place}>
          {place === 0 ? "" : place === Math.min(request.items.length, 4) - 1 ? " and " : ", "}
          <code>{thingWords(on)}</code>
        </span>
      ))}
      {request.items.length > 4 ? ` and ${request.items.length - 4} more` : ""}
      {request.for === request.requester ? "" : ` for ${holderWords(request.for)}`}
    </>
  );
  return (
    <header className="request-head">
      <div className="row wrap">
        <Badge tone={tone} icon={icon}>
          {text}
        </Badge>
        <SensitiveBadge of={request.sensitivity?.class ?? "none"} />
        {request.kind === "new" ? undefined : (
          <Badge tone="info" icon={request.kind === "judgement" ? "hidden" : "ending"}>
            {kindWords[request.kind]}
          </Badge>
        )}
        <span className="small dim">
          <code>{request.request}</code>
          {request.decideBy === null ? undefined : (
            <>
              , decide by <Moment at={request.decideBy} />
            </>
          )}
        </span>
      </div>
      {isOpened ? (
        <PageTitle title={`Request ${request.request}`}>{title}</PageTitle>
      ) : (
        <h2 className="request-title">{title}</h2>
      )}
      <AboutLine request={request} />
    </header>
  );
}

function askedBy({ kind, mine, requester }: RequestShowAnswer): string {
  if (kind === "judgement") return "Open or keep closed:";
  const who = mine ? "You ask" : `${shownName(requester)} asks`;
  return kind === "extension" ? `${who} to read longer` : `${who} to read`;
}

/** The share that a request is about, or the product that it is for. */
function AboutLine({ request: { kind, about, product, terms } }: { readonly request: RequestShowAnswer }): ReactNode {
  if (about === null && product === null) return undefined;
  return (
    <p className="text2">
      {kind === "judgement"
        ? "This was marked as sensitive, or added, since the share was approved at once. It is closed until you decide. "
        : kind === "extension"
          ? "The share keeps its end until it is approved. "
          : undefined}
      {about === null ? undefined : (
        <Link to="/sharing/{-$tab}/{-$item}" params={{ tab: "shares", item: about }}>
          The share
        </Link>
      )}
      {product === null ? undefined : (
        <>
          All of the product{" "}
          <Link to="/sharing/{-$tab}/{-$item}" params={{ tab: "products", item: product }}>
            <code>{shownName(product)}</code>
          </Link>
          {terms === null ? "" : `, terms version ${terms.accepted ?? "none"} accepted`}.
        </>
      )}
    </p>
  );
}

function Why({ request }: { readonly request: RequestShowAnswer }): ReactNode {
  const { requester, purpose, submittedAt, createdAt, answers, until, others } = request;
  return (
    <section className="why" aria-label="Purpose">
      <div className="row top">
        <Avatar name={requester} />
        <div className="grow">
          <p className="purpose">
            <bdi>“{purpose}”</bdi>
          </p>
          <p className="small dim">
            {shownName(requester)}, <Moment at={submittedAt ?? createdAt} />
            {others === 0 ? "" : `, and ${others} more asked for the same`}
          </p>
        </div>
      </div>
      <dl className="answers">
        {Object.entries(answers).map(([question, answer]) => (
          <div key={question}>
            <dt>
              <bdi>{shownName(question)}</bdi>
            </dt>
            <dd>
              <bdi>{answer}</bdi>
            </dd>
          </div>
        ))}
        <div>
          <dt>Asked until</dt>
          <dd>{until === null ? "no end" : <Moment at={until} />}</dd>
        </div>
      </dl>
    </section>
  );
}
