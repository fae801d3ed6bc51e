/** Suspends a share, after it has named those who then read nothing by it until it is resumed. */
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ShareShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Changes, namesOf, type Change } from "../../parts/changes.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { holderWords } from "./request-words.ts";

interface SuspendDialogProps {
  readonly share: ShareShowAnswer;
  readonly onClose: () => void;
}

export function SuspendDialog({ share, onClose }: SuspendDialogProps): ReactNode {
  const suspending = useMutation({
    mutationFn: () => api.shareSuspend({ id: share.id }),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return Promise.all(
        ["shares", "access", "tables", "links"].map((key) => cache.invalidateQueries({ queryKey: [key] })),
      );
    },
  });
  return (
    <ActDialog
      title={`Suspend what ${holderWords(share.to)} has?`}
      lead="It closes within 2 seconds, for running queries, too. Resuming opens it as it was, with everything that was passed on."
      keep="Leave it open"
      act="Suspend"
      isBusy={suspending.isPending}
      failure={suspending.error}
      onAct={() => suspending.mutate()}
      onClose={onClose}
    >
      <Changes label="What closes" changes={closingOf(share)} />
    </ActDialog>
  );
}

function closingOf({ readers }: ShareShowAnswer): readonly Change[] {
  if (readers.length === 0) return [{ kind: "same", key: "nobody", text: "Nobody reads by it now" }];
  return [...Map.groupBy(readers, ({ table }) => table)].map(([table, all]): Change => {
    const who = [...new Set(all.map(({ principal }) => principal))];
    return {
      kind: "closes",
      key: table,
      text: (
        <>
          <b>{who.length === 1 ? shownName(who[0] ?? "") : counted(who.length, "person", "people")}</b> can no longer
          read <code>{shownName(table)}</code> by it
        </>
      ),
      more: who.length === 1 ? undefined : namesOf(who),
    };
  });
}
