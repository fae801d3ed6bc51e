/** The lake: its upkeep, and where each account's tables lie and how much of its limits it has used. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { AccountListAnswer, StatusAnswer } from "../../../src/client/api-client.ts";
import { useStatus } from "../../api/watches.ts";
import { Badge } from "../../parts/badge.tsx";
import { sentence } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { bytes, count, share } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { accountsQuery } from "../people/people-queries.ts";

export function Lake(): ReactNode {
  const status = useStatus();
  const accounts = useQuery(accountsQuery);
  return (
    <>
      <Loaded query={status}>{(found) => <Upkeep status={found} />}</Loaded>
      <section aria-labelledby="accounts">
        <div className="section-head">
          <h2 id="accounts">Accounts</h2>
        </div>
        <Loaded query={accounts}>
          {({ accounts: found }) => (
            <ul className="card list">
              {found.map((account) => (
                <AccountLine key={account.name} account={account} />
              ))}
            </ul>
          )}
        </Loaded>
      </section>
    </>
  );
}

function Upkeep({ status: { lake, budgets } }: { readonly status: StatusAnswer }): ReactNode {
  const { next, overdue, failing, lastMaintenance, running } = lake;
  return (
    <section aria-labelledby="upkeep">
      <div className="section-head">
        <h2 id="upkeep">Upkeep</h2>
      </div>
      {[
        ...overdue.map((name) => `${name} is overdue. Start headgate up or a worker.`),
        ...failing.map((name) => `${name} failed the last time.`),
        ...budgets,
      ].map((text) => (
        <p key={text} className="note warn">
          <Icon name="alert" />
          {sentence(text)}
        </p>
      ))}
      <dl className="facts card card-body">
        <dt>Last maintenance</dt>
        <dd>
          {lastMaintenance === null ? (
            "never"
          ) : (
            <>
              {lastMaintenance.state}, <Moment at={lastMaintenance.endedAt} />
            </>
          )}
        </dd>
        <dt>Next schedule</dt>
        <dd>
          {next === null ? (
            "none"
          ) : (
            <>
              {shownName(next.schedule)}, <Moment at={next.dueAt} />
            </>
          )}
        </dd>
        <dt>Running now</dt>
        <dd>{running.length === 0 ? "nothing" : count(running.length)}</dd>
        <dt>Runs</dt>
        <dd>
          <Link to="/sources/{-$source}" params={{ source: undefined }}>
            Sources and runs
          </Link>
        </dd>
      </dl>
    </section>
  );
}

function AccountLine({ account }: { readonly account: AccountListAnswer["accounts"][number] }): ReactNode {
  const { name, budget, outside } = account;
  return (
    <li>
      <Icon name="people" />
      <span className="grow wrap-anywhere">
        <b>{shownName(name)}</b>
        <span className="small dim block">{budget === null ? "Without limits" : limitsOf(budget)}</span>
      </span>
      {outside ? (
        <Badge tone="warn" icon="outside">
          Outside
        </Badge>
      ) : undefined}
      {budget !== null && budget.spent.length > 0 ? (
        <Badge tone="bad">Used up: {budget.spent.join(", ")}</Badge>
      ) : undefined}
      {budget !== null && budget.spent.length === 0 && budget.low.length > 0 ? (
        <Badge tone="warn">Nearly used up: {budget.low.join(", ")}</Badge>
      ) : undefined}
    </li>
  );
}

function limitsOf({
  maxBytes,
  maxStatements,
  maxEngineSeconds,
  used,
}: NonNullable<AccountListAnswer["accounts"][number]["budget"]>): string {
  return [
    maxBytes === null ? "" : `${bytes(used.bytes)} of ${bytes(maxBytes)} (${share(used.bytes / maxBytes)})`,
    maxStatements === null ? "" : `${count(used.statements)} of ${count(maxStatements)} statements today`,
    maxEngineSeconds === null
      ? ""
      : `${count(Math.round(used.engineSeconds))} of ${count(maxEngineSeconds)} engine seconds today`,
  ]
    .filter((text) => text !== "")
    .join("; ");
}
