/** Schemas that operations on people, groups, roles and accounts share, and the resources that they are about. */
import { z } from "zod";
import type { AttributeChanges } from "../../identity/attributes.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { ownAccount, type Resource } from "../../governance/resource.ts";
import type { Member } from "../../identity/memberships.ts";
import { roles } from "../../identity/principal.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import type { Tombstone } from "../../identity/principals.ts";
import { count, instant, list, texts } from "../answers.ts";
import { ownAccountName } from "../scope.ts";

export const principalName = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,62}$/, "a name has lower-case letters, digits and . _ -, and begins with a letter");

/** In lists and in the audit log, this is the owner of the data directory. */
export const notLocal: [(name: string) => boolean, string] = [
  (name) => name.toLowerCase() !== "local",
  "local means the owner of the data directory",
];

/** Nobody can take one name for another: no letters of other scripts, and nothing that is not seen. */
export const keyName = z
  .string()
  .regex(
    /^[a-zA-Z0-9](?:[a-zA-Z0-9 ._:@/+-]{0,98}[a-zA-Z0-9])?$/,
    "the name of a key has letters (a to z), digits, spaces and . _ : @ / + -, and begins and ends with a letter or a digit",
  )
  .refine(...notLocal);

/** A unit by its path from the root: `europe/romania`. */
export const unitPath = z
  .string()
  .max(500)
  .regex(
    /^[a-z][a-z0-9._-]{0,62}(?:\/[a-z][a-z0-9._-]{0,62})*$/,
    "a unit is a path such as europe/romania: names of lower-case letters, digits and . _ -, each beginning with a letter",
  );

/** A row filter names the groups of its reader so. */
const reservedAttribute = "groups";

const attributeName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,62}$/,
    "the name of an attribute has lower-case letters, digits and _, and begins with a letter",
  )
  .refine((name) => name !== reservedAttribute, `${reservedAttribute} is not free to use`);

const attributeText = z.string().min(1).max(500);

export const givenAttributes = z.record(attributeName, attributeText);

export const attributeChanges: z.ZodType<AttributeChanges> = z
  .record(attributeName, attributeText.nullable())
  .describe("Texts by name, such as country; null removes one.");

export const role = z.enum(roles);

export const newUser = z.strictObject({
  name: principalName.refine(...notLocal),
  role: role.default("none"),
  account: z
    .string()
    .optional()
    .describe("The account that they become a member of; by default the one in which the caller acts."),
  attributes: attributeChanges.optional(),
});

export const attributes = z.record(z.string(), z.string());

export const falls = z
  .strictObject({
    grants: texts.describe("Grants that end: SELECT on shop.orders."),
    grantsToOthers: texts.describe("Grants to others that are made by their right and no longer count."),
    memberOf: texts.describe("Groups, roles and accounts that they are a member of."),
    members: texts,
    answersFor: texts.describe(
      "The things that they answer for, where a gap stays until somebody else is named: owner of shop.orders.",
    ),
    sessions: count,
  })
  .meta({ title: "Falls" });

export const removal = z.strictObject({
  removed: z.string().nullable().describe("Null if it was only planned."),
  falls: falls.optional().describe("Given if it was only planned: what would end, too."),
});

export type Removal = z.infer<typeof removal>;

export const presentedMember = z.strictObject({
  member: z.string().describe("ann, group:analysts or key:nightly."),
  from: instant.nullable(),
  until: instant.nullable(),
  valid: z.boolean().describe("Whether they are a member now."),
});

export function presentMember(member: Member): z.infer<typeof presentedMember> {
  return {
    member: principalLabel(member),
    from: member.from?.toISOString() ?? null,
    until: member.until?.toISOString() ?? null,
    valid: member.isValid,
  };
}

export const tombstones = list(z.strictObject({ name: z.string(), createdAt: instant, removedAt: instant }));

export function presentTombstone({ name, createdAt, removedAt }: Tombstone): z.infer<typeof tombstones>[number] {
  return { name, createdAt: createdAt.toISOString(), removedAt: removedAt.toISOString() };
}

/** For somebody who administers the account; by default the one in which they act. */
export function inAccount(account: string | undefined): Resource {
  return account === undefined ? ownAccount : { kind: "account", name: account };
}

/** The account of which a list tells if none is named; undefined, for everything, to those who administer the lake. */
export function listedAccount(asking: Asking, account: string | undefined): string | undefined {
  if (account !== undefined || decideFor(asking, "administer", { kind: "lake" }).allowed) return account;
  return ownAccountName(asking);
}
