/** The pages of access: one's own, grants, data filters, tags, and what looks personal. */
import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { proposalsQuery } from "../../api/queries.ts";

const tabs = [
  { tab: undefined, name: "Yours" },
  { tab: "grants", name: "Grants" },
  { tab: "filters", name: "Filters" },
  { tab: "tags", name: "Tags" },
  { tab: "personal", name: "Personal data" },
] as const;

const exactly = { exact: true };

export function AccessTabs({ current }: { readonly current: string | undefined }): ReactNode {
  const { data: open } = useQuery(proposalsQuery);
  const waiting = open?.proposals.length ?? 0;
  return (
    <nav className="tabs" aria-label="Access">
      {tabs.map(({ tab, name }) => (
        <Link
          key={name}
          to="/access/{-$tab}"
          params={{ tab }}
          activeOptions={exactly}
          aria-current={tab === current ? "page" : undefined}
        >
          {name}
          {tab === "personal" && waiting > 0 ? <span className="n">{waiting}</span> : undefined}
        </Link>
      ))}
    </nav>
  );
}
