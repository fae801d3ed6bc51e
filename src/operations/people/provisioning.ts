/**
 * Operations by which a provider provisions users and groups. They are not in the list of operations: a door for
 * provisioning (SCIM) serves them, to keys for provisioning only.
 */
import { z } from "zod";
import { provisioned } from "../../governance/resource.ts";
import { authorOf } from "../../identity/principal.ts";
import {
  addProvisionedGroup,
  changeProvisionedGroup,
  endProvisionedGroup,
  findProvisionedGroups,
  type GroupChange,
  type ProvisionedGroup,
} from "../../identity/provisioning/provisioned-groups.ts";
import type { ProvisionedRow } from "../../identity/provisioning/provisioned-rows.ts";
import {
  addProvisionedUser,
  changeProvisionedUser,
  endProvisionedUser,
  findProvisionedUsers,
  type ProvisionedUser,
} from "../../identity/provisioning/provisioned-users.ts";
import { scopeOf } from "../../identity/provisioning/scope.ts";
import { count, instant, list } from "../answers.ts";
import { operation } from "../operation.ts";

/** The metadata database has no text with a zero byte. */
const text = z
  .string()
  .max(500)
  .refine((given) => !given.includes("\0"), "no text has a zero byte");
const name = text.min(1);
const id = text;
const version = z.number().int().optional();
const document = z.record(z.string(), z.unknown());

const sought = z.strictObject({
  id: id.optional(),
  name: text.optional(),
  externalId: text.optional(),
  skip: count.optional(),
  most: count.optional(),
});

const shown = z.strictObject({
  id: z.string(),
  name: z.string(),
  externalId: z.string().nullable(),
  document,
  version: z.number(),
  createdAt: instant,
  changedAt: instant,
});

const named = z.strictObject({ id: z.string(), name: z.string() });
const shownUser = shown.extend({ active: z.boolean(), groups: list(named) });
const shownGroup = shown.extend({ members: list(named.extend({ kind: z.enum(["user", "group"]) })) });

export type ShownUser = z.infer<typeof shownUser>;
export type ShownGroup = z.infer<typeof shownGroup>;

const userValues = z.strictObject({ name, externalId: text.nullable(), active: z.boolean(), document });

const resources = () => [provisioned];
const taken = ["PROVIDER_NOT_FOUND", "PROVISIONED_TAKEN", "IDENTITY_TAKEN"] as const;
const gone = ["PROVIDER_NOT_FOUND", "PROVISIONED_NOT_FOUND", "PROVISIONED_CHANGED"] as const;

export const provisionedUserList = operation({
  name: "provisioning.user-list",
  summary: "List the users that the provider has provisioned",
  action: "watch",
  input: sought,
  output: z.strictObject({ total: count, users: list(shownUser) }),
  errors: ["PROVIDER_NOT_FOUND"],
  resources,
  async run({ db }, asked, { principal }) {
    const { total, users } = await findProvisionedUsers(db, await scopeOf(db, principal), asked);
    return { total, users: users.map(presentUser) };
  },
});

function present({ id: of, name: called, externalId, document: said, ...row }: ProvisionedRow) {
  const times = { createdAt: row.createdAt.toISOString(), changedAt: row.changedAt.toISOString() };
  return { id: of, name: called, externalId, document: said, version: Number(row.version), ...times };
}

function presentUser(user: ProvisionedUser): ShownUser {
  return { ...present(user), active: user.active === true, groups: [...user.groups] };
}

function presentGroup(group: ProvisionedGroup): ShownGroup {
  const members = group.members.map(({ id: of, name: called, kind }) => ({ id: of, name: called, kind }));
  return { ...present(group), members };
}

export const provisionedUserAdd = operation({
  name: "provisioning.user-add",
  summary: "Make a user",
  action: "administer",
  input: userValues,
  output: z.strictObject({ id: z.string() }),
  errors: [...taken],
  resources,
  async run({ db }, values, { principal, record }) {
    const added = await addProvisionedUser(db, await scopeOf(db, principal), values);
    record({ about: [{ kind: "user", id: added, name: values.name }], active: values.active });
    return { id: added };
  },
});

export const provisionedUserChange = operation({
  name: "provisioning.user-change",
  summary: "Change a user, or end or restore their access",
  action: "administer",
  input: z.strictObject({ id, values: userValues, version }),
  output: z.strictObject({ id: z.string() }),
  errors: [...taken, ...gone],
  resources,
  async run({ db }, { id: of, values, version: seen }, { principal, record }) {
    record({ about: [{ kind: "user", id: of, name: values.name }], active: values.active });
    const expected = seen === undefined ? undefined : BigInt(seen);
    await changeProvisionedUser(db, await scopeOf(db, principal), { id: of, values, version: expected });
    return { id: of };
  },
});

const ending = z.strictObject({ id, version });

export const provisionedUserEnd = operation({
  name: "provisioning.user-end",
  summary: "Take a user back: everything that they have ends",
  action: "administer",
  input: ending,
  output: z.strictObject({ id: z.string() }),
  errors: [...gone],
  resources,
  async run({ db }, { id: of, version: seen }, { principal, record }) {
    record({ about: [{ kind: "user", id: of }] });
    const expected = seen === undefined ? undefined : BigInt(seen);
    await endProvisionedUser(db, await scopeOf(db, principal), { id: of, by: authorOf(principal), version: expected });
    return { id: of };
  },
});

export const provisionedGroupList = operation({
  name: "provisioning.group-list",
  summary: "List the groups that the provider has provisioned, and their members if they are asked for",
  action: "watch",
  input: sought.extend({ withMembers: z.boolean().default(true) }),
  output: z.strictObject({ total: count, groups: list(shownGroup) }),
  errors: ["PROVIDER_NOT_FOUND"],
  resources,
  async run({ db }, asked, { principal }) {
    const { total, groups } = await findProvisionedGroups(db, await scopeOf(db, principal), asked);
    return { total, groups: groups.map(presentGroup) };
  },
});

const members = z.array(id).max(100_000);

export const provisionedGroupAdd = operation({
  name: "provisioning.group-add",
  summary: "Make a group",
  action: "administer",
  input: z.strictObject({ name, externalId: text.nullable(), document, members }),
  output: z.strictObject({ id: z.string() }),
  errors: [...taken, "MEMBERSHIP_CYCLE"],
  resources,
  async run({ db }, values, { principal, record }) {
    const added = await addProvisionedGroup(db, await scopeOf(db, principal), values);
    record({ about: [{ kind: "group", id: added }], name: values.name, members: values.members.length });
    return { id: added };
  },
});

export const provisionedGroupChange = operation({
  name: "provisioning.group-change",
  summary: "Change a group or its members",
  action: "administer",
  input: z.strictObject({
    id,
    values: z.strictObject({ name, externalId: text.nullable(), document }).partial(),
    members: members.optional(),
    add: members,
    remove: members,
    version,
  }),
  output: z.strictObject({ id: z.string() }),
  errors: [...taken, ...gone, "MEMBERSHIP_CYCLE"],
  resources,
  async run({ db }, { values, version: seen, ...change }, { principal, record }) {
    const { id: of, add, remove, members: all } = change;
    record({ about: [{ kind: "group", id: of }], add, remove, members: all?.length });
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
    const expected = seen === undefined ? undefined : BigInt(seen);
    const asked: GroupChange = { ...change, values: given, version: expected };
    await changeProvisionedGroup(db, await scopeOf(db, principal), asked);
    return { id: of };
  },
});

export const provisionedGroupEnd = operation({
  name: "provisioning.group-end",
  summary: "Take a group back: what it was granted ends",
  action: "administer",
  input: ending,
  output: z.strictObject({ id: z.string() }),
  errors: [...gone],
  resources,
  async run({ db }, { id: of, version: seen }, { principal, record }) {
    record({ about: [{ kind: "group", id: of }] });
    const expected = seen === undefined ? undefined : BigInt(seen);
    await endProvisionedGroup(db, await scopeOf(db, principal), { id: of, by: authorOf(principal), version: expected });
    return { id: of };
  },
});
