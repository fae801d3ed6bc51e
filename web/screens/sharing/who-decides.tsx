/** Who will decide on a request, and why, before it is sent. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { AskedItem, SharingSimulateAnswer } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { Icon } from "../../parts/icon.tsx";
import { counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";

interface WhoDecidesProps {
  readonly items: readonly AskedItem[];
  /** In place of items. */
  readonly product?: string;
  readonly target: "self" | "account";
  /** Said before there is anything to decide on. */
  readonly hint?: string;
}

const askHint = "Add what you need, and you see here who decides on it.";

export function WhoDecides({ items, product, target, hint = askHint }: WhoDecidesProps): ReactNode {
  const things = items.map(({ on, columns }) => ({ on, ...(columns === undefined ? {} : { columns }) }));
  const isAsked = items.length > 0 || product !== undefined;
  const simulated = useQuery({
    queryKey: ["requests", "simulated", target, product, things],
    queryFn: () => api.sharingSimulate({ ...(product === undefined ? { items: things } : { product }), for: target }),
    enabled: isAsked,
  });
  return (
    <aside className="card ask-side" aria-labelledby="decides">
      <div className="card-head">
        <h2 id="decides">Who decides</h2>
      </div>
      <div className="card-body">
        {isAsked ? (
          <Loaded query={simulated} lines={3}>
            {(found) => <Outcome found={found} />}
          </Loaded>
        ) : (
          <p className="small dim">{hint}</p>
        )}
      </div>
    </aside>
  );
}

function Outcome({ found }: { readonly found: SharingSimulateAnswer }): ReactNode {
  const { outcome, why, steps, because, acceptance } = found;
  return (
    <div className="stack outcome">
      <p className="row top">
        <span className={outcome === "refused" ? "dim" : "good"}>
          <Icon name={outcome === "approved at once" ? "check" : outcome === "refused" ? "minus" : "waiting"} />
        </span>
        <b>
          {outcome === "approved at once"
            ? "Nobody: it is approved at once."
            : outcome === "refused"
              ? "It would be refused."
              : `${counted(steps.length, "step")} of approval`}
        </b>
      </p>
      {why === null ? undefined : <p className="small">{why}</p>}
      {steps.length === 0 ? undefined : (
        <ol className="small approval-steps">
          {steps.map(({ name, approvers, quorum = 1, within_hours: hours }) => (
            <li key={name}>
              <b>{name}</b>
              {approvers.join() === name ? "" : `: ${approvers.join(", ")}`}
              {quorum > 1 ? `, ${quorum} people` : ""}
              {hours === undefined ? "" : `, within ${counted(hours, "hour")}`}
            </li>
          ))}
        </ol>
      )}
      {because.length === 0 ? undefined : <p className="small dim">Because: {because.join("; ")}.</p>}
      {acceptance ? <p className="small dim">The account then has to accept it.</p> : undefined}
    </div>
  );
}
