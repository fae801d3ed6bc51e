/** Everything that is worth an alert now, each with the next step; and which promises the sources have. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { StatusAnswer } from "../../../src/client/api-client.ts";
import { sourcesQuery } from "../../api/queries.ts";
import { useStatus, useWatches } from "../../api/watches.ts";
import { Empty } from "../../parts/empty.tsx";
import { sentence } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { promised } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { OverviewPage } from "./overview-page.tsx";

export function Alerts(): ReactNode {
  const status = useStatus();
  return (
    <OverviewPage
      title="Alerts"
      lead="What is not as promised at this moment. Each is told once, by mail or to a webhook."
    >
      <Loaded query={status}>{(found) => <Open alerts={alertsOf(found)} />}</Loaded>
      <Promises />
      <p className="small dim">
        Alerts are sent to the addresses in HEADGATE_ALERT_EMAIL and HEADGATE_ALERT_WEBHOOK, which the person who runs
        the server sets.
      </p>
    </OverviewPage>
  );
}

interface OpenAlert {
  readonly key: string;
  readonly tone: "bad" | "warn";
  readonly text: string;
  readonly source: string | undefined;
}

function alertsOf({ sources, lake, budgets }: StatusAnswer): readonly OpenAlert[] {
  const ofSources = sources.flatMap(({ source, late, failing, overdue, lastSync }) => [
    ...late.map((table) => ({ tone: "bad" as const, text: `${shownName(table)} is older than promised`, source })),
    ...failing.map((name) => ({ tone: "bad" as const, text: `The schedule ${name} failed the last time`, source })),
    ...overdue.map((name) => ({ tone: "warn" as const, text: `The schedule ${name} is overdue`, source })),
    ...(lastSync?.state === "failed"
      ? [{ tone: "bad" as const, text: `The last sync of ${source} failed: ${lastSync.error ?? ""}`, source }]
      : []),
  ]);
  const ofLake = [
    ...lake.failing.map((name) => ({ tone: "bad" as const, text: `The schedule ${name} failed the last time` })),
    ...lake.overdue.map((name) => ({ tone: "warn" as const, text: `The schedule ${name} is overdue` })),
    ...budgets.map((text) => ({ tone: "warn" as const, text })),
  ];
  return [...ofSources, ...ofLake].map((alert) => ({ source: undefined, ...alert, key: alert.text }));
}

function Open({ alerts }: { readonly alerts: readonly OpenAlert[] }): ReactNode {
  if (alerts.length === 0) return <Empty icon="done" title="Everything is as promised." />;
  return (
    <ul className="stack">
      {alerts.map(({ key, tone, text, source }) => (
        <li key={key} className={`note ${tone}`}>
          <Icon name="alert" />
          <span className="grow">{sentence(text)}</span>
          {source === undefined ? undefined : (
            <Link to="/sources/{-$source}" params={{ source }}>
              Look at {shownName(source)}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

function Promises(): ReactNode {
  const watches = useWatches();
  const sources = useQuery({ ...sourcesQuery, enabled: watches });
  return (
    <section className="card" aria-labelledby="promises">
      <div className="card-head">
        <h2 id="promises">Promises</h2>
      </div>
      <Loaded query={sources}>
        {({ sources: found }) => (
          <ul className="list tight">
            {found.map(({ name, freshness }) => (
              <li key={name}>
                <Link className="grow" to="/sources/$source/$tab" params={{ source: name, tab: "settings" }}>
                  {shownName(name)}
                </Link>
                <span className="text2">{freshness === null ? "no promise" : promised(freshness)}</span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}
