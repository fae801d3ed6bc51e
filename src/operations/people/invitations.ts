/** Operations on invitations: people who get their first password by e-mail. */
import { z } from "zod";
import { inPolicyChange } from "../../db/policy-change.ts";
import { personInvitationStates } from "../../db/person-invitation-rows.ts";
import { authorOf } from "../../identity/principal.ts";
import {
  endInvitation,
  invitePerson,
  listInvitations,
  notInvited,
  type ListedInvitation,
} from "../../identity/person-invitations.ts";
import { getUser, inviteUser } from "../../identity/users.ts";
import { instant, list } from "../answers.ts";
import type { Context } from "../context.ts";
import { mailAddress } from "../mail-address.ts";
import { operation } from "../operation.ts";
import { ownAccountName } from "../scope.ts";
import { mailSettings } from "../send-mail.ts";
import { inAccount, newUser } from "./people-schemas.ts";

const invited = z.strictObject({ user: z.string(), address: z.string() });

export const userInvite = operation({
  name: "user.invite",
  summary: "Add a user who gets a one-time password by e-mail, which ends after seven days",
  action: "administer",
  input: newUser.extend({ address: mailAddress }),
  output: invited,
  errors: ["NAME_TAKEN", "ACCOUNT_NOT_FOUND", "SETTING_INVALID"],
  resources: ({ account }) => [inAccount(account)],
  async run({ db, config }, user, { asking, principal, record }) {
    const account = user.account ?? ownAccountName(asking);
    record({ about: [{ kind: "user", name: user.name }], ...user, account, isSelfGrant: false });
    mailSettings(config);
    await inviteUser(db, { ...user, account, by: authorOf(principal) });
    return { user: user.name, address: user.address };
  },
});

const named = z.strictObject({ name: z.string() });

export const userInviteAgain = operation({
  name: "user.invite-again",
  summary: "Send somebody who was invited another one-time password; the earlier one no longer works",
  action: "administer",
  input: named.extend({ address: mailAddress.optional().describe("By default the one of the latest invitation.") }),
  output: invited,
  errors: ["USER_NOT_FOUND", "INVITATION_NOT_FOUND", "SETTING_INVALID"],
  resources: ({ name }) => [{ kind: "user", name }],
  async run({ db, config }, { name, address: given }, { principal, record }) {
    mailSettings(config);
    return inPolicyChange(db, async (transaction) => {
      const latest = await latestOf(transaction, name);
      if (latest.state === "accepted") throw notInvited(name);
      const address = given ?? latest.address;
      record({ address });
      await invitePerson(transaction, { userId: latest.userId, address, by: authorOf(principal) });
      return { user: name, address };
    });
  },
});

/** Throws USER_NOT_FOUND, INVITATION_NOT_FOUND. */
async function latestOf(db: Context["db"], name: string): Promise<ListedInvitation> {
  const { id } = await getUser(db, name);
  const latest = (await listInvitations(db)).find(({ userId }) => userId === id);
  if (latest === undefined) throw notInvited(name);
  return latest;
}

export const userWithdrawInvitation = operation({
  name: "user.withdraw-invitation",
  summary: "End an invitation: the password that was sent no longer works; the user stays",
  action: "administer",
  input: named,
  output: invited,
  errors: ["USER_NOT_FOUND", "INVITATION_NOT_FOUND"],
  resources: ({ name }) => [{ kind: "user", name }],
  run: ({ db }, { name }) =>
    inPolicyChange(db, async (transaction) => {
      const { id } = await getUser(transaction, name);
      const address = await endInvitation(transaction, id, "withdrawn");
      if (address === undefined) throw notInvited(name);
      return { user: name, address };
    }),
});

export const userInvitations = operation({
  name: "user.invitations",
  summary: "List the latest invitation of each user, for whoever administers the lake",
  action: "administer",
  changes: false,
  input: z.strictObject({}),
  output: z.strictObject({
    invitations: list(
      invited.extend({
        state: z
          .enum([...personInvitationStates, "expired"])
          .describe("waiting for the mail to be sent, sent, failed to be sent, or how it ended."),
        madeAt: instant,
        expiresAt: instant.nullable().describe("When the password of the latest mail ends."),
        failure: z.string().nullable().describe("Why the mail could not be sent the last time."),
      }),
    ),
  }),
  errors: [],
  async run({ db }) {
    const invitations = await listInvitations(db);
    return {
      invitations: invitations.map(({ userId: _id, madeAt, expiresAt, ...shown }) => ({
        ...shown,
        madeAt: madeAt.toISOString(),
        expiresAt: expiresAt?.toISOString() ?? null,
      })),
    };
  },
});
