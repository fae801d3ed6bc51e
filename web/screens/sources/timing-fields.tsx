/** The fields that say when something is due, with the next times below them while they are filled in. */
import type { ReactNode } from "react";
import { ChoiceField, TextField } from "../../parts/field.tsx";
import { near } from "../../parts/moment.tsx";
import { choices, cronOf, dueTimes, type Choice } from "./schedule-timing.ts";

export interface TimingDraft {
  readonly choice: Choice;
  /** For once a day. */
  readonly at: string;
  /** For another rhythm. */
  readonly own: string;
  readonly timeZone: string;
}

interface TimingFieldsProps {
  readonly draft: TimingDraft;
  readonly onChange: (draft: TimingDraft) => void;
  readonly isChecked: boolean;
}

const zones = Intl.supportedValuesOf("timeZone");

export function TimingFields({ draft, onChange, isChecked }: TimingFieldsProps): ReactNode {
  const set = (change: Partial<TimingDraft>): void => onChange({ ...draft, ...change });
  const next = nextOf(draft);
  return (
    <>
      <ChoiceField label="When" value={draft.choice} onChoose={(choice) => set({ choice })} options={choices} />
      {draft.choice === "nightly" ? (
        <TextField label="At" type="time" value={draft.at} onType={(at) => set({ at })} />
      ) : undefined}
      {draft.choice === "own" ? (
        <TextField
          label="Cron expression"
          isName
          hint="Minute, hour, day of the month, month, day of the week: 30 6 * * 1-5"
          error={
            isChecked && next === undefined ? "No time fits this. Give five fields, such as 30 6 * * 1-5." : undefined
          }
          value={draft.own}
          onType={(own) => set({ own })}
        />
      ) : undefined}
      <TextField
        label="Time zone"
        value={draft.timeZone}
        options={zones}
        onType={(timeZone) => set({ timeZone })}
        error={isChecked && !isZone(draft.timeZone) ? "Give a zone like Europe/Bucharest." : undefined}
      />
      <p className="small dim" role="status">
        {next === undefined ? "No time fits yet." : `Next: ${next}.`}
      </p>
    </>
  );
}

/** The next three times in words; undefined if there is none within a year. */
function nextOf(draft: TimingDraft): string | undefined {
  const now = new Date();
  const timing = { cron: cronOf(draft.choice, draft.at, draft.own), timeZone: draft.timeZone, holidays: [] };
  const soon = dueTimes(timing, now, new Date(now.getTime() + 8 * 86_400_000));
  const times = soon.length > 0 ? soon : dueTimes(timing, now, new Date(now.getTime() + 366 * 86_400_000));
  return times.length === 0 ? undefined : times.slice(0, 3).map(near).join(", ");
}

export function isWhole(draft: TimingDraft): boolean {
  return isZone(draft.timeZone) && nextOf(draft) !== undefined;
}

function isZone(name: string): boolean {
  return zones.includes(name) || name === "UTC";
}
