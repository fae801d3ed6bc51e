/** The person who is signed in, and the way out. */
import { Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { signOut, type Me } from "../api/me.ts";
import { Avatar } from "../parts/badge.tsx";
import { Icon } from "../parts/icon.tsx";
import { shownName } from "../parts/names.ts";

interface PersonMenuProps {
  readonly me: Me;
  readonly isBare?: boolean;
  /** Shows the sheet of keys, where there is a keyboard. */
  readonly onHelp?: () => void;
}

export function PersonMenu({ me, isBare = false, onHelp }: PersonMenuProps): ReactNode {
  const name = me.behind ?? me.name;
  return (
    <Menu position={isBare ? "bottom-end" : "top-start"} width={214} withinPortal={false} floatingStrategy="fixed">
      <Menu.Target>
        <button type="button" className={isBare ? "person bare" : "person"}>
          <Avatar name={name} />
          <b className={isBare ? "unseen" : "clip"}>{shownName(name)}</b>
          <span className="unseen">, your account</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {shownName(name)}
          {me.account === null ? "" : ` in ${me.account}`}
        </Menu.Label>
        <Menu.Item component={Link} to="/people/me" leftSection={<Icon name="key" size={16} />}>
          You
        </Menu.Item>
        {onHelp === undefined ? undefined : (
          <Menu.Item onClick={onHelp} leftSection={<Icon name="keys" size={16} />} rightSection={<kbd>?</kbd>}>
            Keys
          </Menu.Item>
        )}
        <Menu.Item component="a" href="/api/docs" leftSection={<Icon name="connect" size={16} />}>
          The API
        </Menu.Item>
        <Menu.Item onClick={() => void signOut()} leftSection={<Icon name="leave" size={16} />}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
