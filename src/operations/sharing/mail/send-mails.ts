/**
 * Sends the mails about share requests, as long as the process lives. It survives every failure of the mail server; a
 * mail that cannot be sent waits, and the others do not wait for it.
 */
import { createHash } from "node:crypto";
import { messageOf } from "../../../base/thrown.ts";
import { askingOf, type Asking } from "../../../governance/asking.ts";
import { accountsFor } from "../../../governance/acts-in.ts";
import { isApprover, openAbsences } from "../../../sharing/case-of.ts";
import { makeLink } from "../../../sharing/decision-links.ts";
import { markFailed, markSent, planMails, takeMail, type TakenMail } from "../../../sharing/mail-outbox.ts";
import { byId, stateAt, type ShareRequest } from "../../../sharing/request.ts";
import { noteWhatTimeDid } from "../../../sharing/events/sharing-event.ts";
import { readRequest } from "../../../sharing/request-store.ts";
import { invited, planShareMails } from "../../../sharing/share-mails.ts";
import { findShare, type Share } from "../../../sharing/shares.ts";
import { reach } from "../../../writer/crash-points.ts";
import type { Context } from "../../context.ts";
import { governedCatalog } from "../../governed-catalog.ts";
import { mayKnow } from "../../locate.ts";
import { sendMail, type MailSettings } from "../../send-mail.ts";
import { mayKnowRequest } from "../known-request.ts";
import { presentRequest } from "../present-request.ts";
import { itemLabels, presentShare } from "../present-share.ts";
import { shareStandings } from "../share-standings.ts";
import { decisionMail, endedMail, overMail, shareMail, type WrittenMail } from "./write-mail.ts";

const linkLifeMs = 7 * 86_400_000;

export interface MailPass {
  readonly sent: number;
  readonly failed: number;
}

/** Writes down which mails are due, and sends all that can be sent now. */
export async function sendMails(context: Context, settings: MailSettings): Promise<MailPass> {
  const now = Date.now();
  const policy = await context.policies.current();
  const moment = { policy, now, absences: await openAbsences(context.db, now) };
  await planMails(context.db, moment);
  reach("mails-planned", context.config);
  await noteWhatTimeDid(context.db, new Date(now));
  await planShareMails(context.db, moment);
  let [sent, failed] = [0, 0];
  for (let mail = await takeMail(context.db); mail !== undefined; mail = await takeMail(context.db))
    if (await sendOne(context, settings, mail)) sent++;
    else failed++;
  return { sent, failed };
}

async function sendOne(context: Context, settings: MailSettings, mail: TakenMail): Promise<boolean> {
  reach("mail-taken", context.config);
  try {
    const text = await writtenFor(context, settings, mail);
    if (text !== undefined) await send(settings, mail, text);
    reach("mail-sent", context.config);
    await markSent(context.db, mail.id, text === undefined ? "dropped" : "sent");
    return true;
  } catch (failure) {
    await markFailed(context.db, mail, messageOf(failure).slice(0, 500));
    return false;
  }
}

function send(settings: MailSettings, mail: TakenMail, text: WrittenMail): Promise<void> {
  const { hostname } = new URL(settings.publicUrl);
  const about = mail.requestId === null ? `share.${mail.shareId}` : `request.${mail.requestId}`;
  const thread = `<${about}@${hostname}>`;
  return sendMail(settings, {
    to: mail.address,
    messageId: `<${createHash("sha256").update(mail.event).digest("hex")}@${hostname}>`,
    references: [thread],
    inReplyTo: thread,
    headers: { "Auto-Submitted": "auto-generated" },
    ...text,
  });
}

/** Undefined if there is no reason for it any more: it was decided, or somebody else decides now. */
async function writtenFor(context: Context, settings: MailSettings, mail: TakenMail): Promise<WrittenMail | undefined> {
  const standings = await standingsOf(context, mail.principalId);
  const [first] = standings;
  if (first === undefined) return undefined;
  if (mail.shareId !== null)
    return writtenAboutShare(context, standings, { id: mail.shareId, about: mail.about ?? "" });
  const request = mail.requestId === null ? undefined : await readRequest(context.db, byId(mail.requestId));
  if (request === undefined) return undefined;
  const { policy, now } = first;
  const moment = { policy, now, absences: await openAbsences(context.db, now) };
  const recipient = standings.find((asking) => mayKnowRequest(request, asking, moment));
  if (mail.kind === "ended" && recipient === undefined)
    return overMail({ request: request.handle, state: stateAt(request, now) });
  if (recipient === undefined) return undefined;
  const catalog = governedCatalog(context.catalog.withViews(), (entry) => mayKnow(recipient, entry));
  const presented = () => presentRequest({ catalog }, { asking: recipient, moment }, request);
  if (mail.kind === "ended") return endedMail(await presented());
  if (stateAt(request, now) !== "pending" || !isApprover(request, recipient, moment)) return undefined;
  const links = await linksFor(context, settings, { request, mail });
  const shown = { ...links, user: recipient.principal.name };
  return decisionMail(await presented(), shown, mail.kind === "reminder");
}

interface ShareEvent {
  readonly id: string;
  readonly about: string;
}

/**
 * Undefined if it is no longer so: a share that was to end has another end now, or is over. Nor for somebody who has nothing
 * to do with the share any more.
 */
async function writtenAboutShare(
  context: Context,
  standings: readonly Asking[],
  { id, about }: ShareEvent,
): Promise<WrittenMail | undefined> {
  const { db } = context;
  const share = await findShare(db, id, Date.now());
  const asking = await firstThatKnows(context, standings, share);
  if (asking === undefined) return undefined;
  const { state } = share;
  const isNear = (share.row.valid_until?.getTime() ?? Infinity) - asking.now <= 7 * 86_400_000;
  if (about === invited ? state !== "awaiting_acceptance" : !isStillSo({ about, state, isNear })) return undefined;
  const labelOf = await itemLabels(db);
  return shareMail(presentShare(asking, share, { gives: false, receives: false, labelOf }), about);
}

async function firstThatKnows(
  context: Context,
  standings: readonly Asking[],
  share: Share,
): Promise<Asking | undefined> {
  for (const asking of standings)
    if ((await shareStandings(context, asking, [share]))(share) !== undefined) return asking;
  return undefined;
}

interface Told {
  readonly about: string;
  readonly state: string;
  readonly isNear: boolean;
}

function isStillSo({ about, state, isNear }: Told): boolean {
  return about === "share.ending" ? state !== "expired" && isNear : about.endsWith(`.${state}`);
}

/** Somebody in each of their accounts, because they may know something in one that they may not in another; none if they may not sign in. */
async function standingsOf({ policies }: Context, id: string): Promise<readonly Asking[]> {
  const policy = await policies.current();
  const now = Date.now();
  const own = policy.principals.get(id);
  if (own === undefined || !own.isActive) return [];
  const person = { kind: "user", id, name: own.name, role: "none", mustChangePassword: false } as const;
  const accountIds: readonly (string | undefined)[] = accountsFor(policy, id, now);
  return (accountIds.length === 0 ? [undefined] : accountIds).map((accountId) =>
    askingOf(policy, { ...person, accountId }, now),
  );
}

interface MailOfRequest {
  readonly request: ShareRequest;
  readonly mail: TakenMail;
}

async function linksFor({ db }: Context, { publicUrl }: MailSettings, { request, mail }: MailOfRequest) {
  const expiresAt = new Date(Math.min(Date.now() + linkLifeMs, request.decideBy ?? Infinity));
  const { principalId } = mail;
  const link = { requestId: request.id, round: request.round, principalId, expiresAt };
  const urlOf = async (verdict: "approve" | "deny") =>
    `${publicUrl}/decide/${await makeLink(db, { ...link, verdict })}`;
  return { approve: await urlOf("approve"), deny: await urlOf("deny"), expiresAt };
}
