/** Adds a unit or an account to the organisation. */
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { api, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { ChoiceField, TextField } from "../../parts/field.tsx";
import { refreshPeople } from "./people-queries.ts";

interface AddPlaceDialogProps {
  readonly kind: "unit" | "account";
  readonly units: readonly string[];
  readonly onClose: () => void;
}

export function AddPlaceDialog({ kind, units, onClose }: AddPlaceDialogProps): ReactNode {
  const [name, setName] = useState("");
  const [unit, setUnit] = useState("");
  const [isOutside, setIsOutside] = useState(false);
  const [isLacking, setIsLacking] = useState(false);
  const adding = useMutation({
    mutationFn: (): Promise<unknown> =>
      kind === "unit"
        ? api.unitAdd({ path: unit === "" ? name.trim() : `${unit}/${name.trim()}` })
        : api.accountAdd({ name: name.trim(), outside: isOutside, ...(unit === "" ? {} : { unit }) }),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return refreshPeople();
    },
  });
  return (
    <ActDialog
      title={kind === "unit" ? "Add an org unit" : "Add an account"}
      lead={
        kind === "unit"
          ? "A unit holds accounts and other units. Something can be granted to all of it at once."
          : "An account is a team or a company with its own databases and people."
      }
      keep="Not now"
      act="Add"
      isBusy={adding.isPending}
      failure={adding.error}
      onAct={() => {
        setIsLacking(name.trim() === "");
        if (name.trim() !== "") adding.mutate();
      }}
      onClose={onClose}
    >
      <TextField label="Name" value={name} onType={setName} error={isLacking ? "Give a name." : undefined} />
      <ChoiceField
        label="Under"
        value={unit}
        onChoose={setUnit}
        options={["", ...units].map((place) => [place, place === "" ? "The organisation itself" : place] as const)}
      />
      {kind === "unit" ? undefined : (
        <label className="tick-label">
          <input type="checkbox" className="tick" checked={isOutside} onChange={() => setIsOutside(!isOutside)} />
          It is not of the organisation: it has to accept what is shared with it
        </label>
      )}
    </ActDialog>
  );
}
