/** Makes a user, who then gets a one-time password. */
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { UserAddInput } from "../../../src/client/api-client.ts";
import { api, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { ChoiceField, TextField } from "../../parts/field.tsx";
import { refreshPeople } from "./people-queries.ts";

export interface Invited {
  readonly user: string;
  readonly oneTimePassword: string;
}

export type ServerRole = NonNullable<UserAddInput["role"]>;

export const serverRoles = [
  ["none", "Member: what grants give"],
  ["viewer", "Viewer: also sees sources and runs"],
  ["analyst", "Analyst: also runs statements"],
  ["operator", "Operator: also runs loads"],
  ["administrator", "Administrator: manages the account"],
] as const satisfies readonly (readonly [ServerRole, string])[];

interface InviteDialogProps {
  readonly onInvited: (invited: Invited) => void;
  readonly onClose: () => void;
}

export function InviteDialog({ onInvited, onClose }: InviteDialogProps): ReactNode {
  const [name, setName] = useState("");
  const [role, setRole] = useState<ServerRole>("none");
  const [isLacking, setIsLacking] = useState(false);
  const inviting = useMutation({
    mutationFn: () => api.userAdd({ name: name.trim(), role }),
    onError: noticeEnd,
    onSuccess: async (invited) => {
      onInvited(invited);
      onClose();
      await refreshPeople();
    },
  });
  return (
    <ActDialog
      title="Invite somebody"
      lead="They become a member of the account in which you act. They can read nothing before something is granted to them."
      keep="Not now"
      act="Invite"
      isBusy={inviting.isPending}
      failure={inviting.error}
      onAct={() => {
        setIsLacking(name.trim() === "");
        if (name.trim() !== "") inviting.mutate();
      }}
      onClose={onClose}
    >
      <TextField
        label="User name"
        value={name}
        onType={setName}
        error={isLacking ? "Give a name." : undefined}
        hint="Such as mara.lindqvist."
      />
      <ChoiceField label="Role in the account" value={role} onChoose={setRole} options={serverRoles} />
    </ActDialog>
  );
}
