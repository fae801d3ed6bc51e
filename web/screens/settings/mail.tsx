/** Mails about requests: to which addresses of one's own, those that wait or failed; and other systems that are told of events. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { HookListAnswer, MailListAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { useMe } from "../../api/me.ts";
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
      <OwnAddress />
    </div>
  );
}

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
              {kind}, <code>{request}</code>, <Moment at={madeAt} />
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

/** An address gets mails only when the code that was sent there has been typed here. */
function OwnAddress(): ReactNode {
  const me = useMe();
  const [address, setAddress] = useState("");
  const [code, setCode] = useState("");
  const adding = useMutation({ mutationFn: () => api.mailSubscribe({ address: address.trim() }), onError: noticeEnd });
  const confirming = useMutation({ mutationFn: () => api.mailConfirm({ code: code.trim() }), onError: noticeEnd });
  return (
    <section className="card card-body stack form" aria-labelledby="own-address">
      <h2 id="own-address">Mails to you</h2>
      <p className="small dim">
        {shownName(me?.behind ?? me?.name ?? "You")} gets a mail when a request waits, with a link to decide, and when
        one ends.
      </p>
      <TextField label="Address" type="email" value={address} onType={setAddress} />
      {adding.error === null ? undefined : <FailureNote failure={adding.error} />}
      <Button variant="default" loading={adding.isPending} onClick={() => address.trim() !== "" && adding.mutate()}>
        Send a code there
      </Button>
      {adding.data === undefined ? undefined : (
        <>
          <TextField label="The code of the mail" isName value={code} onType={setCode} />
          {confirming.error === null ? undefined : <FailureNote failure={confirming.error} />}
          <Button loading={confirming.isPending} onClick={() => code.trim() !== "" && confirming.mutate()}>
            Confirm
          </Button>
        </>
      )}
      {confirming.data === undefined ? undefined : (
        <p className="note busy" role="status">
          <Icon name="done" />
          {shownName(confirming.data.address)} gets them from now on.
        </p>
      )}
    </section>
  );
}
