/** One share: what is open to whom until when, who reads through it, and accepting, suspending, extending and ending it. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { ShareShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { shareQuery } from "../../api/queries.ts";
import { Avatar, Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Missing } from "../../parts/missing.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { count, counted } from "../../parts/numbers.ts";
import { PageTitle } from "../../parts/page-head.tsx";
import { Shape } from "../../parts/waiting.tsx";
import { ExtendDialog } from "./extend-dialog.tsx";
import { holderWords, isOver, shareState } from "./request-words.ts";
import { RevokeDialog } from "./revoke-dialog.tsx";

export function ShareDetail({ id, isOpened }: { readonly id: string; readonly isOpened: boolean }): ReactNode {
  const share = useQuery(shareQuery(id));
  if (share.data !== undefined) return <Shown share={share.data} isOpened={isOpened} />;
  if (share.error === null) return <Shape lines={8} />;
  return (
    <div className="page-body">
      <PageTitle title="Share">Share</PageTitle>
      <Missing failure={share.error} name="such share" />
    </div>
  );
}

interface ShownProps {
  readonly share: ShareShowAnswer;
  readonly isOpened: boolean;
}

function Shown({ share, isOpened }: ShownProps): ReactNode {
  const { given, from, to } = share;
  const { text, tone, icon } = shareState(share);
  const title = given ? `Shared with ${holderWords(to)}` : `Shared by ${shownName(from)}`;
  return (
    <div className="request">
      <header className="request-head">
        <div className="row wrap">
          <Badge tone={tone} icon={icon}>
            {text}
          </Badge>
          <span className="small dim">
            since <Moment at={share.createdAt} />, made by{" "}
            {share.madeBy === "local" ? "the owner of the server" : shownName(share.madeBy)}
          </span>
        </div>
        {isOpened ? <PageTitle title={title}>{title}</PageTitle> : <h2 className="request-title">{title}</h2>}
        <p className="text2">{sentenceOf(share)}</p>
      </header>
      <div className="request-main">
        <Actions share={share} />
        <Items share={share} />
        <Readers share={share} />
        <ReadSoFar share={share} />
      </div>
    </div>
  );
}

function sentenceOf(share: ShareShowAnswer): ReactNode {
  const { state, to, until, endedBecause, invitation, received } = share;
  if (isOver(share))
    return endedBecause === null
      ? "Nothing can be read through it any more."
      : `Nothing can be read through it any more: ${endedBecause}.`;
  if (state === "suspended") return "It is closed for a while. Resuming opens it as it was.";
  if (state === "awaiting_acceptance")
    return (
      <>
        {received
          ? "Accepting makes it yours to pass on to your own people."
          : `Nobody reads it before ${holderWords(to)} accepts.`}
        {invitation === null ? undefined : (
          <>
            {" "}
            The invitation lapses <Moment at={invitation.expiresAt} />.
          </>
        )}
      </>
    );
  return until === null ? (
    "It has no end."
  ) : (
    <>
      Open until <Moment at={until} />.
    </>
  );
}

function Actions({ share }: { readonly share: ShareShowAnswer }): ReactNode {
  const [asking, setAsking] = useState<"revoke" | "extend">();
  const work = useMutation({
    mutationFn: (act: (input: { id: string }) => Promise<unknown>) => act({ id: share.id }),
    onError: noticeEnd,
    onSettled: () =>
      Promise.all(
        ["shares", "requests", "access", "tables"].map((key) => cache.invalidateQueries({ queryKey: [key] })),
      ),
  });
  const { state, given, received } = share;
  const close = (): void => setAsking(undefined);
  const isWaiting = state === "awaiting_acceptance";
  if (isOver(share) && state !== "lapsed") return undefined;
  return (
    <>
      {work.error === null ? undefined : <FailureNote failure={work.error} />}
      <div className="form-foot">
        {isWaiting && received ? (
          <>
            <Button loading={work.isPending} onClick={() => work.mutate(api.shareAccept)}>
              Accept
            </Button>
            <Button variant="default" onClick={() => work.mutate(api.shareReject)}>
              Reject
            </Button>
          </>
        ) : undefined}
        {given && (state === "lapsed" || isWaiting) ? (
          <Button variant="default" onClick={() => work.mutate(api.shareInvite)}>
            Send the invitation again
          </Button>
        ) : undefined}
        {given && state !== "lapsed" ? (
          <>
            <Button variant="default" onClick={() => setAsking("extend")}>
              Change the end…
            </Button>
            {state === "suspended" ? (
              <Button onClick={() => work.mutate(api.shareResume)}>Resume</Button>
            ) : state === "active" ? (
              <Button variant="default" onClick={() => work.mutate(api.shareSuspend)}>
                Suspend
              </Button>
            ) : undefined}
            <Button variant="default" onClick={() => setAsking("revoke")}>
              Revoke…
            </Button>
          </>
        ) : undefined}
      </div>
      {asking === "revoke" ? <RevokeDialog share={share} onClose={close} /> : undefined}
      {asking === "extend" ? <ExtendDialog share={share} onClose={close} /> : undefined}
    </>
  );
}

function Items({ share }: { readonly share: ShareShowAnswer }): ReactNode {
  return (
    <section aria-labelledby="shared">
      <div className="section-head">
        <h2 id="shared">What is shared</h2>
      </div>
      <ul className="card list tight">
        {share.items.map(({ on, kind, part, ended }) => (
          <li key={on}>
            <Icon name={kind === "table" ? "table" : "database"} />
            <code className={ended ? "grow struck wrap-anywhere" : "grow wrap-anywhere"}>{shownName(on)}</code>
            <span className="small dim">{ended ? "ended" : part ? "some columns or rows" : "all of it"}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Readers({ share }: { readonly share: ShareShowAnswer }): ReactNode {
  const { readers } = share;
  return (
    <section aria-labelledby="readers">
      <div className="section-head">
        <h2 id="readers">Who can read through it</h2>
        <span className="dim">{readers.length}</span>
      </div>
      <div className="card">
        {readers.length === 0 ? (
          <Empty icon="people" title="Nobody now.">
            {isOver(share) || !share.received ? undefined : (
              <p className="small">
                Pass it on to your own people:{" "}
                <Link to="/access/{-$tab}" params={{ tab: "grants" }}>
                  Grants
                </Link>
                .
              </p>
            )}
          </Empty>
        ) : (
          <ul className="list tight">
            {readers.map(({ principal, account, table, until }) => (
              <li key={`${principal} ${account} ${table}`}>
                <Avatar name={principal} />
                <span className="grow wrap-anywhere">
                  <b>{shownName(principal)}</b>
                  <span className="small dim block">
                    {account === null ? "" : `in ${shownName(account)}, `}
                    <code>{shownName(table)}</code>
                  </span>
                </span>
                <span className="small dim">{until === null ? "no end" : <Moment at={until} />}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function ReadSoFar({ share: { read } }: { readonly share: ShareShowAnswer }): ReactNode {
  if (read.length === 0) return undefined;
  return (
    <section aria-labelledby="read">
      <div className="section-head">
        <h2 id="read">Who has read by it</h2>
        <span className="dim">{counted(new Set(read.map(({ principal }) => principal)).size, "person", "people")}</span>
      </div>
      <ul className="card list tight">
        {read.map(({ principal, table, reads, lastAt }) => (
          <li key={`${principal} ${table}`}>
            <span className="grow wrap-anywhere">
              <b>{shownName(principal)}</b> <code className="small">{shownName(table)}</code>
            </span>
            <span className="small dim nowrap">
              {count(reads)} times, last <Moment at={lastAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
