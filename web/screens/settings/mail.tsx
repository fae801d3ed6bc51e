/** Mails about requests that wait or failed, a mail to test, and other systems that are told of events. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { HookListAnswer, MailListAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { Loaded } from "../../parts/waiting.tsx";

export function Mail(): ReactNode {
  const mails = useQuery({ queryKey: ["mails"], queryFn: () => api.mailList({}) });
  const hooks = useQuery({ queryKey: ["hooks"], queryFn: () => api.hookList({}) });
  return (
    <div className="settings-grid">
      <div className="stack governing">
        <section aria-labelledby="mails">
          <div className="section-head">
            <h2 id="mails">Mails</h2>
          </div>
          <Loaded query={mails}>{({ mails: found }) => <Mails mails={found} />}</Loaded>
        </section>
        <section aria-labelledby="hooks">
          <div className="section-head">
            <h2 id="hooks">Systems that are told of events</h2>
          </div>
          <Loaded query={hooks}>{({ hooks: found }) => <Hooks hooks={found} />}</Loaded>
        </section>
      </div>
      <TestMail />
    </div>
  );
}

const kindWords: Readonly<Record<MailListAnswer["mails"][number]["kind"], string>> = {
  decide: "Asks for a decision on",
  reminder: "Reminds of",
  ended: "Tells the end of",
  share: "About a share",
};

function Mails({ mails }: { readonly mails: MailListAnswer["mails"] }): ReactNode {
  if (mails.length === 0)
    return (
      <Empty icon="mail" title="No mail about a request yet.">
        <p>They need HEADGATE_SMTP and HEADGATE_PUBLIC_URL.</p>
      </Empty>
    );
  return (
    <ul className="card list tight">
      {mails.slice(0, 100).map(({ kind, request, address, state, madeAt, failure }) => (
        <li key={`${kind} ${request} ${address} ${madeAt}`}>
          <Icon name="mail" />
          <span className="grow wrap-anywhere">
            <b>{shownName(address)}</b>
            <span className="small dim block">
              {kindWords[kind]}
              {request === null ? (
                ""
              ) : (
                <>
                  {" "}
                  <code>{request}</code>
                </>
              )}
              , <Moment at={madeAt} />
              {failure === null ? "" : `: ${failure}`}
            </span>
          </span>
          <Badge tone={state === "sent" ? "ok" : state === "dead" ? "bad" : "plain"}>
            {state === "dead" ? "given up" : state}
          </Badge>
        </li>
      ))}
    </ul>
  );
}

function Hooks({ hooks }: { readonly hooks: HookListAnswer["hooks"] }): ReactNode {
  const retrying = useMutation({
    mutationFn: (name: string) => api.hookRetry({ name }),
    onError: noticeEnd,
    onSettled: () => cache.invalidateQueries({ queryKey: ["hooks"] }),
  });
  if (hooks.length === 0)
    return (
      <Empty icon="connect" title="None.">
        <p>
          <code>headgate hook add tickets https://…</code>
        </p>
      </Empty>
    );
  return (
    <>
      {retrying.error === null ? undefined : <FailureNote failure={retrying.error} />}
      <ul className="card list tight">
        {hooks.map(({ name, url }) => (
          <li key={name}>
            <Icon name="connect" />
            <span className="grow wrap-anywhere">
              <b>{shownName(name)}</b>
              <span className="small dim block">{shownName(url)}</span>
            </span>
            <Button
              size="compact-md"
              variant="default"
              loading={retrying.isPending}
              onClick={() => retrying.mutate(name)}
            >
              Send again what was given up
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Sends a mail at once, and says what the mail server answered. */
function TestMail(): ReactNode {
  const [address, setAddress] = useState("");
  const testing = useMutation({ mutationFn: () => api.mailTest({ address: address.trim() }), onError: noticeEnd });
  return (
    <form
      className="card card-body stack form"
      aria-labelledby="test-mail"
      onSubmit={(event) => {
        event.preventDefault();
        if (address.trim() !== "") testing.mutate();
      }}
    >
      <h2 id="test-mail">Send a test mail</h2>
      <p className="small dim">It goes out at once, so that you see whether mails of this server arrive.</p>
      <TextField label="To" type="email" value={address} onType={setAddress} />
      {testing.error === null ? undefined : <FailureNote failure={testing.error} />}
      <Button type="submit" variant="default" loading={testing.isPending}>
        Send it
      </Button>
      {testing.data === undefined ? undefined : (
        <p className="note busy" role="status">
          <Icon name="done" />
          {shownName(testing.data.server)} took it from {shownName(testing.data.from)}. Look whether it arrives at{" "}
          {shownName(testing.data.address)}.
        </p>
      )}
      <p className="small dim">
        Where mails go to you yourself is on{" "}
        <Link to="/people/{-$tab}/{-$name}" params={{ tab: "me", name: undefined }}>
          your own page
        </Link>
        .
      </p>
    </form>
  );
}
