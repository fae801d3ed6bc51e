/** The bars that take the place of the rail on a telephone. */
import { Link, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Me } from "../api/me.ts";
import { useWatches } from "../api/watches.ts";
import { Icon } from "../parts/icon.tsx";
import { Mark } from "./mark.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { governing, isCurrent, operating, places } from "./places.ts";

interface MobileBarProps {
  readonly me: Me;
  readonly onSearch: () => void;
}

export function MobileBar({ me, onSearch }: MobileBarProps): ReactNode {
  return (
    <header className="mobile-bar">
      <Link to="/" className="logo">
        <Mark />
        <span>{me.account ?? "Headgate"}</span>
      </Link>
      <span className="grow" />
      <button type="button" className="bare" aria-label="Search" onClick={onSearch}>
        <Icon name="search" />
      </button>
      <PersonMenu me={me} isBare />
    </header>
  );
}

export function TabBar(): ReactNode {
  const operates = useWatches();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return (
    <nav className="tab-bar" aria-label="Main, short">
      {[...places, ...governing, ...(operates ? operating : [])].map((place) => (
        <Link key={place.to} to={place.to} aria-current={isCurrent(place, path) ? "page" : undefined}>
          <Icon name={place.icon} size={22} />
          {place.short ?? place.name}
        </Link>
      ))}
    </nav>
  );
}
