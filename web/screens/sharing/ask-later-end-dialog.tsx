/** Asks for a later end of a share that one has received; it keeps its end until somebody approves. */
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { ShareShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { shownName } from "../../parts/names.ts";
import { endOfDay } from "./narrowing.ts";

interface AskLaterEndDialogProps {
  readonly share: ShareShowAnswer;
  readonly onClose: () => void;
}

export function AskLaterEndDialog({ share, onClose }: AskLaterEndDialogProps): ReactNode {
  const navigate = useNavigate();
  const [day, setDay] = useState("");
  const [purpose, setPurpose] = useState("");
  const [isLacking, setIsLacking] = useState(false);
  const asking = useMutation({
    mutationFn: () =>
      api.requestCreate({
        extend: share.id,
        purpose: purpose.trim(),
        ...(day === "" ? {} : { until: endOfDay(day, null) }),
      }),
    onError: noticeEnd,
    onSuccess: async ({ request }) => {
      await Promise.all(["requests", "shares"].map((key) => cache.invalidateQueries({ queryKey: [key] })));
      await navigate({ to: "/sharing/{-$tab}/{-$item}", params: { tab: request.request, item: undefined } });
    },
  });
  return (
    <ActDialog
      title={`Ask ${shownName(share.from)} for a later end?`}
      lead="It keeps its end until somebody approves."
      keep="Leave it"
      act="Ask for it"
      isBusy={asking.isPending}
      failure={asking.error}
      onAct={() => {
        setIsLacking(purpose.trim() === "");
        if (purpose.trim() !== "") asking.mutate();
      }}
      onClose={onClose}
    >
      <TextField label="Open until" type="date" value={day} onType={setDay} hint="Empty: without an end." />
      <TextField
        label="Purpose"
        lines={3}
        value={purpose}
        onType={setPurpose}
        hint="Why it is needed longer."
        error={isLacking ? "Say why it is needed longer. The owner decides by it." : undefined}
      />
    </ActDialog>
  );
}
