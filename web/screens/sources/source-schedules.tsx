/** The schedules of a source, or of everything: the week ahead, and each with its buttons. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { schedulesQuery } from "../../api/queries.ts";
import { useSourceRights } from "../../api/source-rights.ts";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import { ScheduleDialog } from "./schedule-dialog.tsx";
import { ScheduleList } from "./schedule-list.tsx";
import { WeekCalendar } from "./week-calendar.tsx";

export function SourceSchedules({ source }: { readonly source: string }): ReactNode {
  const schedules = useQuery(schedulesQuery);
  const { mayAdminister } = useSourceRights(source);
  const [isAdding, setIsAdding] = useState(false);
  return (
    <Loaded query={schedules}>
      {({ schedules: found }) => {
        const own = found.filter((schedule) => schedule.source === source);
        return (
          <>
            <section className="card" aria-labelledby="schedules">
              <div className="card-head">
                <h2 id="schedules" className="grow">
                  Schedules
                </h2>
                {mayAdminister ? (
                  <Button
                    size="compact-md"
                    variant="default"
                    onClick={() => setIsAdding(true)}
                    leftSection={<Icon name="add" size={16} />}
                  >
                    Add a schedule
                  </Button>
                ) : undefined}
              </div>
              {own.length === 0 ? (
                <Empty icon="waiting" title="Nothing loads it by itself.">
                  <p>A schedule does, as often as you say.</p>
                </Empty>
              ) : (
                <ScheduleList schedules={own} />
              )}
            </section>
            {own.length === 0 ? undefined : (
              <section className="card card-body" aria-label="The week ahead">
                <WeekCalendar schedules={own} />
              </section>
            )}
            {isAdding ? <ScheduleDialog source={source} onClose={() => setIsAdding(false)} /> : undefined}
          </>
        );
      }}
    </Loaded>
  );
}
