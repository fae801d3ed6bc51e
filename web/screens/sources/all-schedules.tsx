/** All schedules at once: the week ahead by the hour, and each with what it does. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { schedulesQuery, sourcesQuery } from "../../api/queries.ts";
import { useLakeRights, useSourceRights } from "../../api/source-rights.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ChoiceField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import { OverviewPage } from "./overview-page.tsx";
import { ScheduleDialog } from "./schedule-dialog.tsx";
import { ScheduleList } from "./schedule-list.tsx";
import { WeekCalendar } from "./week-calendar.tsx";

export function AllSchedules(): ReactNode {
  const schedules = useQuery(schedulesQuery);
  const { mayAdminister } = useSourceRights();
  const [isAdding, setIsAdding] = useState(false);
  return (
    <OverviewPage
      title="Schedules"
      lead="What happens by itself in the next seven days, in your time zone."
      actions={
        mayAdminister ? (
          <Button onClick={() => setIsAdding(true)} leftSection={<Icon name="add" size={16} />}>
            Add a schedule
          </Button>
        ) : undefined
      }
    >
      <Loaded query={schedules} lines={8}>
        {({ schedules: found }) =>
          found.length === 0 ? (
            <Empty icon="waiting" title="Nothing happens by itself yet.">
              <p>A schedule loads a source, proves it, or tidies the lake up, as often as you say.</p>
            </Empty>
          ) : (
            <>
              <section className="card card-body" aria-label="The week ahead">
                <WeekCalendar schedules={found} />
              </section>
              <section className="card" aria-label="Schedules">
                <ScheduleList schedules={found} isMixed />
              </section>
            </>
          )
        }
      </Loaded>
      {isAdding ? <AddSchedule onClose={() => setIsAdding(false)} /> : undefined}
    </OverviewPage>
  );
}

/** Asks first what it is about. */
function AddSchedule({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { data } = useQuery(sourcesQuery);
  const lake = useLakeRights();
  const names = (data?.sources ?? []).map(({ name }) => name);
  const [about, setAbout] = useState<string>();
  const [isChosen, setIsChosen] = useState(false);
  const value = about ?? names[0] ?? "";
  if (isChosen) return <ScheduleDialog source={value === "" ? undefined : value} onClose={onClose} />;
  return (
    <ActDialog
      title="What is the schedule about?"
      keep="Not now"
      act="Go on"
      onAct={() => setIsChosen(value !== "" || lake.mayAdminister)}
      onClose={onClose}
    >
      <ChoiceField
        label="About"
        value={value}
        onChoose={setAbout}
        options={[
          ...names.map((name) => [name, `The source ${name}`] as const),
          ...(lake.mayAdminister ? [["", "The whole lake"] as const] : []),
        ]}
      />
    </ActDialog>
  );
}
