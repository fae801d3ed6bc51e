/** Moves a unit or an account to another place of the organisation, after it has shown who gains and who loses what. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { UnitMoveAnswer } from "../../../src/client/api-client.ts";
import { api, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Changes, changesOf } from "../../parts/changes.tsx";
import { ChoiceField } from "../../parts/field.tsx";
import { shownName } from "../../parts/names.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { refreshPeople } from "./people-queries.ts";

export interface Movable {
  readonly kind: "unit" | "account";
  /** A path for a unit. */
  readonly name: string;
  readonly unit: string | null;
}

interface MoveDialogProps {
  readonly thing: Movable;
  readonly units: readonly string[];
  readonly onClose: () => void;
}

export function MoveDialog({ thing, units, onClose }: MoveDialogProps): ReactNode {
  const { kind, name } = thing;
  const now = placeOf(thing);
  const [to, setTo] = useState(now);
  const places = ["", ...units.filter((unit) => kind === "account" || (unit !== name && !unit.startsWith(`${name}/`)))];
  const plan = useQuery({
    queryKey: ["plan", "move", kind, name, to],
    queryFn: () => move(thing, to, true),
    enabled: to !== now,
    gcTime: 0,
  });
  const moving = useMutation({
    mutationFn: () => move(thing, to, false),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return refreshPeople();
    },
  });
  return (
    <ActDialog
      title={`Move ${kind} ${shownName(name)}?`}
      lead="Whatever is granted to a unit reaches everybody below it. A move changes that at once."
      keep="Leave it"
      act="Move"
      isBusy={moving.isPending || (to !== now && plan.isPending)}
      failure={moving.error}
      onAct={() => (to === now ? onClose() : moving.mutate())}
      onClose={onClose}
    >
      <ChoiceField
        label="Under"
        value={to}
        onChoose={setTo}
        options={places.map((place) => [place, place === "" ? "The organisation itself" : place] as const)}
      />
      {to === now ? (
        <p className="small dim">It is there now. Choose another place to see what would change.</p>
      ) : (
        <Loaded query={plan} lines={3}>
          {(found) => <Changes label="What changes" changes={changesOf(found)} />}
        </Loaded>
      )}
    </ActDialog>
  );
}

function placeOf({ kind, name, unit }: Movable): string {
  if (kind === "account") return unit ?? "";
  return name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : "";
}

async function move(
  { kind, name }: Movable,
  to: string,
  plan: boolean,
): Promise<Pick<UnitMoveAnswer, "access" | "elsewhere">> {
  if (kind === "account") return api.accountSet({ name, unit: to === "" ? null : to, plan });
  const own = name.split("/").at(-1) ?? name;
  return api.unitMove({ path: name, to: to === "" ? own : `${to}/${own}`, plan });
}
