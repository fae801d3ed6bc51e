/** To which addresses one gets mails about requests: a code goes there first. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { api, noticeEnd } from "../../api/client.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";

/** An address gets mails only when the code that was sent there has been typed here. */
export function OwnMail(): ReactNode {
  const [address, setAddress] = useState("");
  const [code, setCode] = useState("");
  const adding = useMutation({ mutationFn: () => api.mailSubscribe({ address: address.trim() }), onError: noticeEnd });
  const ending = useMutation({
    mutationFn: () => api.mailUnsubscribe({ address: address.trim() }),
    onError: noticeEnd,
  });
  const confirming = useMutation({ mutationFn: () => api.mailConfirm({ code: code.trim() }), onError: noticeEnd });
  return (
    <section className="card card-body stack form" aria-labelledby="own-address">
      <h2 id="own-address">Mails to you</h2>
      <p className="small dim">
        You get a mail when a request waits for you, with a link to decide, and when one of yours ends.
      </p>
      <TextField label="Address" type="email" value={address} onType={setAddress} />
      {(adding.error ?? ending.error) === null ? undefined : <FailureNote failure={adding.error ?? ending.error} />}
      <div className="form-foot">
        <Button variant="default" loading={adding.isPending} onClick={() => address.trim() !== "" && adding.mutate()}>
          Send a code there
        </Button>
        <Button variant="default" loading={ending.isPending} onClick={() => address.trim() !== "" && ending.mutate()}>
          No more mails there
        </Button>
      </div>
      {ending.data === undefined ? undefined : (
        <p className="small" role="status">
          {shownName(ending.data.address)} {ending.data.ended ? "gets no more mails." : "got none."}
        </p>
      )}
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
