/** Operations on the members of groups, of accounts, and of roles, which their members may assume. */
import { z } from "zod";
import type { ErrorCode } from "../../errors.ts";
import { addNamedMember, membersOf, removeNamedMember } from "../../identity/change-members.ts";
import { isSelf } from "../../governance/is-self.ts";
import { authorOf, roles } from "../../identity/principal.ts";
import { findPrincipal, parsePrincipalName, principalMissingCodes } from "../../identity/principal-name.ts";
import { list } from "../answers.ts";
import { givenInstant } from "../given-instant.ts";
import { operation } from "../operation.ts";
import { presentMember, presentedMember } from "./people-schemas.ts";

const container = z.strictObject({ kind: z.enum(["group", "role", "account"]), name: z.string() });
const change = container.extend({ member: z.string().describe("ann, group:analysts or key:nightly.") });
const ofChange: readonly ErrorCode[] = [...principalMissingCodes, "ACCOUNT_NOT_FOUND", "LAST_ADMINISTRATOR"];

export const memberAdd = operation({
  name: "member.add",
  summary: "Add a member to a group, a role or an account, or change from when until when they are one",
  action: "administer",
  input: change.extend({
    from: givenInstant.optional().describe("By default from now on."),
    until: givenInstant.optional().describe("By default until they are removed."),
    role: z.enum(roles).optional().describe("For an account: the role that they have in it."),
  }),
  output: z.strictObject({ added: z.string() }),
  errors: [...ofChange, "MEMBERSHIP_CYCLE"],
  resources: ({ kind, name }) => [{ kind, name }],
  async run({ db }, { from, until, ...added }, { asking, principal, record }) {
    record({ member: added.member, from, until, role: added.role });
    const validity = { from: momentOf(from), until: momentOf(until) };
    await addNamedMember(db, { ...added, ...validity, by: authorOf(principal) });
    const { id } = await findPrincipal(db, parsePrincipalName(added.member));
    record({ isSelfGrant: isSelf(asking, id) });
    return { added: added.member };
  },
});

function momentOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

export const memberRemove = operation({
  name: "member.remove",
  summary: "Remove a member from a group, a role or an account",
  action: "administer",
  input: change,
  output: z.strictObject({ removed: z.string() }),
  errors: [...ofChange, "MEMBER_NOT_FOUND"],
  resources: ({ kind, name }) => [{ kind, name }],
  async run({ db }, removed, { principal, record }) {
    record({ member: removed.member });
    await removeNamedMember(db, { ...removed, by: authorOf(principal) });
    return { removed: removed.member };
  },
});

export const memberList = operation({
  name: "member.list",
  summary: "List the members of a group, a role or an account, and from when until when they are one",
  action: "administer",
  changes: false,
  input: container,
  output: z.strictObject({
    members: list(presentedMember),
  }),
  errors: ["GROUP_NOT_FOUND", "ROLE_NOT_FOUND", "ACCOUNT_NOT_FOUND"],
  resources: ({ kind, name }) => [{ kind, name }],
  async run({ db }, asked) {
    return { members: (await membersOf(db, asked)).map(presentMember) };
  },
});
