/** The ways to change a share: accept, reject, suspend, resume and extend it, revoke it, or ask for a later end of it. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { ShareShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { AskLaterEndDialog } from "./ask-later-end-dialog.tsx";
import { ExtendDialog } from "./extend-dialog.tsx";
import { isOver } from "./request-words.ts";
import { RevokeDialog } from "./revoke-dialog.tsx";
import { SuspendDialog } from "./suspend-dialog.tsx";

export function ShareActions({ share }: { readonly share: ShareShowAnswer }): ReactNode {
  const [asking, setAsking] = useState<"revoke" | "extend" | "ask" | "suspend">();
  const work = useMutation({
    mutationFn: (act: (input: { id: string }) => Promise<unknown>) => act({ id: share.id }),
    onError: noticeEnd,
    onSettled: () =>
      Promise.all(
        ["shares", "requests", "access", "tables"].map((key) => cache.invalidateQueries({ queryKey: [key] })),
      ),
  });
  const { state, given, received } = share;
  const close = (): void => setAsking(undefined);
  const isWaiting = state === "awaiting_acceptance";
  const asksForMore = received && !given && share.until !== null && (state === "active" || state === "expired");
  if (isOver(share) && state !== "lapsed" && !asksForMore) return undefined;
  return (
    <>
      {work.error === null ? undefined : <FailureNote failure={work.error} />}
      <div className="form-foot">
        {isWaiting && received ? (
          <>
            <Button loading={work.isPending} onClick={() => work.mutate(api.shareAccept)}>
              Accept
            </Button>
            <Button variant="default" onClick={() => work.mutate(api.shareReject)}>
              Reject
            </Button>
          </>
        ) : undefined}
        {given && (state === "lapsed" || isWaiting) ? (
          <Button variant="default" onClick={() => work.mutate(api.shareInvite)}>
            Send the invitation again
          </Button>
        ) : undefined}
        {asksForMore ? (
          <Button variant="default" onClick={() => setAsking("ask")}>
            Ask for a later end…
          </Button>
        ) : undefined}
        {given && state !== "lapsed" ? (
          <>
            <Button variant="default" onClick={() => setAsking("extend")}>
              Change the end…
            </Button>
            {state === "suspended" ? (
              <Button onClick={() => work.mutate(api.shareResume)}>Resume</Button>
            ) : state === "active" ? (
              <Button variant="default" onClick={() => setAsking("suspend")}>
                Suspend…
              </Button>
            ) : undefined}
            <Button variant="default" onClick={() => setAsking("revoke")}>
              Revoke…
            </Button>
          </>
        ) : undefined}
      </div>
      {asking === "revoke" ? <RevokeDialog share={share} onClose={close} /> : undefined}
      {asking === "ask" ? <AskLaterEndDialog share={share} onClose={close} /> : undefined}
      {asking === "suspend" ? <SuspendDialog share={share} onClose={close} /> : undefined}
      {asking === "extend" ? <ExtendDialog share={share} onClose={close} /> : undefined}
    </>
  );
}
