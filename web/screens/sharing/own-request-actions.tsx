/** What one can do with one's own request: send a draft, accept newer terms, remind those who decide, and withdraw it. */
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
  const withdrawing = useMutation({
    mutationFn: () => api.requestWithdraw({ request: request.request }),
    onError: noticeEnd,
    onSuccess: () => {
      setIsAsking(false);
      return refresh();
    },
  });
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
      {reminding.data === undefined ? undefined : (
        <p className="small full" role="status">
          {reminding.data.reminded > 0
            ? `${counted(reminding.data.reminded, "mail")} on the way. You can remind them again tomorrow.`
            : "Nobody gets a mail: they were reminded today, or have named no address."}
        </p>
      )}
      {isAsking ? (
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
          onClose={() => setIsAsking(false)}
        />
      ) : undefined}
    </div>
  );
}
