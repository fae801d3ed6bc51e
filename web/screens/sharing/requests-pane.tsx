/** Requests: those that wait for a decision with those decided last, or one's own; one of them at the right. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { ShareRequest } from "../../../src/client/api-client.ts";
import { useMe } from "../../api/me.ts";
import { inboxQuery, requestQuery, requestsQuery } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Missing } from "../../parts/missing.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageTitle } from "../../parts/page-head.tsx";
import { Loaded, Shape } from "../../parts/waiting.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { RequestDetail } from "./request-detail.tsx";
import { RequestList } from "./request-list.tsx";
import { SharingHead } from "./sharing-head.tsx";
import { useInboxKeys } from "./use-inbox-keys.ts";

interface RequestsPaneProps {
  readonly tab: "decide" | "mine";
  readonly opened: string | undefined;
}

export function RequestsPane({ tab, opened }: RequestsPaneProps): ReactNode {
  const inbox = useQuery(inboxQuery);
  const mine = useQuery(requestsQuery("mine"));
  const decided = useDecided();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const waiting = inbox.data?.requests ?? [];
  const still = waiting.filter(({ request }) => chosen.has(request));
  const list = tab === "decide" ? [...waiting, ...decided] : (mine.data?.requests ?? []);
  const shown = opened ?? list[0]?.request;
  const choose = (request: string): void => setChosen((before) => before.symmetricDifference(new Set([request])));
  useInboxKeys({
    handles: list.map(({ request }) => request),
    shown,
    isOpened: opened !== undefined,
    decides: tab === "decide",
    onChoose: (request) => {
      if (tab === "decide" && waiting.some((one) => one.request === request)) choose(request);
    },
  });
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
