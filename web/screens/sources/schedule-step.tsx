/** The fourth step: when the source is loaded by itself. Schedules that are there already are shown, and more can follow later. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { api, noticeEnd } from "../../api/client.ts";
import { schedulesQuery } from "../../api/queries.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import { refreshSchedules } from "./schedule-dialog.tsx";
import { ScheduleList } from "./schedule-list.tsx";
import { cronOf, ownZone } from "./schedule-timing.ts";
import { isWhole, TimingFields, type TimingDraft } from "./timing-fields.tsx";

export function ScheduleStep({ source }: { readonly source: string }): ReactNode {
  const schedules = useQuery(schedulesQuery);
  const next = `/sources/new-source?source=${encodeURIComponent(source)}&step=summary`;
  return (
    <Loaded query={schedules}>
      {({ schedules: found }) => {
        const own = found.filter((schedule) => schedule.source === source);
        if (own.length === 0)
          return <FirstSchedule source={source} next={next} names={found.map(({ name }) => name)} />;
        return (
          <div className="stack step-stack">
            <section className="card" aria-label="Schedules">
              <ScheduleList schedules={own} />
            </section>
            <div className="form-foot">
              <Button component={Link} to={next}>
                Go on
              </Button>
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}

interface FirstScheduleProps {
  readonly source: string;
  readonly next: string;
  /** Names that are taken. */
  readonly names: readonly string[];
}

function FirstSchedule({ source, next, names }: FirstScheduleProps): ReactNode {
  const navigate = useNavigate();
  const [draft, setDraft] = useState<TimingDraft>({
    choice: "quarter",
    at: "03:00",
    own: "*/15 * * * *",
    timeZone: ownZone(),
  });
  const [isChecked, setIsChecked] = useState(false);
  const name = names.includes(source) ? `${source}-${names.length + 1}` : source;
  const setting = useMutation({
    mutationFn: () =>
      api.scheduleSet({
        name,
        source,
        cron: cronOf(draft.choice, draft.at, draft.own),
        timeZone: draft.timeZone,
      }),
    onError: noticeEnd,
    onSuccess: async () => {
      await refreshSchedules();
      await navigate({ to: "/sources/new-source", search: { source, step: "summary" } });
    },
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        setIsChecked(true);
        if (isWhole(draft)) setting.mutate();
      }}
    >
      <p className="text2">A load reads only what changed, and takes all tables to one state of the source.</p>
      <TimingFields draft={draft} onChange={setDraft} isChecked={isChecked} />
      {setting.error === null ? undefined : <FailureNote failure={setting.error} />}
      <div className="form-foot">
        <Button type="submit" loading={setting.isPending}>
          Set this schedule
        </Button>
        <Button component={Link} to={next} variant="default">
          Without one for now
        </Button>
      </div>
    </form>
  );
}
