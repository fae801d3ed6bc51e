/** The next seven days by the hour: when something is due. A table for screen readers; colour is never alone, each row has its number. */
import { useMemo, type ReactNode } from "react";
import type { Schedule } from "../../../src/client/api-client.ts";
import { count } from "../../parts/numbers.ts";
import { weekOf, type Day } from "./schedule-timing.ts";

const dayName = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric" });

export function WeekCalendar({ schedules }: { readonly schedules: readonly Schedule[] }): ReactNode {
  const days = useMemo(
    () =>
      weekOf(
        schedules.filter(({ active }) => active),
        new Date(),
      ),
    [schedules],
  );
  const now = new Date();
  return (
    <table className="week" aria-label="Next seven days">
      <thead>
        <tr>
          <th>
            <span className="unseen">Day</span>
          </th>
          <th className="week-hours">
            {[0, 6, 12, 18, 24].map((hour) => (
              <span key={hour}>{hour}</span>
            ))}
          </th>
          <th className="right">Runs</th>
        </tr>
      </thead>
      <tbody>
        {days.map((day, place) => (
          <tr key={day.begin.toISOString()} className={place === 0 ? "today" : undefined}>
            <th scope="row">{dayName.format(day.begin)}</th>
            <td>
              <Hours day={day} nowHour={place === 0 ? now.getHours() : undefined} />
            </td>
            <td className="right">{count(day.runs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Hours({ day, nowHour }: { readonly day: Day; readonly nowHour: number | undefined }): ReactNode {
  return (
    <span className="hours" role="img" aria-label={hoursInWords(day)}>
      {day.hours.map(({ hour, due }) => (
        <i
          key={hour}
          title={due === 0 ? undefined : `${hour}:00, ${count(due)} due`}
          className={[
            due > 0 ? "on" : "",
            hour === nowHour ? "now" : nowHour !== undefined && hour < nowHour ? "past" : "",
          ]
            .filter((word) => word !== "")
            .join(" ")}
        />
      ))}
    </span>
  );
}

function hoursInWords({ hours, runs }: Day): string {
  if (runs === 0) return "Nothing is due";
  const busy = hours.flatMap(({ hour, due }) => (due > 0 ? [hour] : []));
  const [first, last] = [busy[0], busy.at(-1)];
  return first === last ? `Due in the hour of ${first}` : `Due in ${busy.length} hours between ${first} and ${last}`;
}
