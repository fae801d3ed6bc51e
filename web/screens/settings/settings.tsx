/** Settings: who decides on requests, mails and events that are told elsewhere, and the lake. */
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useAdministers } from "../../api/administers.ts";
import { Empty } from "../../parts/empty.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Lake } from "./lake.tsx";
import { Mail } from "./mail.tsx";
import { Processes } from "./processes.tsx";
import "../../styles/forms.css";
import "../../styles/governing.css";

const tabs = [
  { tab: undefined, name: "Processes" },
  { tab: "mail", name: "Mail and events" },
  { tab: "lake", name: "Lake" },
] as const;

const exactly = { exact: true };

export function Settings(): ReactNode {
  const { tab } = useParams({ from: "/inside/settings/{-$tab}" });
  const administers = useAdministers();
  return (
    <>
      <PageHead title="Settings" documentTitle={tabs.find((one) => one.tab === tab)?.name ?? "Settings"} />
      <nav className="tabs" aria-label="Settings">
        {tabs.map((one) => (
          <Link
            key={one.name}
            to="/settings/{-$tab}"
            params={{ tab: one.tab }}
            activeOptions={exactly}
            aria-current={one.tab === tab ? "page" : undefined}
          >
            {one.name}
          </Link>
        ))}
      </nav>
      <div className="page-body stack governing">
        {administers ? (
          <TabOf tab={tab} />
        ) : (
          <Empty icon="hidden" title="You may not change the settings of this account.">
            <p>Its administrators can.</p>
          </Empty>
        )}
      </div>
    </>
  );
}

function TabOf({ tab }: { readonly tab: string | undefined }): ReactNode {
  if (tab === undefined) return <Processes />;
  if (tab === "mail") return <Mail />;
  if (tab === "lake") return <Lake />;
  return <Empty icon="search" title="This address leads nowhere." />;
}
