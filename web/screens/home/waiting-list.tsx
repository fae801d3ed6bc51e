/** Everything that waits for a person: proposals to decide, access that ends, schedules that nobody runs. The most urgent comes first. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type {
  AccessMineAnswer,
  PiiProposal,
  Share,
  ShareRequest,
  StatusAnswer,
} from "../../../src/client/api-client.ts";
import { Tile, type Tone } from "../../parts/badge.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { near } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { piiWords } from "../../parts/pii.ts";
import { addressOf } from "../../parts/table-address.ts";

export interface WaitingItem {
  readonly key: string;
  readonly icon: IconName;
  readonly tone: Tone;
  readonly title: ReactNode;
  readonly facts: string;
  readonly to: string;
  readonly verb: string;
}

interface Known {
  readonly proposals: readonly PiiProposal[];
  readonly mine: AccessMineAnswer | undefined;
  readonly status: StatusAnswer | undefined;
  /** Requests on which this person may decide now. */
  readonly requests: readonly ShareRequest[];
  readonly shares: readonly Share[];
}

const soonMs = 14 * 86_400_000;

export function waitingFor({ proposals, mine, status, requests, shares }: Known): readonly WaitingItem[] {
  return [
    ...requests.map(requestItem),
    ...shares.filter(isInvitation).map(invitationItem),
    ...overdue(status),
    ...ending(mine),
    ...personal(proposals),
  ];
}

function requestItem(request: ShareRequest): WaitingItem {
  const { request: handle, requester, items, purpose, sensitivity } = request;
  const [first] = items;
  const more = items.length > 1 ? ` and ${items.length - 1} more` : "";
  return {
    key: `request ${handle}`,
    icon: "share",
    tone: sensitivity === null || sensitivity.class === "none" ? "warn" : "pii",
    title: (
      <>
        <b>{shownName(requester)}</b> asks to read <code>{shownName(first?.on ?? "something that is gone")}</code>
        {more}
      </>
    ),
    facts: purpose.length > 120 ? `${purpose.slice(0, 120)}…` : purpose,
    to: `/sharing/${handle}`,
    verb: "Decide",
  };
}

function isInvitation({ state, received }: Share): boolean {
  return received && state === "awaiting_acceptance";
}

function invitationItem({ id, from, items }: Share): WaitingItem {
  return {
    key: `invitation ${id}`,
    icon: "outside",
    tone: "warn",
    title: (
      <>
        <b>{shownName(from)}</b> wants to share {counted(items.length, "thing")} with you
      </>
    ),
    facts: items.map(({ on }) => shownName(on)).join(", "),
    to: `/sharing/shares/${id}`,
    verb: "Show",
  };
}

function overdue(status: StatusAnswer | undefined): readonly WaitingItem[] {
  const late = [...(status?.sources ?? []).flatMap((source) => source.overdue), ...(status?.lake.overdue ?? [])];
  if (late.length === 0) return [];
  const facts = `${counted(late.length, "schedule")} overdue. Start headgate up or a worker.`;
  return [
    {
      key: "overdue",
      icon: "waiting",
      tone: "warn",
      title: "Nothing runs schedules",
      facts,
      to: "/sources",
      verb: "Show",
    },
  ];
}

function ending(mine: AccessMineAnswer | undefined): readonly WaitingItem[] {
  return (mine?.reached ?? [])
    .filter(({ reads }) => reads !== "nothing")
    .map(({ resource, ways }) => ({ resource, until: lastEnd(ways.map((way) => way.until)) }))
    .filter(({ until }) => until !== undefined && until - Date.now() < soonMs)
    .map(({ resource, until = 0 }) => ({
      key: `ending ${resource}`,
      icon: "ending",
      tone: "warn",
      title: (
        <>
          Your access to <code>{resource}</code> ends {near(new Date(until))}
        </>
      ),
      facts: "Ask for it again in time, and it goes on without a gap.",
      to: `/sharing/ask?on=${encodeURIComponent(resource)}`,
      verb: "Ask again",
    }));
}

/** Undefined if one of the ways has no end. */
function lastEnd(ends: readonly (string | null)[]): number | undefined {
  if (ends.length === 0 || ends.includes(null)) return undefined;
  return Math.max(...ends.map((end) => Date.parse(end ?? "")));
}

function personal(proposals: readonly PiiProposal[]): readonly WaitingItem[] {
  const byTable = Map.groupBy(proposals, ({ table }) => table);
  return [...byTable].map(([table, found]) => ({
    key: `personal ${table}`,
    icon: "sensitive",
    tone: "pii",
    title: (
      <>
        {counted(found.length, "column")} of <code>{table}</code> {found.length === 1 ? "looks" : "look"} personal
      </>
    ),
    facts: [...new Set(found.map((proposal) => piiWords[proposal.class]))].join(", "),
    to: addressOf(table),
    verb: "Decide",
  }));
}

export function Waiting({ items }: { readonly items: readonly WaitingItem[] }): ReactNode {
  return (
    <section className="card" aria-labelledby="waiting">
      <div className="card-head">
        <h2 id="waiting">Waiting for you</h2>
        <span className="dim">{items.length}</span>
      </div>
      <ul className="list">
        {items.slice(0, 8).map(({ key, icon, tone, title, facts, to, verb }, place) => (
          <li key={key}>
            <Tile icon={icon} tone={tone} />
            <div className="grow">
              <div>{title}</div>
              <div className="small dim">{facts}</div>
            </div>
            <Button
              component={Link}
              to={to}
              variant={place === 0 ? "filled" : "default"}
              size="compact-md"
              className="wide-only"
            >
              {verb}
              <span className="unseen">: {key}</span>
            </Button>
            <Link to={to} className="narrow-only chevron" aria-label={`${verb}: ${key}`}>
              <Icon name="next" />
            </Link>
          </li>
        ))}
      </ul>
      {items.length > 8 ? (
        <p className="card-foot small dim">{items.length - 8} more are not shown here.</p>
      ) : undefined}
    </section>
  );
}
