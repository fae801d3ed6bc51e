/** The rail: where one is, in which account one acts, the way to every page, and the person. */
import { useQuery } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useAdministers } from "../api/administers.ts";
import type { Me } from "../api/me.ts";
import { inboxQuery } from "../api/queries.ts";
import { useStatus, useWatches } from "../api/watches.ts";
import { Icon } from "../parts/icon.tsx";
import { failedSources } from "../screens/home/failed-sources.ts";
import { AccountSwitcher } from "./account-switcher.tsx";
import { Mark } from "./mark.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { administering, governing, isCurrent, operating, places, proving, settling, type Place } from "./places.ts";
import { SchemeChoice } from "./scheme-choice.tsx";

interface RailProps {
  readonly me: Me;
  readonly onSearch: () => void;
  readonly onHelp: () => void;
}

export function Rail({ me, onSearch, onHelp }: RailProps): ReactNode {
  const { data: status } = useStatus();
  const failed = failedSources(status).length;
  const operates = useWatches();
  const administers = useAdministers();
  const { data: inbox } = useQuery(inboxQuery);
  const waiting = inbox?.requests.length ?? 0;
  return (
    <aside className="rail" aria-label="Navigation">
      <Link to="/" className="logo" aria-label="Headgate, home">
        <Mark />
        <span>Headgate</span>
      </Link>
      {me.accounts.length > 1 || me.assumable.length > 0 ? <AccountSwitcher me={me} /> : undefined}
      <button type="button" className="find" onClick={onSearch} aria-keyshortcuts="Control+K" title="Search">
        <Icon name="search" size={16} />
        <span>Search</span>
        <kbd>{/Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘ K" : "Ctrl K"}</kbd>
      </button>
      <nav aria-label="Main">
        <Places list={places} />
        <p className="nav-head">Govern</p>
        <Places list={governing} counts={{ "/sharing": { n: waiting, word: "waiting for you", style: "" } }} />
        {administers ? <Places list={administering} /> : undefined}
        {operates ? (
          <>
            <p className="nav-head">Operate</p>
            <Places list={operating} counts={{ "/sources": { n: failed, word: "failed", style: "failed" } }} />
            <Places list={administers ? [...proving, ...settling] : proving} />
          </>
        ) : undefined}
      </nav>
      <div className="me">
        <PersonMenu me={me} onHelp={onHelp} />
        <SchemeChoice />
      </div>
    </aside>
  );
}

interface PlacesProps {
  readonly list: readonly Place[];
  /** How much needs somebody, by the beginning of the addresses of a place. */
  readonly counts?: Readonly<Record<string, Count>>;
}

interface Count {
  readonly n: number;
  readonly word: string;
  readonly style: "" | "failed";
}

function Places({ list, counts }: PlacesProps): ReactNode {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return (
    <ul className="nav">
      {list.map((place) => (
        <li key={place.to}>
          <Link to={place.begins} title={place.name} aria-current={isCurrent(place, path) ? "page" : undefined}>
            <Icon name={place.icon} />
            <span>{place.name}</span>
            <NeedCount count={counts?.[place.begins]} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function NeedCount({ count }: { readonly count: Count | undefined }): ReactNode {
  if (count === undefined || count.n === 0) return undefined;
  return (
    <span className={`count ${count.style}`}>
      {count.n}
      <span className="unseen"> {count.word}</span>
    </span>
  );
}
