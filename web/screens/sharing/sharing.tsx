/** Sharing: what waits for a decision, what one has asked for, and shares; the list at the left, one of them at the right. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { ShareRequest } from "../../../src/client/api-client.ts";
import { useMe } from "../../api/me.ts";
import { inboxQuery, requestQuery, requestsQuery, sharesQuery } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Missing } from "../../parts/missing.tsx";
import { Moment } from "../../parts/moment.tsx";
import { counted } from "../../parts/numbers.ts";
import { PageTitle } from "../../parts/page-head.tsx";
import { Loaded, Shape } from "../../parts/waiting.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { RequestDetail } from "./request-detail.tsx";
import { RequestList } from "./request-list.tsx";
import { ShareDetail } from "./share-detail.tsx";
import { ShareList } from "./share-list.tsx";
import { isOver } from "./request-words.ts";
import "../../styles/panes.css";
import "../../styles/forms.css";
import "../../styles/sharing.css";

/** The first tab has the address with which those of the others begin. */
const exactly = { exact: true };

type Tab = "decide" | "mine" | "shares";

export function Sharing(): ReactNode {
  const { tab: first, item } = useParams({ from: "/inside/sharing/{-$tab}/{-$item}" });
  const opened = first === undefined || first === "mine" || first === "shares" ? undefined : first;
  const { data } = useQuery({ ...requestQuery(opened ?? ""), enabled: opened !== undefined });
  const tab: Tab = first === "shares" || first === "mine" ? first : data?.mine === true ? "mine" : "decide";
  return (
    <div className={opened === undefined && item === undefined ? "panes" : "panes chosen"}>
      {tab === "shares" ? <SharesPane item={item} /> : <RequestsPane tab={tab} opened={opened} />}
    </div>
  );
}

function RequestsPane({
  tab,
  opened,
}: {
  readonly tab: "decide" | "mine";
  readonly opened: string | undefined;
}): ReactNode {
  const inbox = useQuery(inboxQuery);
  const mine = useQuery(requestsQuery("mine"));
  const decided = useDecided();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const waiting = inbox.data?.requests ?? [];
  const still = waiting.filter(({ request }) => chosen.has(request));
  const list = tab === "decide" ? [...waiting, ...decided] : (mine.data?.requests ?? []);
  const shown = opened ?? list[0]?.request;
  const choose = (request: string): void => setChosen((before) => before.symmetricDifference(new Set([request])));
  return (
    <>
      <aside className="pane-list" aria-label="Requests">
        <SharingHead tab={tab} isHeading={opened === undefined} />
        {tab === "mine" ? (
          <Loaded query={mine}>
            {({ requests }) =>
              requests.length === 0 ? <NothingAsked /> : <RequestList requests={requests} shown={shown} />
            }
          </Loaded>
        ) : (
          <Loaded query={inbox}>
            {({ requests }) => (
              <>
                {still.length === 0 ? undefined : <BulkBar requests={still} onDone={() => setChosen(new Set())} />}
                {requests.length === 0 ? (
                  <NobodyWaits last={decided[0]} />
                ) : (
                  <RequestList requests={requests} shown={shown} chosen={chosen} onChoose={choose} />
                )}
              </>
            )}
          </Loaded>
        )}
        {tab === "mine" || decided.length === 0 ? undefined : (
          <>
            <p className="list-head">Decided by you</p>
            <RequestList requests={decided} shown={shown} />
          </>
        )}
      </aside>
      <div className="pane-detail">
        {opened === undefined ? undefined : (
          <Link
            className="narrow-only back"
            to="/sharing/{-$tab}/{-$item}"
            params={{ tab: tab === "mine" ? "mine" : undefined, item: undefined }}
          >
            <Icon name="left" size={16} /> {tab === "mine" ? "Mine" : `${waiting.length} to decide`}
          </Link>
        )}
        {shown === undefined ? undefined : <OneRequest key={shown} handle={shown} isOpened={opened !== undefined} />}
      </div>
    </>
  );
}

function OneRequest({ handle, isOpened }: { readonly handle: string; readonly isOpened: boolean }): ReactNode {
  const request = useQuery(requestQuery(handle));
  if (request.data !== undefined) return <RequestDetail request={request.data} isOpened={isOpened} />;
  if (request.error === null) return <Shape lines={10} />;
  return (
    <div className="page-body">
      <PageTitle title="Sharing">Sharing</PageTitle>
      <Missing failure={request.error} name={`request ${handle}`} />
    </div>
  );
}

/** The newest requests on which the person who looks has decided. */
function useDecided(): readonly ShareRequest[] {
  const me = useMe();
  const { data } = useQuery(requestsQuery("all"));
  const own = me?.behind ?? me?.name;
  return (data?.requests ?? [])
    .filter(({ yours, steps }) => !yours && steps.some(({ decisions }) => decisions.some(({ by }) => by === own)))
    .slice(0, 8);
}

function SharesPane({ item }: { readonly item: string | undefined }): ReactNode {
  const shares = useQuery(sharesQuery);
  const all = shares.data?.shares ?? [];
  const shown = item ?? (all.find((share) => !isOver(share)) ?? all[0])?.id;
  return (
    <>
      <aside className="pane-list" aria-label="Shares">
        <SharingHead tab="shares" isHeading={item === undefined} />
        <Loaded query={shares}>{({ shares: found }) => <ShareList shares={found} shown={shown} />}</Loaded>
      </aside>
      <div className="pane-detail">
        {item === undefined ? undefined : (
          <Link className="narrow-only back" to="/sharing/{-$tab}/{-$item}" params={{ tab: "shares", item: undefined }}>
            <Icon name="left" size={16} /> {counted(all.length, "share")}
          </Link>
        )}
        {shown === undefined ? undefined : <ShareDetail key={shown} id={shown} isOpened={item !== undefined} />}
      </div>
    </>
  );
}

function SharingHead({ tab, isHeading }: { readonly tab: Tab; readonly isHeading: boolean }): ReactNode {
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

function NobodyWaits({ last }: { readonly last: ShareRequest | undefined }): ReactNode {
  const at = last?.steps.flatMap(({ decisions }) => decisions).at(-1)?.at;
  return (
    <Empty icon="check" title="Nobody waits for you.">
      {at === undefined ? (
        <p className="small">Requests for what you answer for come here.</p>
      ) : (
        <p className="small">
          Your last decision was <Moment at={at} />.
        </p>
      )}
    </Empty>
  );
}

function NothingAsked(): ReactNode {
  return (
    <Empty icon="share" title="You have asked for nothing yet.">
      <p className="small">
        <Link to="/sharing/ask">Find data and ask for it</Link>.
      </p>
    </Empty>
  );
}
