/** Shares: the list of those given and received, with the way to the links of the account, and one of them at the right. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useAdministers } from "../../api/administers.ts";
import { linksQuery, sharesQuery } from "../../api/queries.ts";
import { Tile } from "../../parts/badge.tsx";
import { Icon } from "../../parts/icon.tsx";
import { count, counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { LinksPage } from "./links/links-page.tsx";
import { isOver } from "./request-words.ts";
import { ShareDetail } from "./share-detail.tsx";
import { ShareList } from "./share-list.tsx";
import { SharingHead } from "./sharing-head.tsx";

interface SharesPaneProps {
  readonly item: string | undefined;
  /** Whether the links of the account are at the right. */
  readonly isLinks: boolean;
}

export function SharesPane({ item, isLinks }: SharesPaneProps): ReactNode {
  const shares = useQuery(sharesQuery);
  const all = shares.data?.shares ?? [];
  const first = item ?? (all.find((share) => !isOver(share)) ?? all[0])?.id;
  const shown = isLinks ? undefined : first;
  const isOpened = item !== undefined || isLinks;
  return (
    <>
      <aside className="pane-list" aria-label="Shares">
        <SharingHead tab="shares" isHeading={!isOpened} />
        <Loaded query={shares}>{({ shares: found }) => <ShareList shares={found} shown={shown} />}</Loaded>
        <LinksEntry isCurrent={isLinks} />
      </aside>
      <div className="pane-detail">
        {!isOpened ? undefined : (
          <Link className="narrow-only back" to="/sharing/{-$tab}/{-$item}" params={{ tab: "shares", item: undefined }}>
            <Icon name="left" size={16} /> {counted(all.length, "share")}
          </Link>
        )}
        {isLinks ? <LinksPage /> : undefined}
        {shown === undefined ? undefined : <ShareDetail key={shown} id={shown} isOpened={isOpened} />}
      </div>
    </>
  );
}

/** Where the links of the account are, for an account that has some, or somebody who could give names. */
function LinksEntry({ isCurrent }: { readonly isCurrent: boolean }): ReactNode {
  const { data } = useQuery(linksQuery);
  const administers = useAdministers();
  const links = data?.links ?? [];
  const broken = links.filter(({ state }) => state !== "ok").length;
  if (links.length === 0 && !administers) return undefined;
  return (
    <ul className="pane-more">
      <li>
        <Link
          to="/sharing/{-$tab}/{-$item}"
          params={{ tab: "links", item: undefined }}
          aria-current={isCurrent ? "page" : undefined}
        >
          <Tile icon="link" />
          <span className="grow">
            <b className="block">Links</b>
            <span className="small text2 block">
              {links.length === 0
                ? "Names for tables of others"
                : `${counted(links.length, "name")}${broken === 0 ? "" : `, ${count(broken)} lead nowhere`}`}
            </span>
          </span>
        </Link>
      </li>
    </ul>
  );
}
