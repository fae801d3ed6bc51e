/** Removes a product, after it has said which requests and shares hang on it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ProductRemoveAnswer } from "../../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../../api/client.ts";
import { ActDialog } from "../../../parts/act-dialog.tsx";
import { Changes, type Change } from "../../../parts/changes.tsx";
import { shownName } from "../../../parts/names.ts";
import { counted } from "../../../parts/numbers.ts";
import { Loaded } from "../../../parts/waiting.tsx";
import { holderWords } from "../request-words.ts";

interface RemoveProductDialogProps {
  readonly name: string;
  readonly onClose: () => void;
}

export function RemoveProductDialog({ name, onClose }: RemoveProductDialogProps): ReactNode {
  const navigate = useNavigate();
  const plan = useQuery({
    queryKey: ["plan", "product", name],
    queryFn: () => api.productRemove({ product: name, plan: true }),
    gcTime: 0,
  });
  const removing = useMutation({
    mutationFn: () => api.productRemove({ product: name }),
    onError: noticeEnd,
    onSuccess: async () => {
      await navigate({ to: "/sharing/{-$tab}/{-$item}", params: { tab: "products", item: undefined } });
      await cache.invalidateQueries({ queryKey: ["products"] });
    },
  });
  return (
    <ActDialog
      title={`Remove ${shownName(name)}?`}
      lead="Nobody finds it any more. Its tables stay as they are, and so does what was shared of it."
      keep="Keep it"
      act="Remove the product"
      isLoss
      isBusy={removing.isPending || plan.isPending}
      failure={removing.error ?? plan.error}
      onAct={() => removing.mutate()}
      onClose={onClose}
    >
      {plan.error === null ? (
        <Loaded query={plan} lines={2}>
          {(found) => <Changes label="What ends and what stays" changes={endingOf(found)} />}
        </Loaded>
      ) : undefined}
    </ActDialog>
  );
}

function endingOf({ requests, shares }: ProductRemoveAnswer): readonly Change[] {
  if (requests.length + shares.length === 0)
    return [{ kind: "same", key: "nothing", text: "No request and no share hangs on it" }];
  return [
    ...requests.map((request): Change => ({
      kind: "closes",
      key: request,
      text: (
        <>
          Request <code>{request}</code> is withdrawn
        </>
      ),
    })),
    ...shares.map(({ id, to, tables }): Change => ({
      kind: "same",
      key: id,
      text: `${holderWords(to)} still reads ${counted(tables, "table")}`,
    })),
  ];
}
