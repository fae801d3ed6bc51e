/** One request, with everything that a decision needs: who, for whom, why, what, what it opens, and what happened so far. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { RequestShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Avatar, Badge } from "../../parts/badge.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { PageTitle } from "../../parts/page-head.tsx";
import { Timeline } from "../../parts/timeline.tsx";
import { AskedThings, useAskedColumns } from "./asked-things.tsx";
import { Decision } from "./decision.tsx";
import { useNarrowing } from "./narrowing.ts";
import { holderWords, requestState, sensitiveWord, thingWords } from "./request-words.ts";
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
            <OwnActions request={request} />
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
  const sensitive = request.sensitivity === null ? undefined : sensitiveWord(request.sensitivity.class);
  const title = (
    <>
      {request.mine ? "You ask" : `${shownName(request.requester)} asks`} to read{" "}
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
        {sensitive === undefined ? undefined : (
          <Badge tone="pii" icon="sensitive">
            {sensitive}
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
    </header>
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

function OwnActions({ request }: { readonly request: RequestShowAnswer }): ReactNode {
  const [isAsking, setIsAsking] = useState(false);
  const refresh = (): Promise<void> => cache.invalidateQueries({ queryKey: ["requests"] });
  const withdrawing = useMutation({
    mutationFn: () => api.requestWithdraw({ request: request.request }),
    onError: noticeEnd,
    onSuccess: () => {
      setIsAsking(false);
      return refresh();
    },
  });
  const sending = useMutation({
    mutationFn: () => api.requestSubmit({ request: request.request }),
    onError: noticeEnd,
    onSuccess: refresh,
  });
  return (
    <div className="form-foot">
      {request.state === "draft" ? (
        <Button loading={sending.isPending} onClick={() => sending.mutate()}>
          Send it
        </Button>
      ) : undefined}
      <Button variant="default" onClick={() => setIsAsking(true)}>
        Withdraw…
      </Button>
      {isAsking ? (
        <ActDialog
          title={`Withdraw ${request.request}?`}
          lead={
            request.others === 0
              ? "Nobody has to decide on it any more. You can ask again at any time."
              : "Others asked for the same: for them it goes on."
          }
          keep="Keep it"
          act="Withdraw"
          isBusy={withdrawing.isPending}
          failure={withdrawing.error}
          onAct={() => withdrawing.mutate()}
          onClose={() => setIsAsking(false)}
        />
      ) : undefined}
    </div>
  );
}
