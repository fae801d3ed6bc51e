/** Gives a table or a database of another account a name in one's own. A taken name gets a number, and the dialog says so. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { api, cache, noticeEnd } from "../../../api/client.ts";
import { sharesQuery } from "../../../api/queries.ts";
import { ActDialog } from "../../../parts/act-dialog.tsx";
import { TextField } from "../../../parts/field.tsx";
import { shownName } from "../../../parts/names.ts";
import { isOver } from "../request-words.ts";

export function AddLinkDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [name, setName] = useState("");
  const [target, setTarget] = useState("");
  const [isLacking, setIsLacking] = useState(false);
  const { data: shares } = useQuery(sharesQuery);
  const received = (shares?.shares ?? []).filter((share) => share.received && !isOver(share));
  const targets = received.flatMap(({ items }) =>
    items.map(({ on }) => (on.endsWith(".*") ? `database ${on.slice(0, -2)}` : on)),
  );
  const adding = useMutation({
    mutationFn: () => api.linkAdd({ name: name.trim(), target: target.trim() }),
    onError: noticeEnd,
    onSuccess: async (made) => {
      await Promise.all(["links", "tables", "databases"].map((key) => cache.invalidateQueries({ queryKey: [key] })));
      if (made.name === made.wanted) onClose();
    },
  });
  const made = adding.data;
  const lacks = (text: string): string | undefined => (isLacking && text.trim() === "" ? "It is needed." : undefined);
  const act = (): void => {
    if (made !== undefined) return onClose();
    const isWhole = name.trim() !== "" && target.trim() !== "";
    setIsLacking(!isWhole);
    if (isWhole) adding.mutate();
  };
  return (
    <ActDialog
      title="Give a name"
      lead="It takes effect at once. Nobody reads more than before."
      keep="Close"
      act={made === undefined ? "Give the name" : "Good"}
      isBusy={adding.isPending}
      failure={adding.error}
      onAct={act}
      onClose={onClose}
    >
      <TextField
        label="What it leads to"
        isName
        value={target}
        onType={setTarget}
        options={[...new Set(targets)]}
        hint="sales.crm.customers, or database sales.crm for all its tables."
        error={lacks(target)}
      />
      <TextField
        label="Its name in your account"
        isName
        value={name}
        onType={setName}
        hint="crm.customers for a table, crm for a database."
        error={lacks(name)}
      />
      {made === undefined ? undefined : (
        <p className="note small" role="status">
          {shownName(made.wanted)} was taken. It is called {shownName(made.name)}.
        </p>
      )}
    </ActDialog>
  );
}
