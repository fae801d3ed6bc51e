/** The bars that take the place of the rail on a telephone. */
import { Menu } from "@mantine/core";
import { Link, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Me } from "../api/me.ts";
import { useAdministers } from "../api/administers.ts";
import { useWatches } from "../api/watches.ts";
import { Icon } from "../parts/icon.tsx";
import { Mark } from "./mark.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { administering, governing, isCurrent, operating, places, proving, settling } from "./places.ts";

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

/** The four pages that everybody uses, and a menu with the others. */
export function TabBar(): ReactNode {
  const operates = useWatches();
  const administers = useAdministers();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const [sharing, ...others] = governing;
  const more = [
    ...others,
    ...(administers ? administering : []),
    ...(operates ? [...operating, ...proving] : []),
    ...(administers ? settling : []),
  ];
  return (
    <nav className="tab-bar" aria-label="Main, short">
      {[...places, ...(sharing === undefined ? [] : [sharing])].map((place) => (
        <Link key={place.to} to={place.begins} aria-current={isCurrent(place, path) ? "page" : undefined}>
          <Icon name={place.icon} size={22} />
          {place.short ?? place.name}
        </Link>
      ))}
      <Menu position="top-end" width={214}>
        <Menu.Target>
          <button type="button" className={more.some((place) => isCurrent(place, path)) ? "current" : ""}>
            <Icon name="menu" size={22} />
            More
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {more.map((place) => (
            <Menu.Item key={place.to} component={Link} to={place.begins} leftSection={<Icon name={place.icon} />}>
              {place.name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
