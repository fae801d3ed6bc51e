/** The head of the list at the left of Sharing: its title, asking for data, and its tabs. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { inboxQuery } from "../../api/queries.ts";
import { Icon } from "../../parts/icon.tsx";
import { PageTitle } from "../../parts/page-head.tsx";

export type SharingTab = "decide" | "mine" | "shares" | "products";

/** The first tab has the address with which those of the others begin. */
const exactly = { exact: true };

interface SharingHeadProps {
  readonly tab: SharingTab;
  /** Whether the page is about the list, so that its title is the page's. */
  readonly isHeading: boolean;
}

export function SharingHead({ tab, isHeading }: SharingHeadProps): ReactNode {
  const { data: inbox } = useQuery(inboxQuery);
  const waiting = inbox?.requests.length ?? 0;
  return (
    <>
      <div className="pane-list-head row">
        <div className="grow">
          {isHeading ? <PageTitle title="Sharing">Sharing</PageTitle> : <p className="list-title">Sharing</p>}
        </div>
        <Button
          component={Link}
          to="/sharing/ask"
          size="compact-md"
          variant="default"
          leftSection={<Icon name="add" size={16} />}
        >
          Ask for data
        </Button>
      </div>
      <nav className="tabs pane-tabs" aria-label="Sharing">
        {(
          [
            { to: undefined, of: "decide", name: "To decide", n: waiting },
            { to: "mine", of: "mine", name: "Mine", n: 0 },
            { to: "shares", of: "shares", name: "Shares", n: 0 },
            { to: "products", of: "products", name: "Products", n: 0 },
          ] as const
        ).map(({ to, of, name, n }) => (
          <Link
            key={of}
            to="/sharing/{-$tab}/{-$item}"
            params={{ tab: to, item: undefined }}
            activeOptions={exactly}
            aria-current={of === tab ? "page" : undefined}
          >
            {name}
            {n === 0 ? undefined : <span className="n">{n}</span>}
          </Link>
        ))}
      </nav>
    </>
  );
}
