/** Shares at the left: what is given to others and what was received, those that are over last. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Share } from "../../../src/client/api-client.ts";
import { Avatar, Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { holderWords, isOver, shareState } from "./request-words.ts";

interface ShareListProps {
  readonly shares: readonly Share[];
  readonly shown: string | undefined;
}

export function ShareList({ shares, shown }: ShareListProps): ReactNode {
  const open = shares.filter((share) => !isOver(share));
  const invitations = open.filter(({ state, received }) => received && state === "awaiting_acceptance");
  const rest = open.filter((share) => !invitations.includes(share));
  const groups = [
    { title: "Invitations to you", list: invitations },
    { title: "Received", list: rest.filter(({ given }) => !given) },
    { title: "Given", list: rest.filter(({ given }) => given) },
    { title: "Over", list: shares.filter(isOver) },
  ].filter(({ list }) => list.length > 0);
  if (groups.length === 0)
    return (
      <Empty icon="share" title="No shares yet.">
        <p className="small">
          An approved request makes one. <Link to="/sharing/ask">Ask for data</Link>.
        </p>
      </Empty>
    );
  return (
    <>
      {groups.map(({ title, list }) => (
        <section key={title} aria-label={title}>
          <p className="list-head">{title}</p>
          <ul>
            {list.map((share) => (
              <li key={share.id}>
                <Link
                  to="/sharing/{-$tab}/{-$item}"
                  params={{ tab: "shares", item: share.id }}
                  aria-current={share.id === shown ? "page" : undefined}
                >
                  <ShareSummary share={share} />
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function ShareSummary({ share }: { readonly share: Share }): ReactNode {
  const { given, from, to, items, until } = share;
  const { text, tone, icon } = shareState(share);
  const other = given ? to : from;
  return (
    <>
      <Avatar name={other} square={!given || to.startsWith("account:")} />
      <span className="grow">
        <b className="clip block">{given ? `To ${holderWords(to)}` : `From ${shownName(from)}`}</b>
        <span className="small text2 clip block">{items.map(({ on }) => shownName(on)).join(", ")}</span>
        <span className="row wrap summary-badges">
          <Badge tone={tone} icon={icon}>
            {text}
          </Badge>
          {until === null || isOver(share) ? undefined : (
            <span className="small dim">
              until <Moment at={until} />
            </span>
          )}
        </span>
      </span>
    </>
  );
}
