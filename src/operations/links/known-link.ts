/**
 * Who may know a link: whoever may know what it stands for, whoever administers its account, and whoever holds a grant on
 * its target that gives nothing at the moment, such as one from a share that is suspended or has expired.
 * Invariant: a link tells nobody of a thing that they could not know of anyway, or once could.
 */
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { isInTrust } from "../../governance/share.ts";
import type { ResourceLink } from "../../sharing/resource-links.ts";

export function mayKnowLink(asking: Asking, link: ResourceLink): boolean {
  if (decideFor(asking, "watch", { kind: "account", id: link.accountId }).allowed) return true;
  return mayKnowTarget(asking, link) || holdsGrant(asking, link);
}

export function mayKnowTarget(asking: Asking, link: ResourceLink): boolean {
  const { kind, targetId: id, targetDatabaseId: databaseId, targetAccountId: accountId } = link;
  if (databaseId === undefined || accountId === undefined) return false;
  const thing =
    kind === "table" ? ({ kind, id, databaseId, accountId } as const) : ({ kind: "database", id, accountId } as const);
  return decideFor(asking, "watch", thing).allowed;
}

function holdsGrant({ policy, reader }: Asking, { targetId, targetDatabaseId }: ResourceLink): boolean {
  const keys = [`table ${targetId}`, `tables ${targetId}`, `database ${targetId}`, `tables ${targetDatabaseId ?? ""}`];
  const held = [...reader.ids].flatMap((id) => keys.flatMap((key) => policy.grantsTo.get(id)?.get(key) ?? []));
  return held.some((grant) => !isInTrust(policy, grant));
}
