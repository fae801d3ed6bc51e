/** The people who read through a share: those to whom it was passed on, all who can read by it, and who has. */
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Button } from "@mantine/core";
import type { Grant, ShareShowAnswer } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { useMe } from "../../api/me.ts";
import { Avatar } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { count, counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { GiveDialog } from "../access/give-dialog.tsx";
import { RevokeGrantDialog } from "../access/revoke-grant-dialog.tsx";
import { isOver } from "./request-words.ts";

interface ShareProps {
  readonly share: ShareShowAnswer;
}

export function ShareReaders({ share }: ShareProps): ReactNode {
  return (
    <>
      {share.received && !share.given && !isOver(share) ? <PassedOn share={share} /> : undefined}
      <Readers share={share} />
      <ReadSoFar share={share} />
    </>
  );
}

/** The grants by which an account passes on to its own people what it was given. */
function PassedOn({ share }: ShareProps): ReactNode {
  const me = useMe();
  const [isGiving, setIsGiving] = useState(false);
  const [ending, setEnding] = useState<Grant>();
  const isAccount = share.to.startsWith("account:") || share.to.startsWith("unit:");
  const grants = useQuery({
    queryKey: ["access", "grants", "passed on", share.id, me?.account],
    queryFn: () => api.grantList({}),
    enabled: isAccount && share.state === "active",
  });
  if (!isAccount || share.state !== "active") return undefined;
  const things = share.items.filter(({ ended }) => !ended).map(({ on }) => on);
  const own = (all: readonly Grant[]): readonly Grant[] =>
    all.filter(({ on, passedOnFrom }) => passedOnFrom !== null && things.some((thing) => isWithin(on, thing)));
  return (
    <section aria-labelledby="passed-on">
      <div className="section-head">
        <h2 id="passed-on">Passed on to your people</h2>
        <span className="grow" />
        <Button size="compact-md" variant="default" onClick={() => setIsGiving(true)}>
          Pass it on…
        </Button>
      </div>
      <Loaded query={grants} lines={2}>
        {({ grants: all }) =>
          own(all).length === 0 ? (
            <p className="card card-body small dim">To nobody yet: only you decide who of your account reads it.</p>
          ) : (
            <ul className="card list tight">
              {own(all).map((grant) => (
                <GrantLine key={grant.id} grant={grant} onEnd={() => setEnding(grant)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {isGiving ? <GiveDialog on={things[0] ?? ""} things={things} onClose={() => setIsGiving(false)} /> : undefined}
      {ending === undefined ? undefined : <RevokeGrantDialog grant={ending} onClose={() => setEnding(undefined)} />}
    </section>
  );
}

/** Whether something is a shared thing, or a table of a database whose tables are shared. */
function isWithin(on: string, thing: string): boolean {
  return on === thing || (thing.endsWith(".*") && on.startsWith(thing.slice(0, -1)));
}

function GrantLine({ grant, onEnd }: { readonly grant: Grant; readonly onEnd: () => void }): ReactNode {
  const { to, on, permissions, columns, until } = grant;
  return (
    <li>
      <Avatar name={to} />
      <span className="grow wrap-anywhere">
        <b>{shownName(to)}</b>
        <span className="small dim block">
          {permissions.join(", ")} on <code>{shownName(on)}</code>
          {columns === null ? "" : ", some columns"}
          {until === null ? (
            ""
          ) : (
            <>
              , until <Moment at={until} />
            </>
          )}
        </span>
      </span>
      <button
        type="button"
        className="bare"
        aria-label={`Revoke… ${shownName(to)} on ${shownName(on)}`}
        title="Revoke…"
        onClick={onEnd}
      >
        <Icon name="close" size={16} />
      </button>
    </li>
  );
}

function Readers({ share }: { readonly share: ShareShowAnswer }): ReactNode {
  const { readers } = share;
  return (
    <section aria-labelledby="readers">
      <div className="section-head">
        <h2 id="readers">Who can read through it</h2>
        <span className="dim">{readers.length}</span>
      </div>
      <div className="card">
        {readers.length === 0 ? (
          <Empty icon="people" title="Nobody now.">
            {isOver(share) || share.received ? undefined : (
              <p className="small">Whoever received it has passed it on to nobody.</p>
            )}
          </Empty>
        ) : (
          <ul className="list tight">
            {readers.map(({ principal, account, table, until }) => (
              <li key={`${principal} ${account} ${table}`}>
                <Avatar name={principal} />
                <span className="grow wrap-anywhere">
                  <b>{shownName(principal)}</b>
                  <span className="small dim block">
                    {account === null ? "" : `in ${shownName(account)}, `}
                    <code>{shownName(table)}</code>
                  </span>
                </span>
                <span className="small dim">{until === null ? "no end" : <Moment at={until} />}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function ReadSoFar({ share: { read } }: { readonly share: ShareShowAnswer }): ReactNode {
  if (read.length === 0) return undefined;
  return (
    <section aria-labelledby="read">
      <div className="section-head">
        <h2 id="read">Who has read by it</h2>
        <span className="dim">{counted(new Set(read.map(({ principal }) => principal)).size, "person", "people")}</span>
      </div>
      <ul className="card list tight">
        {read.map(({ principal, table, reads, lastAt }) => (
          <li key={`${principal} ${table}`}>
            <span className="grow wrap-anywhere">
              <b>{shownName(principal)}</b> <code className="small">{shownName(table)}</code>
            </span>
            <span className="small dim nowrap">
              {count(reads)} times, last <Moment at={lastAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
