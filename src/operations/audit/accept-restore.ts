/**
 * Takes a metadata database that was restored from a backup into use. Whatever could have been used up, ended or replaced
 * since the backup, and would count again without anybody seeing it, ends here; grants and members are left to people,
 * because nobody can know which of them were meant.
 * Invariant: the restore is accepted in the last transaction, so one that stops before is done again.
 */
import { sql, type Kysely, type Transaction } from "kysely";
import { z } from "zod";
import { chainDigest } from "../../audit/verify-chain.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { accountLakes } from "../../catalog/account-lakes.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import type { Tables } from "../../db/tables.ts";
import { machine } from "../../governance/resource.ts";
import { listAccounts } from "../../identity/accounts.ts";
import { count, texts } from "../answers.ts";
import { operation } from "../operation.ts";
import type { Silos } from "../silos/silos.ts";

const ended = {
  sessions: count,
  signIns: count.describe("Sign-ins that had begun at an identity provider."),
  invitations: count.describe("Invitations of people whose one-time password had not been changed."),
  oneTimePasswords: count.describe("Passwords that had to be changed at the next sign-in; `user reset` gives others."),
  recoveryCodes: count.describe("A new authenticator comes with others."),
  mailLinks: count.describe("Links in mails to approvers that nobody had used."),
  mailCodes: count.describe("Codes for addresses that had not been confirmed."),
  keys: count.describe("API keys, if that was asked for."),
};

const output = z.strictObject({
  ...ended,
  rotated: texts.describe("Accounts whose files are encrypted with a new key from now on."),
});

type Ended = Readonly<Record<keyof typeof ended, number>>;

export const auditAcceptRestore = operation({
  name: "audit.accept-restore",
  summary:
    "Take a metadata database that was restored from a backup into use: end its sessions, one-time passwords, codes and links, and rotate the keys of accounts",
  action: "administer",
  input: z.strictObject({
    endKeys: z.boolean().default(false).describe("Whether to end every API key as well."),
  }),
  output,
  errors: ["SECRET_KEY_MISMATCH"],
  resources: () => [machine],
  async run({ db, silos, audit }, { endKeys }, { record }) {
    await audit.written();
    const rotated = await rotateKeys(db, silos);
    const done = await inPolicyChange(db, async (transaction) => {
      const answer = { ...(await endWhatCountsAgain(transaction)), keys: endKeys ? await endAllKeys(transaction) : 0 };
      const { sequence } = await chainDigest(transaction);
      await transaction
        .insertInto("accepted_restores")
        .values({ id: uuidv7(), after_sequence: BigInt(sequence) })
        .execute();
      return answer;
    });
    record({ ...done, rotated });
    return { ...done, rotated };
  },
});

/** A key that was replaced since the backup encrypts nothing any more. */
async function rotateKeys(db: Kysely<Tables>, silos: Pick<Silos, "rotateKey">): Promise<string[]> {
  const encrypted = new Set((await accountLakes(db)).filter((lake) => lake.encrypted).map((lake) => lake.account_id));
  const names = (await listAccounts(db)).filter(({ id }) => encrypted.has(id)).map(({ name }) => name);
  for (const name of names) await silos.rotateKey(name, undefined);
  return names;
}

async function endWhatCountsAgain(transaction: Transaction<Tables>): Promise<Omit<Ended, "keys">> {
  const counted = async (statement: ReturnType<typeof sql>): Promise<number> =>
    Number((await statement.execute(transaction)).numAffectedRows ?? 0n);
  return {
    sessions: await counted(sql`delete from sessions`),
    signIns: await counted(sql`delete from begun_sign_ins`),
    invitations: await counted(sql`update person_invitations set state = 'withdrawn', ended_at = clock_timestamp()
      where state in ('waiting', 'sent', 'failed')`),
    oneTimePasswords: await counted(sql`update users set password_hash = null, password_expires_at = null
      where must_change and password_hash is not null`),
    recoveryCodes: await counted(sql`delete from recovery_codes`),
    mailLinks: await counted(sql`update decision_links set used_at = clock_timestamp() where used_at is null`),
    mailCodes: await counted(sql`update mail_subscriptions set ended_at = clock_timestamp()
      where confirmed_at is null and ended_at is null`),
  };
}

async function endAllKeys(transaction: Transaction<Tables>): Promise<number> {
  const now = sql<Date>`clock_timestamp()`;
  const { numUpdatedRows } = await transaction
    .updateTable("api_keys")
    .set({ expires_at: now })
    .where(({ eb, or }) => or([eb("expires_at", "is", null), eb("expires_at", ">", now)]))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
