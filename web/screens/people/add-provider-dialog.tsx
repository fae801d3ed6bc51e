/** Adds a provider of company sign-in. Headgate asks it for its addresses before it is kept. */
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { api, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { refreshPeople } from "./people-queries.ts";

export function AddProviderDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [given, setGiven] = useState({ name: "", issuer: "", clientId: "", clientSecret: "" });
  const [createsUsers, setCreatesUsers] = useState(false);
  const [isLacking, setIsLacking] = useState(false);
  const type = (part: Partial<typeof given>): void => setGiven((before) => ({ ...before, ...part }));
  const adding = useMutation({
    mutationFn: () => {
      const { clientSecret, ...rest } = given;
      return api.identityProviderAdd({ ...rest, createsUsers, ...(clientSecret === "" ? {} : { clientSecret }) });
    },
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return refreshPeople();
    },
  });
  const lacks = (text: string): string | undefined => (isLacking && text === "" ? "It is needed." : undefined);
  return (
    <ActDialog
      title="Add a provider"
      lead={`Register Headgate at the provider first; it returns to ${location.origin}/sign-in/return/${given.name || "<name>"}.`}
      keep="Not now"
      act="Add the provider"
      isBusy={adding.isPending}
      failure={adding.error}
      onAct={() => {
        const isWhole = given.name !== "" && given.issuer !== "" && given.clientId !== "";
        setIsLacking(!isWhole);
        if (isWhole) adding.mutate();
      }}
      onClose={onClose}
    >
      <TextField label="Name" value={given.name} onType={(name) => type({ name })} error={lacks(given.name)} />
      <TextField
        label="Issuer"
        value={given.issuer}
        onType={(issuer) => type({ issuer })}
        hint="Exactly as the provider writes it, beginning with https."
        error={lacks(given.issuer)}
      />
      <TextField
        label="Client id"
        isName
        value={given.clientId}
        onType={(clientId) => type({ clientId })}
        error={lacks(given.clientId)}
      />
      <TextField
        label="Client secret"
        isName
        value={given.clientSecret}
        onType={(clientSecret) => type({ clientSecret })}
        hint="Kept encrypted, and never shown again. Empty for a client that relies on PKCE."
      />
      <label className="tick-label">
        <input
          type="checkbox"
          className="tick"
          checked={createsUsers}
          onChange={() => setCreatesUsers(!createsUsers)}
        />
        Whoever signs in for the first time becomes a user
      </label>
    </ActDialog>
  );
}
