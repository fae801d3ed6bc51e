/** Operations on identities: who somebody of an identity provider is here; and on authenticators of others. */
import { z } from "zod";
import { HeadgateError } from "../../errors.ts";
import { organisation } from "../../governance/resource.ts";
import { removeAuthenticator } from "../../identity/codes/authenticators.ts";
import { authorOf } from "../../identity/principal.ts";
import { findIdentity, linkIdentity, listIdentities, unlinkIdentity } from "../../identity/providers/identities.ts";
import { getProvider, listProviders } from "../../identity/providers/providers.ts";
import { endSessionsOf } from "../../identity/sessions.ts";
import { getUser } from "../../identity/users.ts";
import { instant, list } from "../answers.ts";
import { operation } from "../operation.ts";

const subject = z
  .string()
  .min(1)
  .max(255)
  .describe("The value of the provider's claim that never changes; not an e-mail address.");
const link = z.strictObject({ user: z.string(), provider: z.string(), subject });

export const identityList = operation({
  name: "identity.list",
  summary: "List who people of identity providers are here",
  action: "administer",
  changes: false,
  input: z.strictObject({ user: z.string().optional() }),
  output: z.strictObject({
    identities: list(
      z
        .strictObject({
          user: z.string(),
          provider: z.string().nullable().describe("Null if no provider has this issuer any more."),
          issuer: z.string(),
          subject: z.string(),
          removed: z.boolean().describe("Whether the user was removed; then nobody signs in with it."),
          createdAt: instant,
          usedAt: instant.nullable(),
        })
        .meta({ title: "Identity" }),
    ),
  }),
  errors: ["USER_NOT_FOUND"],
  resources: ({ user }) => [user === undefined ? organisation : { kind: "user", name: user }],
  async run({ db }, { user }) {
    const id = user === undefined ? undefined : (await getUser(db, user)).id;
    const names = new Map((await listProviders(db)).map(({ issuer, name }) => [issuer, name]));
    return {
      identities: (await listIdentities(db, id)).map((identity) => ({
        user: identity.user,
        provider: names.get(identity.issuer) ?? null,
        issuer: identity.issuer,
        subject: identity.subject,
        removed: identity.isRemoved,
        createdAt: identity.createdAt.toISOString(),
        usedAt: identity.usedAt?.toISOString() ?? null,
      })),
    };
  },
});

export const identityLink = operation({
  name: "identity.link",
  summary: "Let somebody whom an identity provider names sign in as a user who exists",
  action: "administer",
  input: link,
  output: z.strictObject({ linked: z.string() }),
  errors: ["USER_NOT_FOUND", "PROVIDER_NOT_FOUND", "IDENTITY_TAKEN"],
  resources: ({ user }) => [organisation, { kind: "user", name: user }],
  async run({ db }, { user, provider, subject: of }, { principal, record }) {
    record({ about: [{ kind: "user", name: user }], provider, subject: of });
    const [{ id }, { issuer }] = [await getUser(db, user), await getProvider(db, provider)];
    await linkIdentity(db, { issuer, subject: of, userId: id, by: authorOf(principal) });
    return { linked: user };
  },
});

export const identityUnlink = operation({
  name: "identity.unlink",
  summary: "End the link of an identity, and the sessions that were opened with it",
  action: "administer",
  input: z.strictObject({ provider: z.string(), subject }),
  output: z.strictObject({ unlinked: z.string().describe("The user, who may have been removed.") }),
  errors: ["PROVIDER_NOT_FOUND", "IDENTITY_NOT_FOUND"],
  resources: () => [organisation],
  async run({ db }, { provider, subject: of }, { record }) {
    const { issuer } = await getProvider(db, provider);
    const found = await findIdentity(db, { issuer, subject: of });
    if (found === undefined) throw new HeadgateError("IDENTITY_NOT_FOUND", { place: of });
    record({ about: [{ kind: "user", name: found.user }], provider, subject: of });
    await unlinkIdentity(db, { issuer, subject: of, userId: found.userId });
    return { unlinked: found.user };
  },
});

export const authenticatorForget = operation({
  name: "authenticator.forget",
  summary: "Take a user's authenticator and recovery codes away, for somebody who has lost them; their sessions end",
  action: "administer",
  input: z.strictObject({ user: z.string() }),
  output: z.strictObject({ user: z.string() }),
  errors: ["USER_NOT_FOUND", "AUTHENTICATOR_NOT_FOUND"],
  resources: ({ user }) => [{ kind: "user", name: user }],
  async run({ db }, { user }, { record }) {
    record({ about: [{ kind: "user", name: user }] });
    const { id } = await getUser(db, user);
    if (!(await removeAuthenticator(db, id)))
      throw new HeadgateError("AUTHENTICATOR_NOT_FOUND", {
        place: user,
        message: `${user} has no authenticator`,
        remedy: "there is nothing to take away: their password needs no code",
      });
    await endSessionsOf(db, id);
    return { user };
  },
});
