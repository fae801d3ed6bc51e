/**
 * Asks owners about what was marked as sensitive, or added, since a share was made without anybody's decision. The things are
 * closed already, whether or not this runs.
 * Invariant: one such request is pending for a share at a time.
 */
import { sql } from "kysely";
import { must } from "../../base/must.ts";
import { askingOf } from "../../governance/asking.ts";
import type { PolicyShare } from "../../governance/policy.ts";
import { localPrincipal } from "../../identity/principal.ts";
import { isLeft } from "../../sharing/case-of.ts";
import { foundSince, type FoundTable } from "../../sharing/found-since.ts";
import { submitJudgement } from "../../sharing/request-life.ts";
import { byId, stateAt, type ShareRequest } from "../../sharing/request.ts";
import { addFollower, insertRequest, readRequest } from "../../sharing/request-store.ts";
import { findShare } from "../../sharing/shares.ts";
import { reach } from "../../writer/crash-points.ts";
import type { Context } from "../context.ts";
import { inRequestWork, type RequestWork } from "./request-work.ts";

/** Returns how many requests are new. */
export async function askAboutShares(context: Context): Promise<number> {
  const policy = await context.policies.current();
  const now = Date.now();
  const { load, ...everything } = context.catalog.everything();
  const entries = await everything.entries();
  const parts = { transaction: context.db, catalog: { entries: async () => entries, load }, policy, now };
  let asked = 0;
  for (const { id } of [...policy.shares.values()].filter((share) => isJudged(share, now))) {
    if (((await foundSince(parts, id)) ?? []).length === 0) continue;
    const asking = askingOf(policy, localPrincipal, now);
    if (!(await inRequestWork(context, asking, (work) => askAbout(work, id)))) continue;
    reach("judgement-asked", context.config);
    asked++;
  }
  return asked;
}

function isJudged({ judged, until }: PolicyShare, now: number): boolean {
  return judged !== undefined && now < (until ?? Infinity);
}

/** Whether there was something to ask that nobody is asked already. */
async function askAbout(work: RequestWork, shareId: string): Promise<boolean> {
  const { row } = await findShare(work.transaction, shareId, work.now);
  const found = row.ended_at === null ? ((await foundSince(work, shareId)) ?? []) : [];
  if (found.length === 0 || row.request_id === null) return false;
  const pending = await readRequest(work.transaction, isAboutPending(shareId));
  if (pending !== undefined && stateAt(pending, work.now) === "pending") return false;
  const before = must(await readRequest(work.transaction, byId(row.request_id)), "the request of a share");
  if (isLeft(before, work)) return false;
  const id = await insertJudgement(work, before, { shareId, found });
  await submitJudgement(work, must(await readRequest(work.transaction, byId(id)), "the new request"));
  return true;
}

function isAboutPending(shareId: string) {
  return sql<boolean>`about_share = ${shareId}::uuid and kind = 'judgement' and state = 'pending'`;
}

interface Found {
  readonly shareId: string;
  readonly found: readonly FoundTable[];
}

/** In the name of whoever asked before, so that they do not decide on it. */
async function insertJudgement(
  { transaction }: RequestWork,
  before: ShareRequest,
  { shareId, found }: Found,
): Promise<string> {
  const id = await insertRequest(transaction, {
    ...before,
    until: undefined,
    extendsId: before.id,
    kind: "judgement",
    aboutShareId: shareId,
    items: found.map(({ thingId, databaseId, fieldIds }) => ({
      kind: "table",
      thingId,
      databaseId,
      columns: { mode: "include", fieldIds: new Set(fieldIds) },
      rows: undefined,
      judged: [],
    })),
  });
  for (const principalId of before.followerIds)
    await addFollower(transaction, { requestId: id, principalId, purpose: before.purpose });
  return id;
}
