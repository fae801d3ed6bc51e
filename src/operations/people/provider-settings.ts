/** Schemas of the settings of an identity provider, as operations and headgate.yaml have them. */
import { z } from "zod";
import { givenAttributes, principalName } from "./people-schemas.ts";

const claim = z.string().min(1).max(200);
const text = z.string().min(1).max(300);

export const givenSettings = z.strictObject({
  title: z.string().min(1).max(60).describe("The text on the button of the sign-in page; by default the name."),
  issuer: text.describe("Exactly as the provider writes it."),
  clientId: text.describe("The name of Headgate at the provider."),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))
    .max(50)
    .describe("By default openid, profile, email."),
  subjectClaim: z
    .enum(["sub", "oid"])
    .describe("The claim that says for ever who somebody is: sub, or oid for Entra ID if it also provisions."),
  nameClaim: claim.describe("The claim from which the name of a new user is made; by default preferred_username."),
  account: z.string().describe("The account of the users that it makes; by default main."),
  createsUsers: z
    .boolean()
    .describe("Whether somebody who signs in for the first time becomes a user; by default not."),
  required: z.record(claim, text).describe("Claims, and their values, without which nobody is let in."),
  groupsClaim: claim.nullable().describe("The claim whose values stand for groups; a part is written with a dot."),
  groups: z.record(text, principalName).describe("By value of that claim: the group that it stands for."),
  attributes: givenAttributes.describe("By attribute of users: the claim that it comes from."),
  provisionedAttributes: givenAttributes.describe(
    "By attribute of users: the part of a provisioned user (SCIM) that it comes from, such as userType.",
  ),
});

export type GivenSettings = z.infer<typeof givenSettings>;

export const shownSettings = z.strictObject({
  ...givenSettings.shape,
  groups: z.record(z.string(), z.string()),
  attributes: z.record(z.string(), z.string()),
  provisionedAttributes: z.record(z.string(), z.string()),
});
