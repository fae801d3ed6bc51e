/** Columns that look personal, one proposal a row with what speaks for it; decided with the keys y and n, or all of a kind at once. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { PiiDecideInput, PiiProposal } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { proposalsQuery } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { shownName } from "../../parts/names.ts";
import { counted, share } from "../../parts/numbers.ts";
import { usePageKeys } from "../../parts/page-keys.ts";
import { piiWords } from "../../parts/pii.ts";
import { addressOf } from "../../parts/table-address.ts";
import { Loaded } from "../../parts/waiting.tsx";

export function Personal(): ReactNode {
  const proposals = useQuery(proposalsQuery);
  return (
    <Loaded query={proposals} lines={8}>
      {({ proposals: open }) =>
        open.length === 0 ? (
          <Empty icon="sensitive" title="Nothing waits for a decision.">
            <p>New columns are looked at after each load, by their names and by samples of their values.</p>
          </Empty>
        ) : (
          <Queue open={open} />
        )
      }
    </Loaded>
  );
}

function Queue({ open }: { readonly open: readonly PiiProposal[] }): ReactNode {
  const [place, setPlace] = useState(0);
  const at = Math.min(place, open.length - 1);
  const deciding = useMutation({
    mutationFn: (input: PiiDecideInput) => api.piiDecide(input),
    onError: noticeEnd,
    onSuccess: () => Promise.all(["pii", "table", "search"].map((key) => cache.invalidateQueries({ queryKey: [key] }))),
  });
  const decide = ({ table, column }: PiiProposal, decision: "confirm" | "reject"): void =>
    deciding.mutate({ tables: [table], columns: [column], decision });
  usePageKeys([
    { key: "y", text: "It is personal", work: () => open[at] !== undefined && decide(open[at], "confirm") },
    { key: "n", text: "It is not", work: () => open[at] !== undefined && decide(open[at], "reject") },
    { key: "j", text: "Next column", work: () => setPlace(Math.min(open.length - 1, at + 1)) },
    { key: "k", text: "Previous column", work: () => setPlace(Math.max(0, at - 1)) },
  ]);
  const last = deciding.data?.decided ?? [];
  return (
    <>
      <ByKind
        open={open}
        onDecide={(kind, decision) => deciding.mutate({ classes: [kind], state: "open", decision })}
      />
      {deciding.error === null ? undefined : <FailureNote failure={deciding.error} />}
      <p className="small dim" role="status">
        {last.length === 0 ? (
          <span className="wide-only">
            <kbd>y</kbd> it is personal, <kbd>n</kbd> it is not, <kbd>j</kbd> and <kbd>k</kbd> next and previous.
          </span>
        ) : (
          <LastDecision last={last} onTurn={(decided) => deciding.mutate(turned(decided))} />
        )}
      </p>
      <ul className="card list">
        {open.slice(0, 100).map((proposal, index) => (
          <li
            key={`${proposal.table} ${proposal.column}`}
            className={index === at ? "at" : ""}
            aria-current={index === at ? "true" : undefined}
          >
            <span className="grow wrap-anywhere">
              <Link to={addressOf(proposal.table)} className="item">
                <code>{shownName(`${proposal.table}.${proposal.column}`)}</code>
              </Link>
              <span className="small dim block">{evidenceOf(proposal)}</span>
            </span>
            <Badge tone="proposed" icon="sensitive">
              {piiWords[proposal.class]}?
            </Badge>
            <span className="row">
              <Button size="compact-md" variant="default" onClick={() => decide(proposal, "confirm")}>
                It is<span className="unseen"> personal: {proposal.column}</span>
              </Button>
              <Button size="compact-md" variant="subtle" onClick={() => decide(proposal, "reject")}>
                It is not<span className="unseen"> personal: {proposal.column}</span>
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {open.length > 100 ? (
        <p className="small dim">100 of {counted(open.length, "proposal")}; the others follow.</p>
      ) : undefined}
    </>
  );
}

interface ByKindProps {
  readonly open: readonly PiiProposal[];
  readonly onDecide: (kind: PiiProposal["class"], decision: "confirm" | "reject") => void;
}

function ByKind({ open, onDecide }: ByKindProps): ReactNode {
  const kinds = [...Map.groupBy(open, (proposal) => proposal.class)].filter(([, found]) => found.length > 1);
  if (kinds.length === 0) return undefined;
  return (
    <div className="row wrap" role="group" aria-label="All of a kind">
      <span className="small dim">All of a kind are personal:</span>
      {kinds.map(([kind, found]) => (
        <Button key={kind} size="compact-md" variant="default" onClick={() => onDecide(kind, "confirm")}>
          {piiWords[kind]}, {found.length}
        </Button>
      ))}
    </div>
  );
}

interface LastDecisionProps {
  readonly last: readonly PiiProposal[];
  readonly onTurn: (decided: readonly PiiProposal[]) => void;
}

function LastDecision({ last, onTurn }: LastDecisionProps): ReactNode {
  const [first] = last;
  if (first === undefined) return undefined;
  const what = last.length === 1 ? `${first.table}.${first.column}` : counted(last.length, "column");
  const isPersonal = first.state === "confirmed";
  return (
    <>
      {shownName(what)} {isPersonal ? "is marked as personal." : "is marked as not personal."}{" "}
      {last.length === 1 ? (
        <button type="button" className="link small" onClick={() => onTurn(last)}>
          {isPersonal ? "It is not, after all" : "It is, after all"}
        </button>
      ) : undefined}
    </>
  );
}

function turned(decided: readonly PiiProposal[]): PiiDecideInput {
  const isPersonal = decided[0]?.state === "confirmed";
  return {
    tables: decided.map(({ table }) => table),
    columns: decided.map(({ column }) => column),
    state: isPersonal ? "confirmed" : "rejected",
    decision: isPersonal ? "reject" : "confirm",
  };
}

function evidenceOf({ evidence, reason }: PiiProposal): string {
  const rate = Math.max(0, ...Object.values(evidence.rates));
  return [
    evidence.name.length === 0 ? "" : `its name has ${evidence.name.join(", ")}`,
    rate === 0 || evidence.values === 0 ? "" : `${share(rate)} of ${evidence.values} values look like it`,
    ...evidence.notes,
    reason ?? "",
  ]
    .filter((text) => text !== "")
    .join("; ");
}
