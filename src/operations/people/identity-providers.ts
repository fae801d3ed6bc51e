/** Operations on the identity providers with which people may sign in. */
import { z } from "zod";
import { organisation } from "../../governance/resource.ts";
import { checkSettings } from "../../identity/providers/check-settings.ts";
import {
  addProvider,
  changeProvider,
  getProvider,
  listProviders,
  removeProvider,
  type Provider,
} from "../../identity/providers/providers.ts";
import { usualSettings, type ProviderSettings } from "../../identity/providers/settings.ts";
import type { Context } from "../context.ts";
import { count, instant, list } from "../answers.ts";
import { operation } from "../operation.ts";
import { principalName } from "./people-schemas.ts";
import { givenSettings, shownSettings, type GivenSettings } from "./provider-settings.ts";

const clientSecret = z
  .string()
  .min(1)
  .max(1_000)
  .optional()
  .describe("Kept encrypted, and never shown again. A client without one relies on PKCE.");

const found = z.strictObject({ provider: z.string(), hasSignOut: z.boolean() });

export const identityProviderAdd = operation({
  name: "identity-provider.add",
  summary: "Add an identity provider (OpenID Connect) with which people may sign in; it is asked whether it is one",
  action: "administer",
  input: z.strictObject({
    name: principalName.describe("As in the address to which the provider returns: /sign-in/return/<name>."),
    issuer: givenSettings.shape.issuer,
    clientId: givenSettings.shape.clientId,
    clientSecret,
    ...givenSettings.omit({ issuer: true, clientId: true }).partial().shape,
  }),
  output: found,
  errors: ["NAME_TAKEN", "PROVIDER_INVALID", "PROVIDER_UNREACHABLE", "ACCOUNT_NOT_FOUND", "GROUP_NOT_FOUND"],
  resources: () => [organisation],
  async run(context, { name, clientSecret: secret, ...given }, { record }) {
    record({ about: [{ kind: "identity provider", name }], ...given });
    const settings = { ...usualSettings, title: name, ...present(given) };
    await addProvider(context, { name, settings, clientSecret: secret });
    return checked(context, name, () => removeProvider(context.db, name));
  },
});

/** Leaves out what is not there, so that it is not written over what is usual. */
function present<Given extends object>(given: Given): { [Key in keyof Given]: Exclude<Given[Key], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}

/** A provider that does not answer as one is not left behind. */
async function checked(context: Context, name: string, undo: () => Promise<unknown>): Promise<z.infer<typeof found>> {
  try {
    const { hasSignOut } = await context.providers.check(await getProvider(context.db, name));
    return { provider: name, hasSignOut };
  } catch (failure) {
    await undo();
    throw failure;
  }
}

export const identityProviderSet = operation({
  name: "identity-provider.set",
  summary:
    "Change the settings of an identity provider; those that are not named stay. Another issuer, client or subject claim, or a further requirement, ends its sessions",
  action: "administer",
  input: z.strictObject({ name: z.string(), clientSecret: clientSecret.nullable(), ...givenSettings.partial().shape }),
  output: found.extend({ sessions: count.describe("Those that ended.") }),
  errors: ["PROVIDER_NOT_FOUND", "PROVIDER_INVALID", "PROVIDER_UNREACHABLE", "ACCOUNT_NOT_FOUND", "GROUP_NOT_FOUND"],
  resources: () => [organisation],
  async run(context, { name, clientSecret: secret, ...given }, { record }) {
    record({ about: [{ kind: "identity provider", name }], ...given, secretChanged: secret !== undefined });
    const before = await getProvider(context.db, name);
    const settings: ProviderSettings = { ...settingsOf(before), ...present(given) };
    checkSettings({ name, settings });
    const { hasSignOut } = await context.providers.check({ ...before, ...settings });
    const sessions = await changeProvider(context, { name, settings, clientSecret: secret });
    record({ sessions });
    return { provider: name, hasSignOut, sessions };
  },
});

function settingsOf(provider: Provider): GivenSettings {
  const { title, issuer, clientId, scopes, subjectClaim, nameClaim, account } = provider;
  const { createsUsers, required, groupsClaim, groups, attributes, provisionedAttributes } = provider;
  const who = { title, issuer, clientId, scopes: [...scopes], subjectClaim, nameClaim, account };
  return { ...who, createsUsers, required, groupsClaim, groups, attributes, provisionedAttributes };
}

export const identityProviderList = operation({
  name: "identity-provider.list",
  summary: "List the identity providers and their settings, without their secrets",
  action: "administer",
  changes: false,
  input: z.strictObject({}),
  output: z.strictObject({
    providers: list(
      shownSettings.extend({ name: z.string(), hasSecret: z.boolean(), createdAt: instant }).meta({
        title: "IdentityProvider",
      }),
    ),
  }),
  errors: [],
  resources: () => [organisation],
  async run({ db }) {
    return {
      providers: (await listProviders(db)).map((provider) => ({
        name: provider.name,
        ...settingsOf(provider),
        hasSecret: provider.clientSecret !== null,
        createdAt: provider.createdAt.toISOString(),
      })),
    };
  },
});

export const identityProviderRemove = operation({
  name: "identity-provider.remove",
  summary:
    "Remove an identity provider; its sessions, and the group memberships and attributes that it gave, end at once",
  action: "administer",
  input: z.strictObject({ name: z.string() }),
  output: z.strictObject({ removed: z.string(), sessions: count.describe("Those that ended.") }),
  errors: ["PROVIDER_NOT_FOUND"],
  resources: () => [organisation],
  async run({ db }, { name }, { record }) {
    record({ about: [{ kind: "identity provider", name }] });
    return { removed: name, sessions: await removeProvider(db, name) };
  },
});
