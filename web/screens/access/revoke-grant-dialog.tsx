/** Ends a grant, after it has shown what ends with it, and which declaration would make it again. */
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Grant, GrantRevokeAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Changes, type Change } from "../../parts/changes.tsx";
import { shownName } from "../../parts/names.ts";
import { Loaded } from "../../parts/waiting.tsx";

interface RevokeGrantDialogProps {
  readonly grant: Grant;
  readonly onClose: () => void;
}

export function RevokeGrantDialog({ grant, onClose }: RevokeGrantDialogProps): ReactNode {
  const { id, permissions, on, to, filter } = grant;
  const input = { permissions, on, from: to, ...(filter === null ? {} : { filter }) };
  const plan = useQuery({
    queryKey: ["plan", "grant", id],
    queryFn: () => api.grantRevoke({ ...input, plan: true }),
    gcTime: 0,
  });
  const revoking = useMutation({
    mutationFn: () => api.grantRevoke(input),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return Promise.all(["access", "shares"].map((key) => cache.invalidateQueries({ queryKey: [key] })));
    },
  });
  return (
    <ActDialog
      title={`Revoke ${permissions.join(", ")} from ${shownName(to)}?`}
      lead={
        <>
          They lose it on <code>{shownName(on)}</code> within 2 seconds, unless another grant gives the same.
        </>
      }
      keep="Keep it"
      act="Revoke access"
      isLoss
      isBusy={revoking.isPending || plan.isPending}
      failure={revoking.error}
      onAct={() => revoking.mutate()}
      onClose={onClose}
    >
      <Loaded query={plan} lines={3}>
        {(found) => <Changes label="What ends" changes={endingOf(found)} />}
      </Loaded>
    </ActDialog>
  );
}

function endingOf({ grants, falls, declaredIn }: GrantRevokeAnswer): readonly Change[] {
  const line = (grant: Grant, more: string | undefined): Change => ({
    kind: "closes",
    key: grant.id,
    text: (
      <>
        <b>{shownName(grant.to)}</b> loses {grant.permissions.join(", ")} on <code>{shownName(grant.on)}</code>
      </>
    ),
    more,
  });
  return [
    ...grants.map((grant) => line(grant, undefined)),
    ...falls.map((grant) => line(grant, "It was passed on from this one")),
    ...declaredIn.map((name): Change => ({
      kind: "same",
      key: name,
      text: `${name} makes it again when it is applied next`,
    })),
  ];
}
