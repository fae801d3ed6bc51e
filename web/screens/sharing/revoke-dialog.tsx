/** Ends a share, or some of its things, after it has shown who loses what. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { ShareShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Changes, changesOf } from "../../parts/changes.tsx";
import { TextField } from "../../parts/field.tsx";
import { shownName } from "../../parts/names.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { holderWords } from "./request-words.ts";

interface RevokeDialogProps {
  readonly share: ShareShowAnswer;
  readonly onClose: () => void;
}

export function RevokeDialog({ share, onClose }: RevokeDialogProps): ReactNode {
  const [reason, setReason] = useState("");
  const left = share.items.filter(({ ended }) => !ended).map(({ on }) => on);
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const ending = left.filter((on) => !kept.has(on));
  const input = { id: share.id, ...(kept.size === 0 ? {} : { on: ending }) };
  const plan = useQuery({
    queryKey: ["plan", "share", share.id, ending],
    queryFn: () => api.shareRevoke({ ...input, plan: true }),
    enabled: ending.length > 0,
    staleTime: 0,
  });
  const revoking = useMutation({
    mutationFn: () => api.shareRevoke({ ...input, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) }),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return Promise.all(["shares", "requests", "access"].map((key) => cache.invalidateQueries({ queryKey: [key] })));
    },
  });
  return (
    <ActDialog
      title={`Revoke what ${holderWords(share.to)} has?`}
      lead="They can no longer read it. This takes effect within 2 seconds, for running queries, too."
      keep="Keep it"
      act="Revoke access"
      isLoss
      isBusy={revoking.isPending || (plan.data === undefined && plan.error === null && ending.length > 0)}
      failure={revoking.error}
      onAct={() => (ending.length === 0 ? onClose() : revoking.mutate())}
      onClose={onClose}
    >
      {left.length < 2 ? undefined : (
        <fieldset className="stack">
          <legend className="small strong">What ends</legend>
          {left.map((on) => (
            <label key={on} className="tick-label">
              <input
                type="checkbox"
                className="tick"
                checked={!kept.has(on)}
                onChange={() => setKept(kept.symmetricDifference(new Set([on])))}
              />
              <code>{shownName(on)}</code>
            </label>
          ))}
        </fieldset>
      )}
      {ending.length === 0 ? (
        <p className="small dim">Nothing is ticked, so nothing would end.</p>
      ) : (
        <Loaded query={plan} lines={3}>
          {(found) => <Changes label="What closes" changes={changesOf(found)} />}
        </Loaded>
      )}
      <TextField label="Reason, kept with the share" value={reason} onType={setReason} />
    </ActDialog>
  );
}
