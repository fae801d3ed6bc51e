/** Users at the left, one of them at the right. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { UserListAnswer } from "../../../src/client/api-client.ts";
import { Avatar, Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { ShownOnce } from "../../parts/shown-once.tsx";
import { InviteDialog, type Invited } from "./invite-dialog.tsx";
import { usersQuery } from "./people-queries.ts";
import { UserDetail } from "./user-detail.tsx";

const mostShown = 300;

export function Users({ chosen }: { readonly chosen: string | undefined }): ReactNode {
  const users = useQuery(usersQuery);
  const navigate = useNavigate();
  const [sought, setSought] = useState("");
  const [isInviting, setIsInviting] = useState(false);
  const [invited, setInvited] = useState<Invited>();
  const all = users.data?.users ?? [];
  const shown = all.find(({ name }) => name === (chosen ?? all[0]?.name));
  const fitting = all.filter(({ name }) => name.toLowerCase().includes(sought.toLowerCase()));
  return (
    <div className={chosen === undefined ? "panes" : "panes chosen"}>
      <aside className="pane-list" aria-label="Users">
        <div className="pane-list-head row">
          <input
            className="input grow"
            aria-label="Find a user"
            placeholder="Find a user"
            value={sought}
            onChange={(event) => setSought(event.currentTarget.value)}
          />
          <Button size="compact-md" leftSection={<Icon name="add" size={16} />} onClick={() => setIsInviting(true)}>
            Invite
          </Button>
        </div>
        {invited === undefined ? undefined : (
          <ShownOnce
            title={`One-time password of ${shownName(invited.user)}`}
            secret={invited.oneTimePassword}
            hint="Give it to them by a way that you trust. They choose their own when they first sign in."
            onKept={() => setInvited(undefined)}
          />
        )}
        <Loaded query={users}>
          {() => (
            <ul>
              {fitting.slice(0, mostShown).map((user) => (
                <UserLine key={user.name} user={user} isShown={user.name === shown?.name} />
              ))}
            </ul>
          )}
        </Loaded>
        {fitting.length > mostShown ? (
          <p className="list-head">{counted(fitting.length - mostShown, "more user")}: type more of the name.</p>
        ) : undefined}
      </aside>
      <div className="pane-detail">
        {chosen === undefined ? undefined : (
          <Link className="narrow-only back" to="/people/{-$tab}/{-$name}" params={{ tab: undefined, name: undefined }}>
            <Icon name="left" size={16} /> {counted(all.length, "user")}
          </Link>
        )}
        {shown !== undefined ? (
          <UserDetail
            key={shown.name}
            user={shown}
            onPassword={setInvited}
            onRemoved={() =>
              void navigate({ to: "/people/{-$tab}/{-$name}", params: { tab: undefined, name: undefined } })
            }
          />
        ) : chosen !== undefined && users.data !== undefined ? (
          <Empty icon="search" title={`There is no user ${shownName(chosen)}, or you may not see them.`} />
        ) : undefined}
      </div>
      {isInviting ? <InviteDialog onInvited={setInvited} onClose={() => setIsInviting(false)} /> : undefined}
    </div>
  );
}

interface UserLineProps {
  readonly user: UserListAnswer["users"][number];
  readonly isShown: boolean;
}

function UserLine({ user: { name, role, active }, isShown }: UserLineProps): ReactNode {
  return (
    <li>
      <Link to="/people/{-$tab}/{-$name}" params={{ tab: "users", name }} aria-current={isShown ? "page" : undefined}>
        <Avatar name={name} />
        <span className="grow">
          <b className="clip block">{shownName(name)}</b>
          <span className="small dim">{role === "none" ? "member" : role}</span>
        </span>
        {active ? undefined : <Badge tone="plain">Not active</Badge>}
      </Link>
    </li>
  );
}
