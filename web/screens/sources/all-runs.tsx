/** The runs of all sources, newest first. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { runsQuery } from "../../api/queries.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { OverviewPage } from "./overview-page.tsx";
import { Runs } from "./runs.tsx";
import { useWatches } from "../../api/watches.ts";

export function AllRuns(): ReactNode {
  const watches = useWatches();
  const runs = useQuery({ ...runsQuery, enabled: watches });
  return (
    <OverviewPage title="Runs" lead="What happened in the lake, newest first: loads, proofs, upkeep and imports.">
      <Loaded query={runs} lines={8}>
        {({ runs: found }) => <Runs runs={found} title="Runs" mostShown={200} isMixed />}
      </Loaded>
    </OverviewPage>
  );
}
