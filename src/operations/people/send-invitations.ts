/**
 * Sends the mails by which people are invited, each with a one-time password that is made for this very mail. A mail that
 * cannot be sent is tried again later with another password.
 * Invariant: a password is in the mail and nowhere else, neither in the log nor in the audit log.
 */
import { messageOf } from "../../base/thrown.ts";
import {
  markFailed,
  markSent,
  passwordFor,
  takeInvitation,
  type SentPassword,
  type TakenInvitation,
} from "../../identity/person-invitations.ts";
import type { Context } from "../context.ts";
import { sendMail, type Mail, type MailSettings } from "../send-mail.ts";

/** Sends all that can be sent now. Returns how many were sent, and how many failed. */
export async function sendInvitations(
  { db }: Pick<Context, "db">,
  settings: MailSettings,
): Promise<{ readonly sent: number; readonly failed: number }> {
  let [sent, failed] = [0, 0];
  for (let taken = await takeInvitation(db); taken !== undefined; taken = await takeInvitation(db))
    if (await sendOne({ db }, settings, taken)) sent++;
    else failed++;
  return { sent, failed };
}

async function sendOne({ db }: Pick<Context, "db">, settings: MailSettings, taken: TakenInvitation): Promise<boolean> {
  try {
    const password = await passwordFor(db, taken);
    if (password !== undefined) await sendMail(settings, invitationMail(settings, taken, password));
    await markSent(db, taken.id);
    return true;
  } catch (failure) {
    await markFailed(db, taken, messageOf(failure).slice(0, 500));
    return false;
  }
}

function invitationMail(
  { publicUrl }: Pick<MailSettings, "publicUrl">,
  { user, accounts, address, by }: TakenInvitation,
  { password, expiresAt }: SentPassword,
): Mail {
  const end = `${expiresAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const text = [
    `${by ?? "The owner of this Headgate"} invites you to Headgate at ${publicUrl}.`,
    "",
    `User: ${user}`,
    `One-time password: ${password}`,
    ...(accounts.length === 0 ? [] : [`Account: ${accounts.join(", ")}`]),
    "",
    `Sign in at ${publicUrl}/sign-in?user=${encodeURIComponent(user)} and choose a password of your own. Before that, nothing else works.`,
    `On the command line: headgate sign-in ${user} --server ${publicUrl}`,
    `The one-time password works until ${end}, and until you have chosen your own.`,
    "",
    "If you do not know why you got this mail, nothing needs to be done.",
  ];
  const headers = { "Auto-Submitted": "auto-generated" };
  return { to: address, subject: "You are invited to Headgate", text: text.join("\n"), headers };
}
