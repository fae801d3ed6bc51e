/** Asks before somebody or something is removed, with everything that ends with it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Falls } from "../../src/client/api-client.ts";
import { noticeEnd } from "../api/client.ts";
import { ActDialog } from "./act-dialog.tsx";
import { Changes, namesOf, type Change } from "./changes.tsx";
import { counted } from "./numbers.ts";
import { Loaded } from "./waiting.tsx";

interface RemoveDialogProps {
  readonly title: string;
  readonly act: string;
  /** Tells what would end. */
  readonly plan: () => Promise<{ readonly falls?: Falls | undefined }>;
  readonly remove: () => Promise<unknown>;
  readonly onRemoved: () => void;
  readonly onClose: () => void;
}

export function RemoveDialog({ title, act, plan, remove, onRemoved, onClose }: RemoveDialogProps): ReactNode {
  const planned = useQuery({ queryKey: ["plan", title], queryFn: plan, staleTime: 0, gcTime: 0 });
  const removing = useMutation({ mutationFn: remove, onError: noticeEnd, onSuccess: onRemoved });
  return (
    <ActDialog
      title={title}
      lead="It takes effect at once, and cannot be undone."
      keep="Keep it"
      act={act}
      isLoss
      isBusy={removing.isPending || planned.isPending}
      failure={removing.error}
      onAct={() => removing.mutate()}
      onClose={onClose}
    >
      <Loaded query={planned} lines={3}>
        {({ falls }) => <Changes label="What ends with it" changes={fallingOf(falls)} />}
      </Loaded>
    </ActDialog>
  );
}

function fallingOf(falls: Falls | undefined): readonly Change[] {
  if (falls === undefined) return [];
  const { grants, grantsToOthers, memberOf, members, answersFor, sessions } = falls;
  const lists = [
    { names: grants, text: counted(grants.length, "grant") },
    { names: grantsToOthers, text: `${counted(grantsToOthers.length, "grant")} to others that they passed on` },
    { names: memberOf, text: counted(memberOf.length, "membership") },
    { names: members, text: counted(members.length, "member") },
    { names: answersFor, text: `Nobody answers any more for ${counted(answersFor.length, "thing")}` },
  ].filter(({ names }) => names.length > 0);
  const changes = lists.map(({ names, text }): Change => ({
    kind: "closes",
    key: text,
    text,
    more: namesOf(names, 8),
  }));
  const open: readonly Change[] =
    sessions === 0 ? [] : [{ kind: "closes", key: "sessions", text: counted(sessions, "open session") }];
  if (changes.length + open.length === 0) return [{ kind: "same", key: "nothing", text: "Nothing else ends with it" }];
  return [...changes, ...open];
}
