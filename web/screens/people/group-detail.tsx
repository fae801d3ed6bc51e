/** One group or role: its members with the time of each, what is granted to it, and adding and removing. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { GroupShowAnswer } from "../../../src/client/api-client.ts";
import { api, noticeEnd } from "../../api/client.ts";
import { Avatar, Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { RemoveDialog } from "../../parts/falls.tsx";
import { TextField } from "../../parts/field.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { refreshPeople, usersQuery, type GroupKind } from "./people-queries.ts";

interface GroupDetailProps {
  readonly kind: GroupKind;
  readonly group: GroupShowAnswer;
}

export function GroupDetail({ kind, group }: GroupDetailProps): ReactNode {
  const { name, account, memberOf } = group;
  const [isRemoving, setIsRemoving] = useState(false);
  const plan = (isPlan: boolean) =>
    kind === "group" ? api.groupRemove({ name, plan: isPlan }) : api.roleRemove({ name, plan: isPlan });
  return (
    <div className="detail-body">
      <header>
        <h2 className="detail-title">{shownName(name)}</h2>
        <p className="text2">
          A {kind} of account {shownName(account)}
          {memberOf.length === 0 ? "." : `, and a member of ${memberOf.map(shownName).join(", ")}.`}
        </p>
      </header>
      <Members kind={kind} group={group} />
      <Granted kind={kind} group={group} />
      <div>
        <Button variant="default" onClick={() => setIsRemoving(true)}>
          Remove the {kind}…
        </Button>
      </div>
      {isRemoving ? (
        <RemoveDialog
          title={`Remove ${name}?`}
          act="Remove"
          plan={() => plan(true)}
          remove={() => plan(false)}
          onRemoved={() => {
            setIsRemoving(false);
            void refreshPeople();
          }}
          onClose={() => setIsRemoving(false)}
        />
      ) : undefined}
    </div>
  );
}

function Granted({ kind, group: { name, grants } }: GroupDetailProps): ReactNode {
  return (
    <section aria-labelledby="granted">
      <div className="section-head">
        <h3 id="granted">Granted to it</h3>
        <span className="dim">{grants.length}</span>
      </div>
      <div className="card">
        {grants.length === 0 ? (
          <Empty icon="access" title="Nothing yet.">
            <p>
              Access is given{" "}
              <Link to="/access/{-$tab}" params={{ tab: "grants" }}>
                under Access
              </Link>
              , to {kind}:{shownName(name)}.
            </p>
          </Empty>
        ) : (
          <ul className="list tight">
            {grants.map(({ id, permissions, on, until, state }) => (
              <li key={id}>
                <span className="grow wrap-anywhere">
                  {permissions.join(", ")} on <code>{shownName(on)}</code>
                </span>
                {state === "active" ? undefined : <Badge tone="plain">{state}</Badge>}
                <span className="small dim nowrap">{until === null ? "no end" : <Moment at={until} />}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function Members({ kind, group: { name, members } }: GroupDetailProps): ReactNode {
  const [member, setMember] = useState("");
  const adding = useMutation({
    mutationFn: () => api.memberAdd({ kind, name, member: member.trim() }),
    onError: noticeEnd,
    onSuccess: () => {
      setMember("");
      return refreshPeople();
    },
  });
  const removing = useMutation({
    mutationFn: (who: string) => api.memberRemove({ kind, name, member: who }),
    onError: noticeEnd,
    onSuccess: refreshPeople,
  });
  return (
    <section aria-labelledby="members">
      <div className="section-head">
        <h3 id="members">Members</h3>
        <span className="dim">{members.length}</span>
      </div>
      <div className="card">
        {members.length === 0 ? (
          <Empty icon="people" title="Nobody yet." />
        ) : (
          <ul className="list tight">
            {members.map((one) => (
              <MemberLine key={one.member} member={one} onTakeOut={() => removing.mutate(one.member)} />
            ))}
          </ul>
        )}
        <AddMember
          member={member}
          isAdding={adding.isPending}
          onType={setMember}
          onAdd={() => {
            if (member.trim() !== "") adding.mutate();
          }}
        />
      </div>
      {[adding, removing].map(({ error }, place) =>
        error === null ? undefined : <FailureNote key={place === 0 ? "adding" : "removing"} failure={error} />,
      )}
    </section>
  );
}

interface MemberLineProps {
  readonly member: GroupShowAnswer["members"][number];
  readonly onTakeOut: () => void;
}

function MemberLine({ member: { member, until, valid }, onTakeOut }: MemberLineProps): ReactNode {
  return (
    <li>
      <Avatar name={member} />
      <span className="grow wrap-anywhere">
        <b>{shownName(member)}</b>
        <span className="small dim block">
          {valid ? "" : "not now, "}
          {until === null ? (
            "no end"
          ) : (
            <>
              until <Moment at={until} />
            </>
          )}
        </span>
      </span>
      <Button size="compact-md" variant="subtle" onClick={onTakeOut}>
        Take out<span className="unseen"> {member}</span>
      </Button>
    </li>
  );
}

interface AddMemberProps {
  readonly member: string;
  readonly isAdding: boolean;
  readonly onType: (member: string) => void;
  readonly onAdd: () => void;
}

function AddMember({ member, isAdding, onType, onAdd }: AddMemberProps): ReactNode {
  const { data: users } = useQuery(usersQuery);
  return (
    <form
      className="card-foot inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        onAdd();
      }}
    >
      <TextField
        label="Add a member"
        value={member}
        onType={onType}
        options={(users?.users ?? []).map((user) => user.name)}
        hint="A user, group:<name> or key:<name>."
      />
      <Button type="submit" variant="default" loading={isAdding}>
        Add
      </Button>
    </form>
  );
}
