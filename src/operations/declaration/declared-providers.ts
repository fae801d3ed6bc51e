/** The part of headgate.yaml about identity providers. */
import { z } from "zod";
import type { Provider, PutProvider } from "../../identity/providers/providers.ts";
import { usualSettings } from "../../identity/providers/settings.ts";
import { principalName } from "../people/people-schemas.ts";
import { givenSettings } from "../people/provider-settings.ts";

const { title, issuer, clientId, scopes, subjectClaim, nameClaim, account, required, attributes } = givenSettings.shape;

const declaredProvider = z.strictObject({
  title: title.optional(),
  issuer,
  client_id: clientId,
  client_secret: z
    .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })])
    .optional()
    .describe(
      "where the secret is: an environment variable, or the first line of a file; without it, the stored one stays",
    ),
  scopes: scopes.optional(),
  subject_claim: subjectClaim.optional(),
  name_claim: nameClaim.optional(),
  account: account.optional(),
  create_users: z.boolean().default(false).describe("whether somebody who signs in for the first time becomes a user"),
  require: required.optional(),
  groups: z
    .strictObject({ claim: z.string().min(1), values: givenSettings.shape.groups })
    .optional()
    .describe("the claim whose values stand for groups, and the group of each value"),
  attributes: attributes.optional(),
  provisioned_attributes: givenSettings.shape.provisionedAttributes.optional(),
});

export const declaredProviders = z
  .record(principalName, declaredProvider)
  .default({})
  .describe("identity providers with which people may sign in, by name");

export type DeclaredProviders = z.infer<typeof declaredProviders>;
export type DeclaredProvider = DeclaredProviders[string];

export function settingsOf(name: string, declared: DeclaredProvider): PutProvider["settings"] {
  const { groups } = declared;
  return {
    title: declared.title ?? name,
    issuer: declared.issuer,
    clientId: declared.client_id,
    scopes: declared.scopes ?? usualSettings.scopes,
    subjectClaim: declared.subject_claim ?? usualSettings.subjectClaim,
    nameClaim: declared.name_claim ?? usualSettings.nameClaim,
    account: declared.account ?? usualSettings.account,
    createsUsers: declared.create_users,
    required: declared.require ?? {},
    groupsClaim: groups?.claim ?? null,
    groups: groups?.values ?? {},
    attributes: declared.attributes ?? {},
    provisionedAttributes: declared.provisioned_attributes ?? {},
  };
}

export function declaredOf(provider: Provider): DeclaredProvider {
  const { groupsClaim, groups, provisionedAttributes } = provider;
  return {
    title: provider.title,
    issuer: provider.issuer,
    client_id: provider.clientId,
    scopes: [...provider.scopes],
    subject_claim: provider.subjectClaim,
    name_claim: provider.nameClaim,
    account: provider.account,
    create_users: provider.createsUsers,
    require: provider.required,
    ...(groupsClaim === null ? {} : { groups: { claim: groupsClaim, values: groups } }),
    attributes: provider.attributes,
    ...(Object.keys(provisionedAttributes).length === 0 ? {} : { provisioned_attributes: provisionedAttributes }),
  };
}
