/** Removes a source after everything that ends with it has been shown; its tables stay, unless somebody says otherwise. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { SourceRemoveAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Changes, namesOf, type Change } from "../../parts/changes.tsx";
import { TextField } from "../../parts/field.tsx";
import { counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";

export function RemoveSource({
  source,
  onClose,
}: {
  readonly source: string;
  readonly onClose: () => void;
}): ReactNode {
  const navigate = useNavigate();
  const [dropsTables, setDropsTables] = useState(false);
  const [typed, setTyped] = useState("");
  const [isChecked, setIsChecked] = useState(false);
  const plan = useQuery({
    queryKey: ["plan", "remove", source],
    queryFn: () => api.sourceRemove({ name: source, plan: true }),
    staleTime: 0,
    gcTime: 0,
  });
  const removing = useMutation({
    mutationFn: () => api.sourceRemove({ name: source, dropTables: dropsTables }),
    onError: noticeEnd,
    onSuccess: async () => {
      await navigate({ to: "/sources/{-$source}", params: { source: undefined } });
      cache.removeQueries({ queryKey: ["sources", source] });
      await Promise.all(
        ["status", "sources", "schedules", "tables", "databases"].map((key) =>
          cache.invalidateQueries({ queryKey: [key] }),
        ),
      );
    },
  });
  const isNamed = !dropsTables || typed.trim() === source;
  return (
    <ActDialog
      title={`Remove the source ${source}?`}
      lead="Its address, its password and its settings are forgotten at once. A changed host or password needs none of this: change the address."
      keep="Keep it"
      act={dropsTables ? "Remove it and its tables" : "Remove the source"}
      isLoss
      isBusy={removing.isPending || plan.isPending}
      failure={removing.error}
      onAct={() => {
        setIsChecked(true);
        if (isNamed) removing.mutate();
      }}
      onClose={onClose}
    >
      <Loaded query={plan} lines={3}>
        {(found) => <Changes label="What ends with it" changes={changesOf(found, dropsTables)} />}
      </Loaded>
      <label className="tick-label">
        <input type="checkbox" className="tick" checked={dropsTables} onChange={() => setDropsTables(!dropsTables)} />
        Drop its tables too, with their rows, states, files and grants
      </label>
      {dropsTables ? (
        <TextField
          label={`Type ${source} to drop its tables for ever`}
          isName
          value={typed}
          onType={setTyped}
          error={isChecked && !isNamed ? "This is not its name." : undefined}
        />
      ) : undefined}
    </ActDialog>
  );
}

function changesOf({ tables, schedules, settings, declaredIn }: SourceRemoveAnswer, drops: boolean): readonly Change[] {
  const line = (kind: Change["kind"], text: string, names: readonly string[]): readonly Change[] =>
    names.length === 0 ? [] : [{ kind, key: text, text, more: namesOf(names, 8) }];
  const changes = [
    ...line("closes", `${counted(schedules.length, "schedule")}`, schedules),
    ...line("closes", `Settings of ${counted(settings.length, "table")}`, settings),
    ...line(
      drops ? "closes" : "same",
      drops
        ? `${counted(tables.length, "table")} with everything in them`
        : `${counted(tables.length, "table")} as they are now, loaded no more`,
      tables,
    ),
    ...(declaredIn === null
      ? []
      : line("opens", "It is declared in a file, and the next apply connects it again", [declaredIn])),
  ];
  return changes.length > 0 ? changes : [{ kind: "same", key: "nothing", text: "Nothing else ends with it" }];
}
