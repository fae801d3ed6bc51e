/** A dialog for a schedule: what it does, with which tables, and when. The same for a new one and for one that changes. */
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { Schedule, ScheduleSetInput } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { ChoiceField, TextField } from "../../parts/field.tsx";
import { choiceOf, cronOf, ownZone } from "./schedule-timing.ts";
import { isWhole, TimingFields, type TimingDraft } from "./timing-fields.tsx";

type Action = NonNullable<ScheduleSetInput["action"]>;

const actions: readonly (readonly [Action, string])[] = [
  ["sync", "Load what changed"],
  ["reconcile", "Prove that lake and source are equal"],
  ["repair", "Prove it, and repair what differs"],
  ["maintain", "Combine small files, remove old states"],
  ["scan", "Look for personal data"],
  ["doctor", "Prove that the rules of access hold"],
];

/** Those that may concern the whole lake. */
const ofLake: ReadonlySet<Action> = new Set(["maintain", "scan", "doctor"]);

interface ScheduleDialogProps {
  /** Absent for a new one. */
  readonly schedule?: Schedule | undefined;
  /** Undefined for the whole lake. */
  readonly source: string | undefined;
  /** Tables that a new one is about, as in the source. */
  readonly tables?: readonly string[];
  readonly onClose: () => void;
}

export function ScheduleDialog({ schedule, source, tables, onClose }: ScheduleDialogProps): ReactNode {
  const [draft, setDraft] = useState(() => beginning(schedule, source));
  const [patterns, setPatterns] = useState((schedule?.tables ?? tables ?? []).join(", "));
  const [isChecked, setIsChecked] = useState(false);
  const offered = actions.filter(([action]) => (source === undefined ? ofLake.has(action) : action !== "doctor"));
  const setting = useMutation({
    mutationFn: () =>
      api.scheduleSet({
        name: draft.name.trim(),
        ...(source === undefined ? {} : { source }),
        action: draft.action,
        tables: listOf(patterns),
        cron: cronOf(draft.timing.choice, draft.timing.at, draft.timing.own),
        timeZone: draft.timing.timeZone,
        holidays: listOf(draft.holidays),
        ...(schedule === undefined ? {} : { timeoutSeconds: schedule.timeoutSeconds }),
      }),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return refreshSchedules();
    },
  });
  return (
    <ActDialog
      title={schedule === undefined ? "Add a schedule" : `Change ${schedule.name}`}
      lead={source === undefined ? "It concerns the whole lake." : `It concerns the source ${source}.`}
      keep="Not now"
      act={schedule === undefined ? "Add the schedule" : "Save"}
      isBusy={setting.isPending}
      failure={setting.error}
      onAct={() => {
        setIsChecked(true);
        if (draft.name.trim() !== "" && isWhole(draft.timing)) setting.mutate();
      }}
      onClose={onClose}
    >
      {schedule === undefined ? (
        <TextField
          label="Name"
          isName
          value={draft.name}
          error={isChecked && draft.name.trim() === "" ? "Give a name." : undefined}
          onType={(name) => setDraft({ ...draft, name })}
        />
      ) : undefined}
      <ChoiceField
        label="What it does"
        value={draft.action}
        onChoose={(action) => setDraft({ ...draft, action })}
        options={offered}
      />
      <TextField
        label="Tables"
        isName
        hint="Names or patterns such as order_*, with commas. Empty for all."
        value={patterns}
        onType={setPatterns}
      />
      <TimingFields draft={draft.timing} onChange={(timing) => setDraft({ ...draft, timing })} isChecked={isChecked} />
      <TextField
        label="Not on these days"
        isName
        hint="Dates such as 2026-12-25, with commas."
        value={draft.holidays}
        onType={(holidays) => setDraft({ ...draft, holidays })}
      />
    </ActDialog>
  );
}

interface Draft {
  readonly name: string;
  readonly action: Action;
  readonly timing: TimingDraft;
  readonly holidays: string;
}

function beginning(schedule: Schedule | undefined, source: string | undefined): Draft {
  const cron = schedule?.cron ?? "*/15 * * * *";
  const action = actions.find(([one]) => one === schedule?.action)?.[0] ?? (source === undefined ? "maintain" : "sync");
  return {
    name: schedule?.name ?? "",
    action,
    timing: { ...choiceOf(cron), own: cron, timeZone: schedule?.timeZone ?? ownZone() },
    holidays: (schedule?.holidays ?? []).join(", "),
  };
}

function listOf(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

export function refreshSchedules(): Promise<unknown> {
  return Promise.all(["schedules", "status"].map((key) => cache.invalidateQueries({ queryKey: [key] })));
}
