/** One user: role, memberships, what they can read, sessions, keys and sign-in methods, and what can be done about them. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { UserListAnswer, UserSetInput } from "../../../src/client/api-client.ts";
import { api, noticeEnd } from "../../api/client.ts";
import { useMe } from "../../api/me.ts";
import { Avatar, Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { RemoveDialog } from "../../parts/falls.tsx";
import { ChoiceField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { serverRoles, type Invited } from "./invite-dialog.tsx";
import { keysQuery, refreshPeople } from "./people-queries.ts";
import { SessionsOf } from "./sessions.tsx";

type User = UserListAnswer["users"][number];

interface UserDetailProps {
  readonly user: User;
  readonly onPassword: (invited: Invited) => void;
  readonly onRemoved: () => void;
}

export function UserDetail({ user, onPassword, onRemoved }: UserDetailProps): ReactNode {
  const { name, role, active, accounts, attributes, createdAt, mustChangePassword } = user;
  const setting = useMutation({
    mutationFn: (input: UserSetInput) => api.userSet(input),
    onError: noticeEnd,
    onSuccess: refreshPeople,
  });
  return (
    <div className="detail-body">
      <header className="row wrap">
        <Avatar name={name} />
        <h2 className="detail-title">{shownName(name)}</h2>
        {active ? undefined : <Badge tone="plain">Not active</Badge>}
        {mustChangePassword ? <Badge tone="warn">Has not signed in yet</Badge> : undefined}
      </header>
      {setting.error === null ? undefined : <FailureNote failure={setting.error} />}
      <UserActions
        user={user}
        onPassword={onPassword}
        onRemoved={onRemoved}
        setActive={(wanted) => setting.mutate({ name, active: wanted })}
      />
      <div className="detail-grid">
        <section className="card card-body stack detail-box" aria-label="Facts">
          <ChoiceField
            label="Role in the account"
            value={role}
            options={serverRoles}
            onChoose={(chosen) => setting.mutate({ name, role: chosen })}
          />
          <dl className="facts">
            <dt>Accounts</dt>
            <dd>{accounts.map(shownName).join(", ") || "none"}</dd>
            <dt>Since</dt>
            <dd>
              <Moment at={createdAt} />
            </dd>
            {Object.entries(attributes).map(([key, value]) => (
              <FactPair key={key} name={key} value={value} />
            ))}
          </dl>
          <Memberships user={name} />
        </section>
        <Reads user={name} />
      </div>
      <section aria-labelledby="sessions">
        <div className="section-head">
          <h3 id="sessions">Sessions</h3>
        </div>
        <SessionsOf user={name} />
      </section>
      <KeysOf user={name} />
      <SignsInBy user={name} />
    </div>
  );
}

function FactPair({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <>
      <dt>{shownName(name)}</dt>
      <dd>
        <bdi>{value}</bdi>
      </dd>
    </>
  );
}

interface UserActionsProps extends UserDetailProps {
  readonly setActive: (isActive: boolean) => void;
}

function UserActions({ user: { name, active }, onPassword, onRemoved, setActive }: UserActionsProps): ReactNode {
  const me = useMe();
  const [isRemoving, setIsRemoving] = useState(false);
  const resetting = useMutation({
    mutationFn: () => api.userReset({ name }),
    onError: noticeEnd,
    onSuccess: async (given) => {
      onPassword(given);
      await refreshPeople();
    },
  });
  return (
    <>
      {resetting.error === null ? undefined : <FailureNote failure={resetting.error} />}
      <div className="form-foot">
        <Button
          component={Link}
          to={`/access/explain?who=${encodeURIComponent(name)}`}
          variant="default"
          leftSection={<Icon name="access" size={16} />}
        >
          Explain access
        </Button>
        <Button variant="default" loading={resetting.isPending} onClick={() => resetting.mutate()}>
          New one-time password
        </Button>
        {name === (me?.behind ?? me?.name) ? undefined : (
          <>
            <Button variant="default" onClick={() => setActive(!active)}>
              {active ? "Make inactive" : "Make active"}
            </Button>
            <Button variant="default" onClick={() => setIsRemoving(true)}>
              Remove…
            </Button>
          </>
        )}
      </div>
      {isRemoving ? (
        <RemoveDialog
          title={`Remove ${name}?`}
          act="Remove"
          plan={() => api.userRemove({ name, plan: true })}
          remove={() => api.userRemove({ name })}
          onRemoved={() => {
            setIsRemoving(false);
            onRemoved();
            void refreshPeople();
          }}
          onClose={() => setIsRemoving(false)}
        />
      ) : undefined}
    </>
  );
}

/** Memberships and offices, as the plan of removing the user tells them: they would end with the user. */
function Memberships({ user }: { readonly user: string }): ReactNode {
  const { data } = useQuery({
    queryKey: ["people", "falls", user],
    queryFn: () => api.userRemove({ name: user, plan: true }),
  });
  const { memberOf = [], answersFor = [] } = data?.falls ?? {};
  return (
    <dl className="facts">
      <dt>Member of</dt>
      <dd>{memberOf.map(shownName).join(", ") || "nothing else"}</dd>
      <dt>Answers for</dt>
      <dd>{answersFor.map(shownName).join(", ") || "nothing"}</dd>
    </dl>
  );
}

function Reads({ user }: { readonly user: string }): ReactNode {
  const access = useQuery({ queryKey: ["access", "of", user], queryFn: () => api.accessOf({ principal: user }) });
  return (
    <section className="card" aria-labelledby="reads">
      <div className="card-head">
        <h3 id="reads">What they can read</h3>
      </div>
      <Loaded query={access}>
        {({ reached, everything }) => {
          const read = reached.filter(({ kind, reads }) => kind === "table" && reads !== "nothing");
          if (everything) return <Empty icon="view" title="Everything." />;
          if (read.length === 0) return <Empty icon="hidden" title="No table." />;
          return (
            <ul className="list tight">
              {read.slice(0, 12).map(({ resource, reads, account }) => (
                <li key={`${resource} ${account}`}>
                  <code className="grow wrap-anywhere">{shownName(resource)}</code>
                  <span className="small dim">{reads === "whole" ? "everything" : "a part"}</span>
                  <Link className="small" to="/access/explain" search={{ who: user, table: resource }}>
                    Why?
                  </Link>
                </li>
              ))}
              {read.length > 12 ? <li className="small dim">{counted(read.length - 12, "more table")}</li> : undefined}
            </ul>
          );
        }}
      </Loaded>
    </section>
  );
}

function KeysOf({ user }: { readonly user: string }): ReactNode {
  const { data } = useQuery(keysQuery);
  const own = (data?.keys ?? []).filter(({ owner }) => owner === user);
  if (own.length === 0) return undefined;
  return (
    <section aria-labelledby="keys">
      <div className="section-head">
        <h3 id="keys">Keys that end with them</h3>
      </div>
      <ul className="card list tight">
        {own.map(({ name, role, usedAt }) => (
          <li key={name}>
            <Icon name="key" />
            <code className="grow">{shownName(name)}</code>
            <span className="small dim">
              {role === "none" ? "what grants give" : role},{" "}
              {usedAt === null ? (
                "never used"
              ) : (
                <>
                  used <Moment at={usedAt} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function SignsInBy({ user }: { readonly user: string }): ReactNode {
  const identities = useQuery({ queryKey: ["people", "identities", user], queryFn: () => api.identityList({ user }) });
  const found = identities.data?.identities ?? [];
  if (found.length === 0) return undefined;
  return (
    <section aria-labelledby="identities">
      <div className="section-head">
        <h3 id="identities">Signs in by</h3>
      </div>
      <ul className="card list tight">
        {found.map(({ provider, issuer, subject, usedAt }) => (
          <li key={`${issuer} ${subject}`}>
            <Icon name="outside" />
            <span className="grow wrap-anywhere">
              {provider ?? issuer} <code className="small dim">{shownName(subject)}</code>
            </span>
            <span className="small dim">{usedAt === null ? "never used" : <Moment at={usedAt} />}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
