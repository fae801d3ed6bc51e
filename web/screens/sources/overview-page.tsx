/** The frame of the pages about all sources: runs, schedules, upkeep, alerts; for those who may watch the account. */
import type { ReactNode } from "react";
import { useWatches } from "../../api/watches.ts";
import { Empty } from "../../parts/empty.tsx";
import { PageHead, Path } from "../../parts/page-head.tsx";
import "../../styles/panes.css";
import "../../styles/forms.css";
import "../../styles/sources.css";

interface OverviewPageProps {
  readonly title: string;
  readonly lead: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function OverviewPage({ title, lead, actions, children }: OverviewPageProps): ReactNode {
  const watches = useWatches();
  return (
    <>
      <PageHead
        title={title}
        path={<Path steps={[{ text: "Sources and runs", to: "/sources" }]} />}
        actions={watches ? actions : undefined}
      >
        <p className="text2 page-lead">{lead}</p>
      </PageHead>
      <div className="page-body source-body overview">
        {watches ? (
          children
        ) : (
          <Empty icon="hidden" title="You may not watch the sources of this account.">
            <p>An administrator can grant it: describe on the account.</p>
          </Empty>
        )}
      </div>
    </>
  );
}
