/** The part of headgate.yaml about people and rights: units and accounts, groups, data filters, grants. */
import { z } from "zod";
import { maskActions } from "../../governance/mask.ts";
import { declaredGrant, declaredMoment } from "../access/declared-grant.ts";
import { filterName } from "../access/filter-content.ts";
import { givenAttributes, principalName, unitPath } from "../people/people-schemas.ts";

const account = z.strictObject({
  unit: unitPath.optional().describe("the path of the unit that it belongs to"),
});

const organisation = z.strictObject({
  units: z.array(unitPath).default([]).describe("paths such as europe/romania; the units above are named too"),
  accounts: z.record(principalName, account).default({}).describe("accounts besides main, by name"),
});

const memberName = z.string().min(1);

const member = z.union(
  [
    memberName,
    z.strictObject({
      member: memberName,
      from: declaredMoment.optional().describe("by default from now on"),
      until: declaredMoment.optional().describe("by default until they are removed"),
    }),
  ],
  { error: "write ann, group:staff or key:nightly, or { member: ann, until: 2027-06-30 }" },
);

const group = z.strictObject({
  account: principalName.default("main").describe("the account that it belongs to"),
  attributes: givenAttributes.default({}).describe("texts by name, such as country"),
  members: z.array(member).default([]).describe("users by name, group:<name>, key:<name>"),
});

const plainMasks = maskActions.filter((action) => action !== "fixed-value");

const mask = z.union([z.enum(plainMasks), z.strictObject({ "fixed-value": z.string() })], {
  error: `a mask is { fixed-value: <text> } or one of ${plainMasks.join(", ")}`,
});

const filter = z.strictObject({
  rows: z.string().min(1).optional().describe("which rows are shown: country = 'DE' AND amount >= 100"),
  columns: z.array(z.string().min(1)).min(1).optional().describe("only these columns"),
  except: z.array(z.string().min(1)).min(1).optional().describe("all columns but these, future ones too"),
  masks: z.record(z.string().min(1), mask).default({}).describe("by column: what is shown in place of its values"),
});

export const declaredAccess = {
  organisation: organisation.default({ units: [], accounts: {} }),
  groups: z.record(principalName, group).default({}).describe("groups and their members, by name"),
  filters: z
    .record(z.string().min(1), z.record(filterName, filter))
    .default({})
    .describe("data filters by table, as database.table, and by name"),
  grants: z.array(declaredGrant).default([]).describe("who is granted what"),
};

export const accessSchema = z.strictObject(declaredAccess);

export type DeclaredAccess = z.infer<typeof accessSchema>;
export type DeclaredGroup = DeclaredAccess["groups"][string];
export type DeclaredMember = DeclaredGroup["members"][number];
export type DeclaredFilter = DeclaredAccess["filters"][string][string];
