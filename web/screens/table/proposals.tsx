/** Columns that look like personal data, each to be confirmed or rejected by those who may change the table. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { PiiProposal, TableShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { proposalsQuery } from "../../api/queries.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName, tableName } from "../../parts/names.ts";
import { counted, share } from "../../parts/numbers.ts";
import { piiWords } from "../../parts/pii.ts";

/** More at once would push the columns off the page. */
const mostShown = 2;

export function useProposals({ database, name }: TableShowAnswer): readonly PiiProposal[] {
  const { data } = useQuery(proposalsQuery);
  return (data?.proposals ?? []).filter(({ table }) => table === tableName(database, name));
}

export function Proposals({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const proposals = useProposals(table);
  const deciding = useMutation({
    mutationFn: ({ column, decision }: { column: string; decision: "confirm" | "reject" }) =>
      api.piiDecide({ tables: [tableName(table.database, table.name)], columns: [column], decision }),
    onError: noticeEnd,
    onSuccess: () => Promise.all(["pii", "table"].map((key) => cache.invalidateQueries({ queryKey: [key] }))),
  });
  if (proposals.length === 0) return undefined;
  return (
    <section aria-label="Proposals" className="proposals">
      {proposals.slice(0, mostShown).map((proposal) => (
        <div key={proposal.column} className="note pii">
          <Icon name="sensitive" />
          <p className="grow">
            <code className="strong">{shownName(proposal.column)}</code> may hold personal data: {evidenceOf(proposal)}
          </p>
          <span className="row">
            <Button
              size="compact-md"
              variant="default"
              onClick={() => deciding.mutate({ column: proposal.column, decision: "confirm" })}
            >
              It is personal<span className="unseen">: {proposal.column}</span>
            </Button>
            <Button
              size="compact-md"
              variant="subtle"
              onClick={() => deciding.mutate({ column: proposal.column, decision: "reject" })}
            >
              It is not<span className="unseen">: {proposal.column}</span>
            </Button>
          </span>
        </div>
      ))}
      {proposals.length > mostShown ? (
        <p className="small dim">{counted(proposals.length - mostShown, "more proposal")} after these.</p>
      ) : undefined}
      {deciding.error === null ? undefined : <FailureNote failure={deciding.error} />}
    </section>
  );
}

function evidenceOf({ class: kind, evidence }: PiiProposal): string {
  const looks = piiWords[kind].toLowerCase();
  const rate = Math.max(0, ...Object.values(evidence.rates));
  const byName = evidence.name.length === 0 ? "" : `its name says ${looks}`;
  const byValue =
    rate === 0 || evidence.values === 0 ? "" : `${share(rate)} of ${evidence.values} sampled values look like it`;
  return (
    [byName === "" ? `it looks like ${looks}` : byName, byValue].filter((part) => part !== "").join(", and ") + "."
  );
}
