/** The decision at the right of a request: until when, a message, a summary of what is taken away, and the two verdicts. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { RequestApproveAnswer, RequestShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { HeadgateError } from "../../../src/errors.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { approvalOf, narrowedWords, type NarrowingWork } from "./narrowing.ts";

interface DecisionProps {
  readonly request: RequestShowAnswer;
  readonly columns: ReadonlyMap<string, readonly string[]>;
  readonly work: NarrowingWork;
}

export function Decision({ request, columns, work }: DecisionProps): ReactNode {
  const [message, setMessage] = useState("");
  const [isLacking, setIsLacking] = useState(false);
  const [isDenying, setIsDenying] = useState(false);
  const { leftOut } = work.now;
  const narrowed = narrowedWords(work.now);
  const approving = useApproval({ request, columns, work }, message);
  const approve = (): void => {
    const lacks = leftOut.size > 0 && message.trim() === "";
    setIsLacking(lacks);
    if (!lacks) approving.mutate();
  };
  const isNothing = request.items.every(({ on }) => on === null || leftOut.has(on));
  return (
    <aside className="decision" aria-label="Your decision">
      <div className="card decision-box">
        <h2>Your decision</h2>
        <TextField
          label="Open until"
          type="date"
          value={work.now.until}
          onType={work.setUntil}
          hint={<AskedUntil until={request.until} />}
        />
        <div data-key="message">
          <TextField
            label={`Message to ${shownName(request.requester)}`}
            lines={3}
            value={message}
            onType={setMessage}
            hint={leftOut.size > 0 ? "Needed: it says why something is left out." : "Not needed to approve."}
            error={
              isLacking ? `Say why something is left out. ${shownName(request.requester)} will read it.` : undefined
            }
          />
        </div>
        {narrowed === "" ? undefined : (
          <div className="note busy small">
            <Icon name="info" size={16} />
            <p>
              Narrower than asked: <b>{narrowed}</b>.
            </p>
          </div>
        )}
        {approving.error === null ? undefined : <FailureNote failure={approving.error} />}
        {approving.data?.judgedAgain === true ? (
          <p className="small" role="status">
            Something more sensitive was found meanwhile. Nothing was approved; look at it again.
          </p>
        ) : undefined}
        <div className="decision-buttons">
          <Button data-key="deny" variant="default" onClick={() => setIsDenying(true)}>
            Deny…
          </Button>
          {isNothing ? (
            <p className="small dim">Nothing is left to approve. Tick something, or deny it.</p>
          ) : (
            <Button data-key="approve" loading={approving.isPending} onClick={approve}>
              {narrowed === "" ? "Approve" : "Approve narrowed"}
            </Button>
          )}
        </div>
      </div>
      <p className="small dim decision-foot">
        {shownName(request.requester)} is told. You can revoke it at any time; running queries stop within 2 seconds.
      </p>
      {isDenying ? <DenyDialog request={request} reason={message} onClose={() => setIsDenying(false)} /> : undefined}
    </aside>
  );
}

function AskedUntil({ until }: { readonly until: string | null }): ReactNode {
  if (until === null) return "Asked without an end. Empty leaves it so.";
  return (
    <>
      Asked until <Moment at={until} />. Empty leaves it so.
    </>
  );
}

/** Approves what is ticked, and denies the rest for the reason that the message gives. */
function useApproval({ request, columns, work }: DecisionProps, message: string) {
  return useMutation({
    mutationFn: async () => {
      const comment = message.trim();
      const input = approvalOf(request, work.now, columns);
      const { decided, failed } = await api.requestApprove({ ...input, ...(comment === "" ? {} : { comment }) });
      throwFirst(failed);
      const judgedAgain = decided.some((one) => one.judgedAgain);
      const items = [...work.now.leftOut];
      if (items.length > 0 && !judgedAgain)
        throwFirst((await api.requestDeny({ requests: [request.request], items, reason: comment })).failed);
      return { judgedAgain };
    },
    onError: noticeEnd,
    onSettled: () =>
      Promise.all(["requests", "shares", "access"].map((key) => cache.invalidateQueries({ queryKey: [key] }))),
  });
}

interface DenyDialogProps {
  readonly request: RequestShowAnswer;
  /** The words that stand in the message already. */
  readonly reason: string;
  readonly onClose: () => void;
}

function DenyDialog({ request, reason: begun, onClose }: DenyDialogProps): ReactNode {
  const [reason, setReason] = useState(begun);
  const [isLacking, setIsLacking] = useState(false);
  const denying = useMutation({
    mutationFn: async () => throwFirst((await api.requestDeny({ requests: [request.request], reason })).failed),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return cache.invalidateQueries({ queryKey: ["requests"] });
    },
  });
  return (
    <ActDialog
      title={`Deny ${request.request}?`}
      lead={`Nothing opens. ${shownName(request.requester)} is told the reason, and can ask again for less.`}
      keep="Not yet"
      act="Deny"
      isBusy={denying.isPending}
      failure={denying.error}
      onAct={() => {
        setIsLacking(reason.trim() === "");
        if (reason.trim() !== "") denying.mutate();
      }}
      onClose={onClose}
    >
      <TextField
        label="Reason"
        lines={3}
        value={reason}
        onType={setReason}
        error={isLacking ? `Give a reason. ${shownName(request.requester)} will read it.` : undefined}
      />
    </ActDialog>
  );
}

function throwFirst(failed: RequestApproveAnswer["failed"]): void {
  const [first] = failed;
  if (first !== undefined) throw new HeadgateError(first.error.code, first.error);
}
