/** Changes the end of a share: later, earlier, or none. */
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { ShareShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { endOfDay } from "./narrowing.ts";
import { holderWords } from "./request-words.ts";

interface ExtendDialogProps {
  readonly share: ShareShowAnswer;
  readonly onClose: () => void;
}

export function ExtendDialog({ share, onClose }: ExtendDialogProps): ReactNode {
  const [day, setDay] = useState(share.until?.slice(0, 10) ?? "");
  const extending = useMutation({
    mutationFn: () => api.shareExtend({ id: share.id, until: day === "" ? null : endOfDay(day, null) }),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return Promise.all(["shares", "access"].map((key) => cache.invalidateQueries({ queryKey: [key] })));
    },
  });
  return (
    <ActDialog
      title={`Until when may ${holderWords(share.to)} read it?`}
      lead="It ends at the end of that day, by itself."
      keep="Leave it"
      act="Change the end"
      isBusy={extending.isPending}
      failure={extending.error}
      onAct={() => extending.mutate()}
      onClose={onClose}
    >
      <TextField label="Open until" type="date" value={day} onType={setDay} hint="Empty: it has no end." />
    </ActDialog>
  );
}
