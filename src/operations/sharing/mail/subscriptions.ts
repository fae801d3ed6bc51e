/** Operations on mail about share requests: at which addresses somebody wants it, and what could not be sent. */
import { sql, type Selectable } from "kysely";
import { z } from "zod";
import { uuidv7 } from "../../../base/uuid.ts";
import { mailKinds, mailStates, type MailSubscriptionRow } from "../../../db/request-mail-rows.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { HeadgateError } from "../../../errors.ts";
import { visible } from "../../../governance/resource.ts";
import { personOf } from "../../../identity/principal.ts";
import { isAddress } from "../../../identity/person-invitations.ts";
import { digestOf, newToken } from "../../../identity/token.ts";
import { count, instant, list } from "../../answers.ts";
import type { Context } from "../../context.ts";
import { mailAddress } from "../../mail-address.ts";
import { operation } from "../../operation.ts";
import { mailSettings, sendMail } from "../../send-mail.ts";
import { personIdOf } from "../known-request.ts";
import type { Asking } from "../../../governance/asking.ts";
import { messageOf } from "../../../base/thrown.ts";

export const mailSubscribe = operation({
  name: "mail.subscribe",
  summary: "Have mails about requests sent to an address; a code goes there first, which confirms it",
  action: "watch",
  changes: true,
  input: z.strictObject({ address: mailAddress }),
  output: z.strictObject({
    address: z.string(),
    sent: z.boolean().describe("False for an address that is confirmed already."),
  }),
  errors: ["ALERT_NOT_SENT", "SETTING_INVALID"],
  resources: () => [visible],
  async run(context, { address: to }, { asking, record }) {
    record({ address: to });
    const principalId = personOrThrow(asking);
    const before = await subscriptionsOf(context.db, principalId, to);
    // One that is confirmed goes on; another code, which may never be sent, would end it.
    if (before.some((one) => one.isSame && isConfirmed(one))) return { address: to, sent: false };
    checkFew(before, asking.now);
    const code = newToken();
    await inTransaction(context.db, async (transaction) => {
      const same = sql<boolean>`principal_id = ${principalId}::uuid and ${isAddress(to)} and ended_at is null`;
      const ended = { ended_at: sql<Date>`clock_timestamp()` };
      await transaction.updateTable("mail_subscriptions").set(ended).where(same).execute();
      const row = { id: uuidv7(), principal_id: principalId, address: to, code_digest: digestOf(code) };
      await transaction.insertInto("mail_subscriptions").values(row).execute();
    });
    await sendCode(context, { to, code, name: personOf(asking.principal).name });
    return { address: to, sent: true };
  },
});

type Subscription = Selectable<MailSubscriptionRow>;

/** All that somebody ever had, and which of them are to an address. */
function subscriptionsOf(db: Context["db"], principalId: string, to: string) {
  const own = db.selectFrom("mail_subscriptions").where("principal_id", "=", principalId);
  return own.selectAll().select(isAddress(to).as("isSame")).execute();
}

function isConfirmed({ confirmed_at: at, ended_at: end }: Subscription): boolean {
  return at !== null && end === null;
}

const codesPerDay = 20;

/** Codes go to addresses that nobody has confirmed, so they must not become a flood of mails. Throws USAGE. */
function checkFew(before: readonly Subscription[], now: number): void {
  if (before.filter(({ made_at: at }) => now - at.getTime() < 86_400_000).length < codesPerDay) return;
  throw new HeadgateError("USAGE", {
    message: `${codesPerDay} codes were sent for you within a day`,
    remedy: "use the newest code of each address, or try again tomorrow",
  });
}

interface NewCode {
  readonly to: string;
  readonly code: string;
  /** The user who may confirm it. */
  readonly name: string;
}

async function sendCode({ config }: Context, { to, code, name }: NewCode): Promise<void> {
  const settings = mailSettings(config);
  const at = `--server ${settings.publicUrl}`;
  const text = [
    `The user ${name} of Headgate at ${settings.publicUrl} wants mails about requests for data to be sent to this address.`,
    "",
    `If that is you, confirm it: write the code ${code} under Settings at ${settings.publicUrl}/settings, or on a command line:`,
    "",
    `  headgate sign-in ${name} ${at}`,
    `  headgate request mail confirm ${code} ${at}`,
    "",
    "Otherwise nothing needs to be done.",
  ].join("\n");
  try {
    await sendMail(settings, { to, subject: "Headgate: confirm this address", text });
  } catch (cause) {
    throw new HeadgateError("ALERT_NOT_SENT", {
      place: new URL(settings.server).host,
      message: messageOf(cause),
      cause,
    });
  }
}

export const mailConfirm = operation({
  name: "mail.confirm",
  summary: "Confirm an address with the code that was sent to it",
  action: "watch",
  changes: true,
  input: z.strictObject({ code: z.string().min(1).max(200) }),
  output: z.strictObject({ address: z.string() }),
  errors: ["LINK_INVALID"],
  resources: () => [visible],
  async run({ db }, { code }, { asking, record }) {
    const found = await db
      .updateTable("mail_subscriptions")
      .set({ confirmed_at: sql<Date>`clock_timestamp()` })
      .where("principal_id", "=", personOrThrow(asking))
      .where("code_digest", "=", digestOf(code))
      .where("ended_at", "is", null)
      .where(sql<boolean>`made_at > clock_timestamp() - interval '7 days'`)
      .returning("address")
      .executeTakeFirst();
    if (found === undefined)
      throw new HeadgateError("LINK_INVALID", { message: "the code is not one that was sent for you" });
    record({ address: found.address });
    return found;
  },
});

export const mailUnsubscribe = operation({
  name: "mail.unsubscribe",
  summary: "Have no more mails about requests sent to an address",
  action: "watch",
  changes: true,
  input: z.strictObject({ address: mailAddress }),
  output: z.strictObject({ address: z.string(), ended: z.boolean() }),
  errors: [],
  resources: () => [visible],
  async run({ db }, { address: to }, { asking, record }) {
    record({ address: to });
    const { numUpdatedRows: ended } = await db
      .updateTable("mail_subscriptions")
      .set({ ended_at: sql<Date>`clock_timestamp()` })
      .where("principal_id", "=", personOrThrow(asking))
      .where(isAddress(to))
      .where("ended_at", "is", null)
      .executeTakeFirstOrThrow();
    return { address: to, ended: ended > 0n };
  },
});

function personOrThrow(asking: Asking): string {
  const own = personIdOf(asking);
  if (own !== undefined) return own;
  throw new HeadgateError("USAGE", {
    message: "the owner of the data directory has no mail",
    remedy: "sign in as a user",
  });
}

export const mailList = operation({
  name: "mail.list",
  summary: "List mails about requests that wait or could not be sent, for whoever administers the lake",
  action: "administer",
  changes: false,
  input: z.strictObject({ state: z.enum(mailStates).optional() }),
  output: z.strictObject({
    mails: list(
      z.strictObject({
        kind: z.enum(mailKinds),
        request: z.string().nullable().describe("Null for a share that was made without one."),
        share: z.string().nullable().describe("For a mail about a share."),
        address: z.string(),
        state: z.enum(mailStates),
        attempts: count,
        madeAt: instant,
        failure: z.string().nullable(),
      }),
    ),
  }),
  errors: [],
  async run({ db }, { state }) {
    const rows = await db
      .selectFrom("mail_outbox")
      .leftJoin("share_requests", "share_requests.id", "mail_outbox.request_id")
      .select([
        "mail_outbox.kind",
        "handle",
        "mail_outbox.share_id as share",
        "address",
        "mail_outbox.state",
        "attempts",
        "made_at",
        "failure",
      ])
      .$if(state !== undefined, (query) => query.where("mail_outbox.state", "=", state ?? "waiting"))
      .$if(state === undefined, (query) => query.where("mail_outbox.state", "in", ["waiting", "dead"]))
      .orderBy("made_at", "desc")
      .limit(1_000)
      .execute();
    return {
      mails: rows.map(({ handle: request, made_at: at, ...row }) => ({ request, madeAt: at.toISOString(), ...row })),
    };
  },
});
