/** Schedules with what each does, when it is due next, and how it went; for those who may, to be paused, changed and removed. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { Schedule } from "../../../src/client/api-client.ts";
import { useSourceRights } from "../../api/source-rights.ts";
import { api, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Badge } from "../../parts/badge.tsx";
import { FailureNote, sentence } from "../../parts/failure-note.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { refreshSchedules, ScheduleDialog } from "./schedule-dialog.tsx";
import { wordsOf } from "./schedule-timing.ts";

interface ScheduleListProps {
  readonly schedules: readonly Schedule[];
  /** Whether the list is about more than one source. */
  readonly isMixed?: boolean;
}

export function ScheduleList({ schedules, isMixed = false }: ScheduleListProps): ReactNode {
  const [changing, setChanging] = useState<Schedule>();
  const [removing, setRemoving] = useState<Schedule>();
  return (
    <>
      <ul className="list tight">
        {schedules.map((schedule) => (
          <ScheduleLine
            key={schedule.name}
            schedule={schedule}
            isMixed={isMixed}
            onChange={() => setChanging(schedule)}
            onRemove={() => setRemoving(schedule)}
          />
        ))}
      </ul>
      {changing === undefined ? undefined : (
        <ScheduleDialog
          schedule={changing}
          source={changing.source ?? undefined}
          onClose={() => setChanging(undefined)}
        />
      )}
      {removing === undefined ? undefined : (
        <RemoveSchedule schedule={removing} onClose={() => setRemoving(undefined)} />
      )}
    </>
  );
}

interface ScheduleLineProps {
  readonly schedule: Schedule;
  readonly isMixed: boolean;
  readonly onChange: () => void;
  readonly onRemove: () => void;
}

function ScheduleLine({ schedule, isMixed, onChange, onRemove }: ScheduleLineProps): ReactNode {
  const { name, source, action, cron, timeZone, tables, holidays, dueAt, active, lastError } = schedule;
  const { mayOperate, mayAdminister } = useSourceRights(source ?? undefined);
  const pausing = useMutation({
    mutationFn: () => api.schedulePause({ name, paused: active }),
    onError: noticeEnd,
    onSuccess: refreshSchedules,
  });
  return (
    <li className="schedule-line">
      <div className="grow wrap-anywhere">
        <b>{shownName(name)}</b>
        <div className="small text2">
          {action}
          {isMixed ? ` ${source === null ? "the whole lake" : shownName(source)}` : ""}
          {tables.length === 0 ? "" : `, only ${tables.map(shownName).join(", ")}`},{" "}
          {wordsOf(cron) ?? <code>{cron}</code>}
        </div>
        <div className="small dim">
          {timeZone}
          {holidays.length === 0 ? "" : `, not on ${holidays.length} days`},{" "}
          {!active || dueAt === null ? (
            "not due"
          ) : (
            <>
              due <Moment at={dueAt} />
            </>
          )}
        </div>
        {lastError === null ? undefined : <p className="small">{sentence(lastError.message)}</p>}
        {pausing.error === null ? undefined : <FailureNote failure={pausing.error} />}
      </div>
      <ScheduleState schedule={schedule} />
      <span className="row">
        {mayOperate ? (
          <Button size="compact-md" variant="subtle" loading={pausing.isPending} onClick={() => pausing.mutate()}>
            {active ? "Pause" : "Resume"}
            <span className="unseen"> {name}</span>
          </Button>
        ) : undefined}
        {mayAdminister ? (
          <>
            <Button size="compact-md" variant="subtle" onClick={onChange}>
              Change…<span className="unseen"> {name}</span>
            </Button>
            <Button size="compact-md" variant="subtle" onClick={onRemove}>
              Remove…<span className="unseen"> {name}</span>
            </Button>
          </>
        ) : undefined}
      </span>
    </li>
  );
}

function ScheduleState({ schedule: { active, overdue, failures } }: { readonly schedule: Schedule }): ReactNode {
  if (!active) return <Badge tone="plain">Paused</Badge>;
  if (overdue)
    return (
      <Badge tone="warn" icon="waiting">
        Overdue
      </Badge>
    );
  if (failures === 0) return undefined;
  return (
    <Badge tone="bad" icon="alert">
      Failed{failures === 1 ? "" : ` ${failures} times`}
    </Badge>
  );
}

function RemoveSchedule({
  schedule,
  onClose,
}: {
  readonly schedule: Schedule;
  readonly onClose: () => void;
}): ReactNode {
  const removing = useMutation({
    mutationFn: () => api.scheduleRemove({ name: schedule.name }),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return refreshSchedules();
    },
  });
  return (
    <ActDialog
      title={`Remove ${shownName(schedule.name)}?`}
      lead="Nothing is loaded by it any more, from now on. Tables and their rows stay as they are."
      keep="Keep it"
      act="Remove the schedule"
      isLoss
      isBusy={removing.isPending}
      failure={removing.error}
      onAct={() => removing.mutate()}
      onClose={onClose}
    />
  );
}
