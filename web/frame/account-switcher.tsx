/** In which account, and as which role, somebody acts; and the choice of another. */
import { Menu } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { actIn, type Me } from "../api/me.ts";
import { Avatar } from "../parts/badge.tsx";
import { Icon } from "../parts/icon.tsx";

export function AccountSwitcher({ me }: { readonly me: Me }): ReactNode {
  const navigate = useNavigate();
  const account = me.account ?? "No account";
  const act = (choice: Parameters<typeof actIn>[0]): void => void actIn(choice).then(() => navigate({ to: "/" }));
  return (
    <Menu width={214}>
      <Menu.Target>
        <button type="button" className="account">
          <span className="unseen">Account:</span>
          <Avatar name={account} square />
          <span className="grow">
            <b>{account}</b>
            <span className="dim small">{me.behind === undefined ? roleWords(me.role) : `Acting as ${me.name}`}</span>
          </span>
          <Icon name="select" size={16} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Act in</Menu.Label>
        {me.accounts.map((name) => (
          <Menu.Item
            key={name}
            onClick={() => act({ account: name })}
            rightSection={name === me.account ? <Icon name="check" size={16} /> : undefined}
          >
            {name}
          </Menu.Item>
        ))}
        {me.assumable.length === 0 ? undefined : <Menu.Label>Act as</Menu.Label>}
        {me.assumable.map((role) => (
          <Menu.Item key={role} onClick={() => act({ role })}>
            {role}
          </Menu.Item>
        ))}
        {me.behind === undefined ? undefined : (
          <Menu.Item onClick={() => act({ role: null })}>Yourself, {me.behind}</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function roleWords(role: string): string {
  return role === "none" ? "Acting as a member" : `Acting as ${role}`;
}
