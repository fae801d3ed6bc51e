/** Home: what waits for this person, how fresh the lake is, what failed and what to do about it, and where they were. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useMe, type Me } from "../../api/me.ts";
import { inboxQuery, mineQuery, proposalsQuery, sharesQuery, tablesQuery } from "../../api/queries.ts";
import { useStatus, useWatches } from "../../api/watches.ts";
import { PageTitle } from "../../parts/page-head.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import { failedSources } from "./failed-sources.ts";
import { FirstSteps } from "./first-steps.tsx";
import { Freshness } from "./freshness.tsx";
import { NextSteps } from "./next-steps.tsx";
import { ChangedLately, WhatFailed, WhereYouWere } from "./side-boxes.tsx";
import { waitingFor, Waiting } from "./waiting-list.tsx";

export function Home(): ReactNode {
  const me = useMe();
  return me === undefined ? undefined : <HomeOf me={me} />;
}

function HomeOf({ me }: { readonly me: Me }): ReactNode {
  const status = useStatus();
  const watches = useWatches();
  const { data: proposals } = useQuery({ ...proposalsQuery, throwOnError: false });
  const { data: mine } = useQuery(mineQuery);
  const tables = useQuery(tablesQuery);
  const { data: inbox } = useQuery(inboxQuery);
  const { data: shares } = useQuery(sharesQuery);
  const items = waitingFor({
    proposals: proposals?.proposals ?? [],
    mine,
    status: status.data,
    requests: inbox?.requests ?? [],
    shares: shares?.shares ?? [],
  });
  const failed = failedSources(status.data);
  const late = (status.data?.sources ?? []).filter((source) => source.late.length > 0);
  return (
    <>
      <header className="page-head home-head">
        <PageTitle title="Home">
          {greeting()}, {firstName(me.behind ?? me.name)}
        </PageTitle>
        <p className="text2">{sentenceOf({ waiting: items.length, failed: failed.length, late: late.length })}</p>
      </header>
      <div className="page-body home">
        <div className="home-main">
          <Loaded query={tables}>
            {({ tables: found }) => (found.length === 0 ? <FirstSteps me={me} status={status.data} /> : undefined)}
          </Loaded>
          {items.length === 0 ? undefined : <Waiting items={items} />}
          {watches || mine === undefined || tables.data === undefined || tables.data.tables.length === 0 ? undefined : (
            <NextSteps />
          )}
          {!watches || status.data?.sources.length === 0 ? undefined : (
            <Loaded query={status}>{(found) => <Freshness status={found} tables={tables.data?.tables ?? []} />}</Loaded>
          )}
        </div>
        <div className="home-side">
          {failed.length === 0 ? undefined : <WhatFailed sources={failed} />}
          <WhereYouWere me={me} />
          <ChangedLately tables={tables.data?.tables ?? []} />
        </div>
      </div>
    </>
  );
}

function greeting(): string {
  const hour = new Date().getHours();
  if (hour < 5 || hour >= 18) return "Good evening";
  return hour < 12 ? "Good morning" : "Good afternoon";
}

/** Mara for "mara.lindqvist". */
function firstName(name: string): string {
  const [first = name] = name.split(/[\s._@-]/);
  return first.slice(0, 1).toUpperCase() + first.slice(1);
}

interface Counts {
  readonly waiting: number;
  readonly failed: number;
  readonly late: number;
}

/** The answer first: whether anything needs this person. */
function sentenceOf({ waiting, failed, late }: Counts): string {
  const parts = [
    waiting === 0 ? undefined : waiting === 1 ? "one thing waits for you" : `${inWords(waiting)} things wait for you`,
    failed === 0 ? undefined : failed === 1 ? "one source failed" : `${inWords(failed)} sources failed`,
    late === 0 ? undefined : late === 1 ? "one source is late" : `${inWords(late)} sources are late`,
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return "Nothing waits for you, and nothing has failed.";
  const text = parts.length === 1 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")}, and ${parts.at(-1)}`;
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function inWords(value: number): string {
  const words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
  return words[value] ?? String(value);
}
