/** The last step: what will be loaded and when, in one list, and the button that begins. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Source } from "../../../src/client/api-client.ts";
import { schedulesQuery } from "../../api/queries.ts";
import { shownName } from "../../parts/names.ts";
import { count, counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import type { AddStep } from "./add-search.ts";
import { startLoad } from "./loads.ts";
import { wordsOf } from "./schedule-timing.ts";
import { offeredQuery } from "./source-queries.ts";
import { offeredOf, sizeOf } from "./table-choice.tsx";

const newTableWords = { auto: "loaded too", ask: "wait for somebody", ignore: "left out" } as const;

export function SummaryStep({ source }: { readonly source: Source }): ReactNode {
  const { name, url, exclude, newTables } = source;
  const navigate = useNavigate();
  const { data: schedules } = useQuery(schedulesQuery);
  const offered = useQuery(offeredQuery(name));
  const own = (schedules?.schedules ?? []).filter((schedule) => schedule.source === name);
  return (
    <Loaded query={offered} lines={6}>
      {(found) => {
        const all = offeredOf(found);
        const chosen = all.filter(({ table, isOutOfReach }) => !exclude.includes(table) && !isOutOfReach);
        return (
          <div className="stack step-stack">
            <dl className="facts card card-body summary">
              <Line name="Address" source={name} step="address">
                <code className="wrap-anywhere">{shownName(url)}</code>
              </Line>
              <Line name="Tables" source={name} step="tables">
                {count(chosen.length)} of {counted(all.length, "table")}
                {sizeOf(chosen)}; new ones are {newTableWords[newTables]}
              </Line>
              <Line name="Schedule" source={name} step="schedule">
                {own.length === 0
                  ? "none: it is loaded when somebody asks"
                  : own.map(({ cron, timeZone }) => `${wordsOf(cron) ?? cron}, ${timeZone}`).join("; ")}
              </Line>
            </dl>
            <p className="small dim">
              Readers see nothing until everything is there; then all tables appear at once. Keep this tab open until
              the first load has ended: it ends with the tab. Other pages can be opened meanwhile.
            </p>
            <div className="form-foot">
              <Button
                onClick={() => {
                  startLoad({ source: name, tables: newTables === "auto" ? [] : chosen.map(({ table }) => table) });
                  void navigate({ to: "/sources/{-$source}", params: { source: name } });
                }}
              >
                Load {counted(chosen.length, "table")} now
              </Button>
              <Button component={Link} to={`/sources/${encodeURIComponent(name)}`} variant="default">
                {own.length === 0 || newTables !== "auto" ? "Not now" : "Wait for the schedule"}
              </Button>
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}

interface LineProps {
  readonly name: string;
  readonly source: string;
  readonly step: AddStep;
  readonly children: ReactNode;
}

function Line({ name, source, step, children }: LineProps): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {children}{" "}
        <Link to="/sources/new-source" search={{ source, step }}>
          Change<span className="unseen"> {name}</span>
        </Link>
      </dd>
    </>
  );
}
