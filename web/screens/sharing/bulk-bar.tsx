/** Decides on several requests at once: approves them as they were asked, or denies them for one reason. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { RequestApproveAnswer, ShareRequest } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { sentence } from "../../parts/failure-note.tsx";
import { TextField } from "../../parts/field.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { thingWords } from "./request-words.ts";

interface BulkBarProps {
  readonly requests: readonly ShareRequest[];
  readonly onDone: () => void;
}

export function BulkBar({ requests, onDone }: BulkBarProps): ReactNode {
  const [asking, setAsking] = useState<"approve" | "deny">();
  return (
    <div className="bulk-bar" role="group" aria-label="Chosen requests">
      <span className="grow strong" role="status">
        {counted(requests.length, "request")} chosen
      </span>
      <Button data-key="approve" size="compact-md" onClick={() => setAsking("approve")}>
        Approve…
      </Button>
      <Button data-key="deny" size="compact-md" variant="default" onClick={() => setAsking("deny")}>
        Deny…
      </Button>
      {asking === undefined ? undefined : (
        <BulkDialog requests={requests} verdict={asking} onClose={() => setAsking(undefined)} onDone={onDone} />
      )}
    </div>
  );
}

interface BulkDialogProps extends BulkBarProps {
  readonly verdict: "approve" | "deny";
  readonly onClose: () => void;
}

function BulkDialog({ requests, verdict, onClose, onDone }: BulkDialogProps): ReactNode {
  const [reason, setReason] = useState("");
  const [isLacking, setIsLacking] = useState(false);
  const names = requests.map(({ request }) => request);
  const deciding = useMutation({
    mutationFn: (): Promise<Pick<RequestApproveAnswer, "failed">> =>
      verdict === "approve" ? api.requestApprove({ requests: names }) : api.requestDeny({ requests: names, reason }),
    onError: noticeEnd,
    onSuccess: async ({ failed }) => {
      await cache.invalidateQueries({ queryKey: ["requests"] });
      if (failed.length === 0) onDone();
    },
  });
  const act = (): void => {
    setIsLacking(verdict === "deny" && reason.trim() === "");
    if (verdict === "approve" || reason.trim() !== "") deciding.mutate();
  };
  const word = verdict === "approve" ? "Approve" : "Deny";
  return (
    <ActDialog
      title={`${word} ${counted(requests.length, "request")}?`}
      lead={
        verdict === "approve"
          ? "Each is approved as it was asked. It opens at once."
          : "Nothing opens. Everybody who asked is told the reason."
      }
      keep="Not yet"
      act={`${word} ${requests.length}`}
      isBusy={deciding.isPending}
      failure={deciding.error}
      onAct={act}
      onClose={onClose}
    >
      <ul className="card list tight">
        {requests.map(({ request, requester, items }) => (
          <li key={request}>
            <span className="grow wrap-anywhere">
              <b>{shownName(requester)}</b>{" "}
              <code className="small">{items.map(({ on }) => thingWords(on)).join(", ")}</code>
            </span>
          </li>
        ))}
      </ul>
      {verdict === "approve" ? undefined : (
        <TextField
          label="Reason, told to everybody who asked"
          value={reason}
          onType={setReason}
          lines={3}
          error={isLacking ? "Give a reason. Whoever asked will read it." : undefined}
        />
      )}
      {(deciding.data?.failed ?? []).map(({ request, error }) => (
        <div key={request} className="note bad" role="alert">
          <p>
            <b>{request}</b> was not decided. {sentence(error.message)} {sentence(error.remedy)}
          </p>
        </div>
      ))}
    </ActDialog>
  );
}
