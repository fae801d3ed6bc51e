/**
 * The rights of the owners of views in a call: views are read by them, and the call ends when they do.
 * Invariant: every table that a view could have read is followed with the access that its owner had.
 */
import type { TableEntry } from "../catalog/catalog.ts";
import type { ViewEntry } from "../catalog/view-store.ts";
import { tableLabel } from "../catalog/table-name.ts";
import { isOwner, type Asking } from "../governance/asking.ts";
import { accountsBound } from "../governance/live-grant.ts";
import type { Grant } from "../governance/policy.ts";
import { administers, passedOn } from "../governance/right-to-grant.ts";
import { securableTable } from "../governance/securable.ts";
import { isInTrust } from "../governance/share.ts";
import { askingAsOwner } from "../governance/view-owner.ts";
import type { TableRights } from "../query/readable-tables.ts";
import type { ViewRights } from "../query/view-tables.ts";
import { rightEnded } from "./access-watch.ts";
import type { Call } from "./operation.ts";
import { tableRights } from "./table-rights.ts";

export function viewRights(call: Pick<Call, "asking" | "follow">): ViewRights {
  const owners = new Map<string, TableRights>();
  return {
    ownersRights(view) {
      const known = owners.get(view.id) ?? rightsOfOwner(call, view);
      owners.set(view.id, known);
      return known;
    },
    mayReachOver(view, base) {
      if (!mayReachOver(call.asking, view, base)) return false;
      if (base.accountId !== view.accountId)
        call.follow((asking) => (mayReachOver(asking, view, base) ? undefined : ended(view)));
      return true;
    },
  };
}

function rightsOfOwner({ asking, follow }: Pick<Call, "asking" | "follow">, view: ViewEntry): TableRights {
  const owner: Pick<Call, "asking" | "follow"> = {
    asking: askingAsOwner(asking, view.view),
    follow: (check) => follow((later) => check(askingAsOwner(later, view.view))),
  };
  return tableRights(owner, () => ended(view));
}

function ended(view: ViewEntry) {
  return rightEnded(`what the owner of ${tableLabel(view)} may read was changed`);
}

/**
 * Rows that were granted to an account reach nobody outside of it through a view, unless whoever owns the view could
 * grant these rows to others.
 */
function mayReachOver(asking: Asking, view: ViewEntry, base: TableEntry): boolean {
  if (base.accountId === view.accountId || asking.accountId === view.accountId || isOwner(asking)) return true;
  return mayPassOn(askingAsOwner(asking, view.view), base);
}

/** Whether somebody may grant others, of any account, to read a table as a whole. */
export function mayPassOn(asking: Asking, base: TableEntry): boolean {
  const place = securableTable(base);
  return (
    isOwner(asking) ||
    administers(asking, place) ||
    passedOn(asking, place, "SELECT").some((grant) => isForAnybody(asking, grant))
  );
}

/** A grant of a share with an account, or one that was passed on from that, stays within the account. */
function isForAnybody({ policy }: Asking, grant: Grant): boolean {
  return isInTrust(policy, grant)
    ? policy.shares.get(grant.shareId ?? "")?.mayReshare === true
    : accountsBound(policy, grant).length === 0;
}
