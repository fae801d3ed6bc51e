/** Operations on API keys. */
import { z } from "zod";
import { createKey, listKeys, revokeKey } from "../../identity/api-keys.ts";
import { HeadgateError } from "../../errors.ts";
import { organisation } from "../../governance/resource.ts";
import { authorOf, personOf, roles, type Principal } from "../../identity/principal.ts";
import { instant, list } from "../answers.ts";
import { givenInstant } from "../given-instant.ts";
import { operation } from "../operation.ts";
import { ownAccountName } from "../scope.ts";
import { attributeChanges, attributes, falls, inAccount, keyName, listedAccount } from "./people-schemas.ts";

export const keyCreate = operation({
  name: "key.create",
  summary: "Create an API key for a program; the answer is the only place where the key is shown",
  action: "administer",
  input: z.strictObject({
    name: keyName,
    role: z.enum(roles).default("none"),
    expiresAt: givenInstant.optional(),
    account: z
      .string()
      .optional()
      .describe("The account that it belongs to; by default the one in which the caller acts."),
    attributes: attributeChanges.optional(),
    owner: z
      .string()
      .nullable()
      .optional()
      .describe("The user with whom the key ends; by default the user who makes it. Null: it ends with nobody."),
    provisions: z
      .string()
      .optional()
      .describe("An identity provider, whose people it may provision in its account, and nothing else."),
  }),
  output: z.strictObject({ name: z.string(), role: z.enum(roles), key: z.string().describe("Shown only this once.") }),
  errors: ["NAME_TAKEN", "ACCOUNT_NOT_FOUND", "USER_NOT_FOUND", "PROVIDER_NOT_FOUND"],
  // Whoever provisions says who people of the provider are, which is a matter of all accounts.
  resources: ({ account, provisions, owner }) => [
    inAccount(account),
    ...(provisions === undefined ? [] : [organisation]),
    ...(owner === undefined || owner === null ? [] : [{ kind: "user", name: owner } as const]),
  ],
  async run({ db }, { expiresAt, ...key }, { asking, principal, record }) {
    const { name, role, account = ownAccountName(asking) } = key;
    if (key.provisions !== undefined && role !== "none")
      throw new HeadgateError("USAGE", { place: name, message: "a key for provisioning has no role" });
    const owner = ownerOf(key, principal);
    record({
      about: [{ kind: "key", name }],
      role,
      account,
      attributes: key.attributes,
      expiresAt,
      owner,
      provisions: key.provisions,
    });
    const end = expiresAt === undefined ? undefined : new Date(expiresAt);
    return {
      name,
      role,
      key: await createKey(db, { ...key, owner, account, expiresAt: end, by: authorOf(principal) }),
    };
  },
});

/** Whoever makes a key has seen it, so it ends with them; but provisioning must go on. */
function ownerOf(
  { owner, provisions }: { owner?: string | null | undefined; provisions?: string | undefined },
  by: Principal,
) {
  if (owner !== undefined) return owner ?? undefined;
  const person = personOf(by);
  return person.kind === "user" && provisions === undefined ? person.name : undefined;
}

export const keyList = operation({
  name: "key.list",
  summary: "List the API keys and when each was last used",
  action: "administer",
  changes: false,
  input: z.strictObject({ account: z.string().optional().describe("Only its keys.") }),
  output: z.strictObject({
    keys: list(
      z.strictObject({
        name: z.string(),
        role: z.enum(roles),
        createdAt: instant,
        usedAt: instant.nullable(),
        expiresAt: instant.nullable(),
        account: z.string(),
        attributes,
        owner: z.string().nullable().describe("The user with whom it ends."),
        provisions: z.string().nullable().describe("The identity provider whose people it provisions."),
      }),
    ),
  }),
  errors: ["ACCOUNT_NOT_FOUND"],
  resources: ({ account }) => [inAccount(account)],
  async run({ db }, { account }, { asking }) {
    const keys = await listKeys(db, listedAccount(asking, account));
    return {
      keys: keys.map((key) => ({
        name: key.name,
        role: key.role,
        createdAt: key.createdAt.toISOString(),
        usedAt: key.usedAt?.toISOString() ?? null,
        expiresAt: key.expiresAt?.toISOString() ?? null,
        account: key.account,
        attributes: key.attributes,
        owner: key.owner,
        provisions: key.provider,
      })),
    };
  },
});

export const keyRevoke = operation({
  name: "key.revoke",
  summary: "Revoke an API key immediately",
  action: "administer",
  input: z.strictObject({
    name: z.string(),
    plan: z.boolean().optional().describe("Only tell what would end with the key."),
  }),
  output: z.strictObject({
    revoked: z.string().nullable().describe("Null if it was only planned."),
    falls: falls.optional().describe("Given if it was only planned: what would end, too."),
  }),
  errors: ["API_KEY_NOT_FOUND"],
  resources: ({ name }) => [{ kind: "key", name }],
  async run({ db }, { name, plan = false }, { principal, record }) {
    record({ plan });
    const end = await revokeKey(db, { name, by: authorOf(principal), isPlan: plan });
    return plan ? { revoked: null, falls: end } : { revoked: name };
  },
});
