/** A grant as people write it in headgate.yaml and in a set of grants: `{ to: ann, select: shop.orders }`. */
import { z } from "zod";
import { permissions, type Permission } from "../../governance/permission.ts";
import { givenInstant } from "../given-instant.ts";

export type PermissionWord = Lowercase<Permission>;

const text = z.string().min(1);
const oneOrMore = z.union([text, z.array(text).min(1)], { error: "write one name, or a list of names" });

const on = oneOrMore
  .optional()
  .describe("the things on which it is given: shop.orders, shop.*, database shop, source shop, account main, lake");

/** In the form of `givenInstant`, or a date, which is the beginning of that day in UTC. */
export const declaredMoment = z.union([z.iso.date(), givenInstant], {
  error: "write a date such as 2027-01-31, or a time with a zone such as 2027-01-31T18:00:00+02:00",
});

export const permissionWords = permissions.map((permission) => permission.toLowerCase() as PermissionWord);

export const declaredGrant = z
  .strictObject({
    to: oneOrMore.describe(
      "the holders: users by name, group:<name>, role:<name>, key:<name>, account:<name>, unit:<path>",
    ),
    ...(Object.fromEntries(permissionWords.map((word) => [word, on])) as Record<PermissionWord, typeof on>),
    columns: z.array(text).min(1).optional().describe("only these columns, with select on a table"),
    except: z.array(text).min(1).optional().describe("all columns but these, future ones too"),
    filter: text.optional().describe("only what this data filter of the table shows"),
    from: declaredMoment.optional().describe("not valid before"),
    until: declaredMoment.optional().describe("at this moment the grant is no longer valid"),
    grantable: z.boolean().optional().describe("whether the holder may pass it on"),
  })
  .refine((grant) => permissionWords.some((word) => grant[word] !== undefined), {
    message: `a grant names at least one permission and what it is on, such as select: shop.orders; permissions: ${permissionWords.join(", ")}`,
  })
  .meta({ title: "DeclaredGrant" });

export type DeclaredGrant = z.infer<typeof declaredGrant>;

/** One permission on one thing for one principal, with the limits of its grant. */
export interface SingleGrant extends Pick<
  DeclaredGrant,
  "columns" | "except" | "filter" | "from" | "until" | "grantable"
> {
  readonly to: string;
  readonly permission: Permission;
  readonly on: string;
}

export function singleGrants(grant: DeclaredGrant): readonly SingleGrant[] {
  const { columns, except, filter, from, until, grantable } = grant;
  const limits = { columns, except, filter, from, until, grantable };
  return permissions.flatMap((permission) =>
    listOf(grant[permission.toLowerCase() as PermissionWord]).flatMap((thing) =>
      listOf(grant.to).map((to) => ({ to, permission, on: thing, ...limits })),
    ),
  );
}

function listOf(names: string | readonly string[] | undefined): readonly string[] {
  return typeof names === "string" ? [names] : (names ?? []);
}
