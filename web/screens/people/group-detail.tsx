/** One group or role: its members with the time of each, what is granted to it, and adding and removing. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
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
  const { name, account, memberOf, grants } = group;
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
      <section aria-labelledby="granted">
        <div className="section-head">
          <h3 id="granted">Granted to it</h3>
          <span className="dim">{grants.length}</span>
        </div>
        <div className="card">
          {grants.length === 0 ? (
            <Empty icon="access" title="Nothing yet." />
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

function Members({ kind, group: { name, members } }: GroupDetailProps): ReactNode {
  const { data: users } = useQuery(usersQuery);
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
            {members.map(({ member: who, until, valid }) => (
              <li key={who}>
                <Avatar name={who} />
                <span className="grow wrap-anywhere">
                  <b>{shownName(who)}</b>
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
                <Button size="compact-md" variant="subtle" onClick={() => removing.mutate(who)}>
                  Take out<span className="unseen"> {who}</span>
                </Button>
              </li>
            ))}
          </ul>
        )}
        <form
          className="card-foot inline-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (member.trim() !== "") adding.mutate();
          }}
        >
          <TextField
            label="Add a member"
            value={member}
            onType={setMember}
            options={(users?.users ?? []).map((user) => user.name)}
            hint="A user, group:<name> or key:<name>."
          />
          <Button type="submit" variant="default" loading={adding.isPending}>
            Add
          </Button>
        </form>
      </div>
      {[adding, removing].map(({ error }, place) =>
        error === null ? undefined : <FailureNote key={place === 0 ? "adding" : "removing"} failure={error} />,
      )}
    </section>
  );
}
