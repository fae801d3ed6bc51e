/**
 * Changes that make shares as declared. A share is known again by what it shares with whom; only its end, and that
 * somebody suspended it, can change. One that the other side has rejected is not offered again.
 * Invariant: a share that a command or a request has made is never changed.
 */
import { HeadgateError } from "../../errors.ts";
import { columnsJson } from "../../governance/grants.ts";
import { findPrincipal, parsePrincipalName, principalLabel } from "../../identity/principal-name.ts";
import { extendShare, resumeShare, revokeShare } from "../../sharing/change-share.ts";
import { openShare, type NewShare } from "../../sharing/open-share.ts";
import { listShares, type Share } from "../../sharing/shares.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkAdministers, type AccessWork } from "../access/access-work.ts";
import { checkTimes } from "../access/check-times.ts";
import { principalText } from "../access/present-grant.ts";
import { placed } from "../placed.ts";
import type { DeclaredShare } from "../sharing/declared-share.ts";
import { itemLabels } from "../sharing/present-share.ts";
import { findWanted, shareTarget } from "../sharing/wanted-share.ts";
import type { PlaceOf } from "./read-declaration.ts";
import { changed } from "./step.ts";

interface WantedShare extends Pick<NewShare, "sourceAccountId" | "target" | "items" | "until" | "mayReshare"> {
  readonly at: string;
  readonly key: string;
  /** `sales.crm.orders to account:analytics` */
  readonly label: string;
}

/** Throws what sharing them one by one throws, with the place in the file, and DECLARATION_INVALID. */
export async function changeShares(
  work: AccessWork,
  declared: readonly DeclaredShare[],
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const wanted = new Map<string, WantedShare>();
  for (const [index, said] of declared.entries()) {
    const at = placeOf(["shares", index]);
    const one = await placed(at, () => resolve(work, said, at));
    const other = wanted.get(one.key);
    if (other !== undefined) throw declaredTwice(one, other);
    wanted.set(one.key, one);
  }
  const all = await listShares(work.transaction, work.asking.now);
  const owned = all.filter(({ row }) => row.origin === work.origin && row.state !== "revoked");
  const known = new Map(owned.map((share) => [keyOfShare(share), share]));
  const changes: AccessChange[] = [];
  const gone = owned.filter((share) => share.row.ended_at === null && !wanted.has(keyOfShare(share)));
  changes.push(...(await removeAll(work, gone, placeOf(["shares"]))));
  for (const one of wanted.values()) {
    const share = known.get(one.key);
    const made = await placed(one.at, () => (share === undefined ? add(work, one) : adjust(work, one, share)));
    changes.push(...made);
  }
  return changes;
}

async function resolve(work: AccessWork, said: DeclaredShare, at: string): Promise<WantedShare> {
  const { lookup, asking, transaction } = work;
  const on = typeof said.on === "string" ? [said.on] : said.on;
  const { found, items, sourceAccountId } = await findWanted(lookup, asking, { ...said, on });
  const holder = await findPrincipal(transaction, parsePrincipalName(said.to));
  const target = shareTarget(asking, holder, sourceAccountId);
  const until = said.until === undefined ? undefined : Date.parse(said.until);
  const share = { sourceAccountId, target, items, until, mayReshare: said.reshare };
  const things = found.map(({ label }) => label).join(", ");
  return { ...share, at, key: keyOf(share), label: `${things} to ${principalLabel(holder)}` };
}

interface Identity extends Pick<NewShare, "sourceAccountId" | "mayReshare"> {
  readonly target: { readonly id: string };
  readonly items: readonly Pick<NewShare["items"][number], "on" | "columns" | "filterId">[];
}

function keyOf({ sourceAccountId, target, items, mayReshare }: Identity): string {
  const parts = items.map(({ on, columns, filterId }) => partKey([on.kind, on.id, columnsJson(columns), filterId]));
  return JSON.stringify([sourceAccountId, target.id, mayReshare, parts.toSorted()]);
}

function partKey([kind, id, columns, filterId]: readonly [string, string, unknown, string | null | undefined]): string {
  const { mode = "all", fieldIds = [] } = (typeof columns === "string" ? JSON.parse(columns) : (columns ?? {})) as {
    mode?: string;
    fieldIds?: number[];
  };
  return JSON.stringify([kind, id, mode, fieldIds, filterId ?? null]);
}

/** Without items that ended by themselves, so a share that somebody narrowed is no longer the declared one. */
function keyOfShare({ row, items }: Share): string {
  const open = items.filter(({ ended_at: end }) => end === null || row.ended_at !== null);
  const parts = open.map((item) => partKey([item.resource_kind, item.resource_id, item.columns, item.filter_id]));
  return JSON.stringify([row.source_account_id, row.target_id, row.may_reshare, parts.toSorted()]);
}

async function add(work: AccessWork, wanted: WantedShare): Promise<readonly AccessChange[]> {
  const { transaction, asking, by, origin } = work;
  const { at, label, key: _key, ...share } = wanted;
  const until = untilText(wanted);
  checkTimes({ place: at, until: until === "" ? undefined : until }, asking.now);
  const { state } = await openShare(transaction, {
    ...share,
    requestId: undefined,
    productId: undefined,
    judged: undefined,
    author: { by, origin },
  });
  const details = [
    ...changed("until", "", until),
    ...(share.mayReshare ? ["may be passed on"] : []),
    ...(state === "active" ? [] : ["waits until it is accepted"]),
  ];
  return [change(label, "add", details)];
}

/** Its end, and that it was suspended. What is over by its own time stays over until its end is declared anew. */
async function adjust(work: AccessWork, wanted: WantedShare, share: Share): Promise<readonly AccessChange[]> {
  if (share.row.ended_at !== null) return [];
  const { transaction } = work;
  const before = share.row.valid_until?.toISOString() ?? "";
  const details = changed("until", before, untilText(wanted));
  if (details.length > 0)
    await extendShare(transaction, share, wanted.until === undefined ? null : new Date(wanted.until));
  if (share.row.state !== "suspended") return details.length === 0 ? [] : [change(wanted.label, "change", details)];
  await resumeShare(transaction, { ...share, state: "suspended" });
  return [change(wanted.label, "change", [...details, "suspended → active"])];
}

function untilText({ until }: Pick<WantedShare, "until">): string {
  return until === undefined ? "" : new Date(until).toISOString();
}

async function removeAll(work: AccessWork, gone: readonly Share[], at: string): Promise<readonly AccessChange[]> {
  const labelOf = await itemLabels(work.transaction);
  const changes: AccessChange[] = [];
  for (const share of gone) {
    const { row, items } = share;
    await placed(at, () => checkAdministers(work, { kind: "account", id: row.source_account_id }));
    const reason = "the file no longer has it";
    await revokeShare(work.transaction, share, { by: work.by, reason });
    const open = items.filter(({ ended_at: end }) => end === null);
    const label = `${open.map(labelOf).join(", ")} to ${principalText(work.asking, row.target_id)}`;
    changes.push(change(label, "remove", []));
  }
  return changes;
}

function change(name: string, kind: AccessChange["change"], details: readonly string[]): AccessChange {
  return { what: "share", name, change: kind, details, falls: [], about: [] };
}

function declaredTwice({ at, label }: WantedShare, other: WantedShare): HeadgateError {
  return new HeadgateError("DECLARATION_INVALID", {
    place: at,
    message: `the share of ${label} is declared at ${other.at} already`,
    remedy: "keep one of the two",
  });
}
