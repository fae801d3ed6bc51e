/** Sessions: where somebody is signed in, and ending them one by one. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Session } from "../../../src/client/api-client.ts";
import { api, noticeEnd } from "../../api/client.ts";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { mySessionsQuery, refreshPeople } from "./people-queries.ts";

export function MySessions(): ReactNode {
  const sessions = useQuery(mySessionsQuery);
  return (
    <section aria-labelledby="sessions">
      <div className="section-head">
        <h2 id="sessions">Where you are signed in</h2>
      </div>
      <Loaded query={sessions}>
        {({ sessions: found }) => <SessionList sessions={found} end={api.sessionLeave} />}
      </Loaded>
      <p className="hint">End those that you do not know, and change your password.</p>
    </section>
  );
}

export function SessionsOf({ user }: { readonly user: string }): ReactNode {
  const sessions = useQuery({ queryKey: ["people", "sessions", user], queryFn: () => api.sessionList({ user }) });
  return (
    <Loaded query={sessions}>{({ sessions: found }) => <SessionList sessions={found} end={api.sessionEnd} />}</Loaded>
  );
}

interface SessionListProps {
  readonly sessions: readonly Session[];
  readonly end: (input: { id: string }) => Promise<unknown>;
}

function SessionList({ sessions, end }: SessionListProps): ReactNode {
  const ending = useMutation({
    mutationFn: (input: { id: string }) => end(input),
    onError: noticeEnd,
    onSuccess: refreshPeople,
  });
  if (sessions.length === 0) return <Empty icon="leave" title="Signed in nowhere." />;
  return (
    <>
      {ending.error === null ? undefined : <FailureNote failure={ending.error} />}
      <ul className="card list tight">
        {sessions.map(({ id, address, account, actingAs, createdAt, usedAt }) => (
          <li key={id}>
            <Icon name="connect" />
            <span className="grow wrap-anywhere">
              <b>{address ?? "An address that is not known"}</b>
              <span className="small dim block">
                {account === null ? "" : `In ${shownName(account)}`}
                {actingAs === null ? "" : ` as ${shownName(actingAs)}`}, since <Moment at={createdAt} />, last used{" "}
                <Moment at={usedAt} />
              </span>
            </span>
            <Button size="compact-md" variant="default" onClick={() => ending.mutate({ id })}>
              End it
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
