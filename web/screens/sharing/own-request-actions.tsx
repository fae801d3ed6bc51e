/** The ways to change one's own request: send a draft, accept newer terms, remind those who decide, and withdraw it. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { RequestShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { counted } from "../../parts/numbers.ts";

export function OwnRequestActions({ request }: { readonly request: RequestShowAnswer }): ReactNode {
  const [isAsking, setIsAsking] = useState(false);
  const refresh = (): Promise<void> => cache.invalidateQueries({ queryKey: ["requests"] });
  const sending = useMutation({
    mutationFn: () => api.requestSubmit({ request: request.request }),
    onError: noticeEnd,
    onSuccess: refresh,
  });
  const accepting = useMutation({
    mutationFn: (version: number) => api.requestAcceptTerms({ request: request.request, version }),
    onError: noticeEnd,
    onSuccess: refresh,
  });
  const reminding = useMutation({
    mutationFn: () => api.requestRemind({ request: request.request }),
    onError: noticeEnd,
  });
  const failure = reminding.error ?? sending.error ?? accepting.error;
  const { terms } = request;
  const newer = terms !== null && terms.accepted !== terms.current ? terms.current : undefined;
  return (
    <div className="form-foot">
      {newer === undefined ? undefined : (
        <Button loading={accepting.isPending} onClick={() => accepting.mutate(newer)}>
          Accept the terms, version {newer}
        </Button>
      )}
      {request.state === "draft" ? (
        <Button loading={sending.isPending} onClick={() => sending.mutate()}>
          Send it
        </Button>
      ) : undefined}
      {request.state === "pending" ? (
        <Button variant="default" loading={reminding.isPending} onClick={() => reminding.mutate()}>
          Remind them
        </Button>
      ) : undefined}
      <Button variant="default" onClick={() => setIsAsking(true)}>
        Withdraw…
      </Button>
      {failure === null ? undefined : <FailureNote failure={failure} />}
      {reminding.data === undefined ? undefined : <Reminded mails={reminding.data.reminded} />}
      {isAsking ? <WithdrawDialog request={request} onClose={() => setIsAsking(false)} /> : undefined}
    </div>
  );
}

function Reminded({ mails }: { readonly mails: number }): ReactNode {
  return (
    <p className="small full" role="status">
      {mails > 0
        ? `${counted(mails, "mail")} on the way. You can remind them again tomorrow.`
        : "Nobody gets a mail: they were reminded today, or have named no address."}
    </p>
  );
}

interface WithdrawDialogProps {
  readonly request: RequestShowAnswer;
  readonly onClose: () => void;
}

function WithdrawDialog({ request, onClose }: WithdrawDialogProps): ReactNode {
  const withdrawing = useMutation({
    mutationFn: () => api.requestWithdraw({ request: request.request }),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return cache.invalidateQueries({ queryKey: ["requests"] });
    },
  });
  return (
    <ActDialog
      title={`Withdraw ${request.request}?`}
      lead={
        request.others === 0
          ? "Nobody has to decide on it any more. You can ask again at any time."
          : "Others asked for the same: for them it goes on."
      }
      keep="Keep it"
      act="Withdraw"
      isBusy={withdrawing.isPending}
      failure={withdrawing.error}
      onAct={() => withdrawing.mutate()}
      onClose={onClose}
    />
  );
}
