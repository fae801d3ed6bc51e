/** Operations on groups, and on roles, which their members may assume. */
import { z } from "zod";
import { addGroup, changeGroup, listGroups, removeGroup, showGroup, type GroupKind } from "../../identity/groups.ts";
import { authorOf } from "../../identity/principal.ts";
import { listTombstones } from "../../identity/principals.ts";
import { instant, list, texts } from "../answers.ts";
import { grantPresenter, presentedGrant } from "../access/present-grant.ts";
import { operation } from "../operation.ts";
import { ownAccountName } from "../scope.ts";
import {
  attributeChanges,
  attributes,
  removal,
  inAccount,
  listedAccount,
  principalName,
  presentMember,
  presentTombstone,
  presentedMember,
  tombstones,
} from "./people-schemas.ts";

const missing = { group: "GROUP_NOT_FOUND", role: "ROLE_NOT_FOUND" } as const;

export const groupAdd = adding("group", "Add a group; its members have what the group is granted");
export const roleAdd = adding("role", "Add a role; its members may assume it, and then have what the role is granted");

function adding(kind: GroupKind, summary: string) {
  return operation({
    name: `${kind}.add`,
    summary,
    action: "administer",
    input: z.strictObject({
      name: principalName,
      account: z
        .string()
        .optional()
        .describe("The account that it belongs to; by default the one in which the caller acts."),
      attributes: attributeChanges.optional(),
    }),
    output: z.strictObject({ added: z.string() }),
    errors: ["NAME_TAKEN", "ACCOUNT_NOT_FOUND"],
    resources: ({ account }) => [inAccount(account)],
    async run({ db }, group, { asking, record }) {
      const { name, account = ownAccountName(asking) } = group;
      record({ about: [{ kind, name }], account, attributes: group.attributes });
      await addGroup(db, { kind, ...group, account });
      return { added: name };
    },
  });
}

export const groupList = listing("group");
export const roleList = listing("role");

function listing(kind: GroupKind) {
  return operation({
    name: `${kind}.list`,
    summary: `List the ${kind}s and their attributes`,
    action: "administer",
    changes: false,
    input: z.strictObject({
      account: z.string().optional().describe(`Only the ${kind}s of this account.`),
      removed: z.boolean().default(false).describe(`Also name the ${kind}s that were removed.`),
    }),
    output: z.strictObject({
      groups: list(z.strictObject({ name: z.string(), account: z.string(), attributes, createdAt: instant })),
      removed: tombstones.optional(),
    }),
    errors: ["ACCOUNT_NOT_FOUND"],
    resources: ({ account }) => [inAccount(account)],
    async run({ db }, { removed, ...asked }, { asking }) {
      const account = listedAccount(asking, asked.account);
      const groups = await listGroups(db, { kind, account });
      return {
        groups: groups.map(({ createdAt, origin: _origin, ...group }) => ({
          ...group,
          createdAt: createdAt.toISOString(),
        })),
        ...(removed ? { removed: (await listTombstones(db, { kind, account })).map(presentTombstone) } : {}),
      };
    },
  });
}

export const groupShow = showing("group");
export const roleShow = showing("role");

function showing(kind: GroupKind) {
  return operation({
    name: `${kind}.show`,
    summary: `Show a ${kind}: its members, what it belongs to, and what it is granted`,
    action: "administer",
    changes: false,
    input: z.strictObject({ name: z.string() }),
    output: z.strictObject({
      name: z.string(),
      account: z.string(),
      attributes,
      createdAt: instant,
      members: list(presentedMember),
      memberOf: texts.describe("The groups and roles that it is a member of."),
      grants: list(presentedGrant),
    }),
    errors: [missing[kind]],
    resources: ({ name }) => [{ kind, name }],
    async run(context, { name }, { asking }) {
      const { id, createdAt, members, origin: _origin, ...group } = await showGroup(context.db, { kind, name });
      const grants = [...(asking.policy.grantsTo.get(id)?.values() ?? [])].flat();
      const present = await grantPresenter(context, asking);
      return {
        ...group,
        createdAt: createdAt.toISOString(),
        members: members.map(presentMember),
        grants: await Promise.all(grants.map(present)),
      };
    },
  });
}

export const groupSet = setting("group");
export const roleSet = setting("role");

function setting(kind: GroupKind) {
  return operation({
    name: `${kind}.set`,
    summary: `Change the attributes of a ${kind}`,
    action: "administer",
    input: z.strictObject({ name: z.string(), attributes: attributeChanges }),
    output: z.strictObject({ changed: z.string() }),
    errors: [missing[kind]],
    resources: ({ name }) => [{ kind, name }],
    async run({ db }, { name, attributes: changes }, { record }) {
      record({ attributes: changes });
      await changeGroup(db, { kind, name, attributes: changes });
      return { changed: name };
    },
  });
}

export const groupRemove = removing("group");
export const roleRemove = removing("role");

function removing(kind: GroupKind) {
  return operation({
    name: `${kind}.remove`,
    summary: `Remove a ${kind}, with its grants and memberships`,
    action: "administer",
    input: z.strictObject({
      name: z.string(),
      plan: z.boolean().default(false).describe(`Only tell what would end with the ${kind}.`),
    }),
    output: removal,
    errors: [missing[kind]],
    resources: ({ name }) => [{ kind, name }],
    async run({ db }, { name, plan }, { principal, record }) {
      record({ plan });
      const end = await removeGroup(db, { kind, name, by: authorOf(principal), isPlan: plan });
      return plan ? { removed: null, falls: end } : { removed: name };
    },
  });
}
