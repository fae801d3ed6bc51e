/** One share: what is open to whom until when, who reads through it, and accepting, suspending, extending and ending it. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ShareShowAnswer } from "../../../src/client/api-client.ts";
import { shareQuery } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Missing } from "../../parts/missing.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { PageTitle } from "../../parts/page-head.tsx";
import { Shape } from "../../parts/waiting.tsx";
import { holderWords, isOver, shareState } from "./request-words.ts";
import { ShareActions } from "./share-actions.tsx";
import { ShareCoverage } from "./share-coverage.tsx";
import { ShareReaders } from "./share-readers.tsx";

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
          {share.decidedBy === "nobody" ? (
            <Badge tone="plain" icon="done">
              Approved at once
            </Badge>
          ) : undefined}
          <span className="small dim">
            since <Moment at={share.createdAt} />, made by{" "}
            {share.madeBy === "local" ? "the owner of the server" : shownName(share.madeBy)}
          </span>
        </div>
        {isOpened ? <PageTitle title={title}>{title}</PageTitle> : <h2 className="request-title">{title}</h2>}
        <p className="text2">{sentenceOf(share)}</p>
      </header>
      <div className="request-main">
        <ShareActions share={share} />
        <Items share={share} />
        <ShareCoverage share={share} />
        <ShareReaders share={share} />
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
