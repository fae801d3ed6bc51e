/** Operations that define tag keys and their values. What has which tag is changed in tags.ts. */
import { z } from "zod";
import { HeadgateError } from "../../errors.ts";
import { isOwner, type Asking } from "../../governance/asking.ts";
import { decideFor, holds } from "../../governance/decide.ts";
import { addGrant, endGrants } from "../../governance/grants.ts";
import type { Permission } from "../../governance/permission.ts";
import { visible } from "../../governance/resource.ts";
import { keyNamed, valuesOf, type TagKey } from "../../governance/tag-policy.ts";
import { changeKey, changeValue, endKey, endValue, insertKey, insertValue } from "../../governance/tag-store.ts";
import { parseTerm, tagNamePattern, tagNameRule } from "../../governance/tag-text.ts";
import { authorOf } from "../../identity/principal.ts";
import { isNamedInProcess } from "../../sharing/process-store.ts";
import { count, list } from "../answers.ts";
import { operation } from "../operation.ts";
import { nameInLists } from "../scope.ts";
import { findKey, findValue, mayKnowKey, mayKnowValue, securableKey } from "./find-tag.ts";
import { inTagChange, type TagWork } from "./tag-change.ts";
import { checkUnused } from "./tag-in-use.ts";

export const tagName = z.string().regex(tagNamePattern, tagNameRule);
const names = z.array(tagName).max(1_000);

const presentedKey = z
  .strictObject({
    key: z.string(),
    description: z.string().nullable(),
    multiple: z.boolean().describe("Whether one thing may have several of its values."),
    values: list(
      z.strictObject({
        value: z.string(),
        sensitive: z.boolean().describe("Whether grants that cover a column with it say so."),
        things: count
          .nullable()
          .describe(
            "Databases, tables and columns that have it of their own; null for those who may not change the key.",
          ),
      }),
    ),
    origin: z.string().nullable().describe("yaml for headgate.yaml; null for a command."),
  })
  .meta({ title: "TagKey" });

type PresentedKey = z.infer<typeof presentedKey>;

export const tagAdd = operation({
  name: "tag.add",
  summary: "Define a tag key with its values in the account in which the caller acts",
  action: "watch",
  changes: true,
  input: z.strictObject({
    key: tagName,
    values: names.min(1),
    sensitive: names.default([]).describe("Those of the values of which grants that cover them say so."),
    multiple: z.boolean().default(false).describe("Whether one thing may have several of the values."),
    description: z.string().max(1_000).optional(),
  }),
  output: presentedKey,
  errors: ["NAME_TAKEN", "TAG_INVALID", "ACCOUNT_NOT_FOUND"],
  resources: () => [visible],
  async run(context, input, { asking, record }) {
    const { key: name, values, sensitive, multiple, description } = input;
    record({ ...input });
    const { made, step } = await inTagChange(context, { asking, plan: false }, async (work) => {
      const accountId = checkMayDefine(work.asking);
      checkSensitive(values, sensitive);
      if (keyNamed(work.asking.policy.tags, accountId, name) !== undefined) throw taken(`tag ${name}`);
      const by = authorOf(work.asking.principal);
      const id = await insertKey(work.transaction, {
        accountId,
        name,
        description: description ?? null,
        isMultiple: multiple,
        origin: null,
        by,
      });
      for (const value of new Set(values))
        await insertValue(work.transaction, { keyId: id, name: value, isSensitive: sensitive.includes(value) });
      await giveToCreator(work, { keyId: id, accountId });
      return id;
    });
    record({ about: [{ kind: "tag", name, id: made }] });
    return presentedById({ ...asking, policy: step.after }, made);
  },
});

/** Throws NOT_ALLOWED. Returns the account in which the key will be. */
export function checkMayDefine(asking: Asking): string {
  const { accountId, principal } = asking;
  if (accountId === undefined)
    throw new HeadgateError("ACCOUNT_NOT_FOUND", {
      message: "a tag key belongs to the account in which somebody acts",
    });
  if (holds(asking, "CREATE_TAG", { kind: "account", id: accountId })) return accountId;
  throw new HeadgateError("NOT_ALLOWED", {
    message: `${principal.name} may not define tags`,
    remedy: "ask an administrator of the account for CREATE_TAG on it",
  });
}

export function checkSensitive(values: readonly string[], sensitive: readonly string[]): void {
  const unknown = sensitive.find((one) => !values.includes(one));
  if (unknown !== undefined)
    throw new HeadgateError("TAG_INVALID", { place: unknown, message: "this is not one of the values of the key" });
}

export function taken(place: string): HeadgateError {
  return new HeadgateError("NAME_TAKEN", { place, message: "the account has something else of this name" });
}

const ofCreators: readonly Permission[] = ["ALTER", "DROP", "ASSOCIATE"];

/** Whoever defines a key may change, remove and assign it, and may not grant by it: that is given on its own. */
async function giveToCreator(
  { transaction, asking }: TagWork,
  { keyId, accountId }: { readonly keyId: string; readonly accountId: string },
): Promise<void> {
  if (isOwner(asking) || decideFor(asking, "administer", { kind: "account", id: accountId }).allowed) return;
  for (const permission of ofCreators)
    await addGrant(
      transaction,
      {
        principalId: asking.principal.id,
        on: { kind: "tag", id: keyId },
        permission,
        isGrantable: false,
        columns: { mode: "all" },
        filterId: undefined,
        valid: { from: undefined, until: undefined },
        parentId: undefined,
      },
      { by: authorOf(asking.principal), origin: "creator" },
    );
}

function presentedById(asking: Asking, id: string): PresentedKey {
  const key = asking.policy.tags.keys.get(id);
  if (key === undefined) throw new TypeError("the tag key was not stored");
  return presentKey(asking, key);
}

function presentKey(asking: Asking, key: TagKey): PresentedKey {
  const { tags } = asking.policy;
  // A number would tell others of things that they may not know.
  const tellsUses = holds(asking, "ALTER", securableKey(key));
  const uses = new Map<string, number>();
  for (const { valueId } of [...tags.assigned.values()].flat()) uses.set(valueId, (uses.get(valueId) ?? 0) + 1);
  return {
    key: nameInLists(asking, key),
    description: key.description ?? null,
    multiple: key.isMultiple,
    values: valuesOf(tags, key.id)
      .filter((value) => mayKnowValue(asking, key, value))
      .map(({ id, name, isSensitive }) => ({
        value: name,
        sensitive: isSensitive,
        things: tellsUses ? (uses.get(id) ?? 0) : null,
      }))
      .toSorted((one, other) => one.value.localeCompare(other.value)),
    origin: key.origin ?? null,
  };
}

export const tagList = operation({
  name: "tag.list",
  summary: "List the tag keys that the caller may know, with their values",
  action: "watch",
  input: z.strictObject({}),
  output: z.strictObject({ keys: list(presentedKey) }),
  errors: [],
  resources: () => [visible],
  async run(_context, _input, { asking }) {
    const known = [...asking.policy.tags.keys.values()].filter((key) => mayKnowKey(asking, key));
    const keys = known.map((key) => presentKey(asking, key));
    return { keys: keys.toSorted((one, other) => one.key.localeCompare(other.key)) };
  },
});

const changes = z.strictObject({
  key: tagName,
  add: names.default([]).describe("Further values."),
  remove: names.default([]).describe("Values that nothing has and no expression names."),
  sensitive: names.default([]).describe("Values of which grants that cover them say so from now on."),
  ordinary: names.default([]).describe("Values of which they no longer do."),
  multiple: z.boolean().optional().describe("Whether one thing may have several of its values."),
  description: z.string().max(1_000).optional(),
});

type KeyChanges = z.infer<typeof changes>;

export const tagChange = operation({
  name: "tag.change",
  summary: "Change a tag key: its values, which of them are sensitive, and whether a thing may have several",
  action: "watch",
  seesViews: true,
  changes: true,
  input: changes,
  output: presentedKey,
  errors: ["TAG_NOT_FOUND", "TAG_IN_USE", "TAG_INVALID", "NAME_TAKEN"],
  resources: () => [visible],
  async run(context, input, { asking, record }) {
    record({ ...input });
    const { made, step } = await inTagChange(context, { asking, plan: false }, async (work) => {
      const key = findKey(work.asking, work.asking.accountId, input.key);
      checkMay(work.asking, "ALTER", key);
      await change(work, key, input);
      return key.id;
    });
    record({ about: [{ kind: "tag", name: input.key, id: made }] });
    return presentedById({ ...asking, policy: step.after }, made);
  },
});

async function change({ transaction, asking }: TagWork, key: TagKey, input: KeyChanges): Promise<void> {
  const has = (name: string): boolean => valuesOf(asking.policy.tags, key.id).some((value) => value.name === name);
  for (const name of input.remove) {
    const value = findValue(asking, key, name);
    checkUnused(asking.policy, { key, value });
    await endGrantsOn(transaction, asking, { kind: "tag-value", id: value.id });
    await endValue(transaction, value.id);
  }
  for (const name of input.add) {
    if (has(name) && !input.remove.includes(name)) throw taken(`tag ${key.name}=${name}`);
    await insertValue(transaction, { keyId: key.id, name, isSensitive: input.sensitive.includes(name) });
  }
  for (const [marked, isSensitive] of [[input.sensitive, true] as const, [input.ordinary, false] as const])
    for (const name of marked.filter((one) => !input.add.includes(one)))
      await changeValue(transaction, findValue(asking, key, name).id, { isSensitive });
  if (input.multiple === false) checkSingle(asking, key);
  await changeKey(transaction, key.id, {
    ...(input.description === undefined ? {} : { description: input.description }),
    ...(input.multiple === undefined ? {} : { isMultiple: input.multiple }),
    name: key.name,
  });
}

/** Throws TAG_IN_USE for a key of which something has several values. */
export function checkSingle({ policy }: Asking, key: TagKey): void {
  for (const assignments of policy.tags.assigned.values()) {
    const own = assignments.filter(({ keyId }) => keyId === key.id);
    if (new Set(own.map(({ fieldId }) => fieldId)).size < own.length)
      throw new HeadgateError("TAG_IN_USE", {
        place: `tag ${key.name}`,
        message: "something has several values of this key",
        remedy: "leave it one value first: `headgate tag set <resource> <key>=<value>`",
      });
  }
}

/** Throws NOT_ALLOWED. */
export function checkMay(asking: Asking, permission: "ALTER" | "DROP", key: TagKey): void {
  if (holds(asking, permission, securableKey(key))) return;
  throw new HeadgateError("NOT_ALLOWED", {
    place: `tag ${key.name}`,
    message: `${asking.principal.name} may not ${permission === "DROP" ? "remove" : "change"} this key`,
    remedy: `ask an administrator of the account for ${permission} on "tag ${key.name}"`,
  });
}

async function endGrantsOn(
  transaction: TagWork["transaction"],
  { policy, principal }: Asking,
  on: { readonly kind: "tag" | "tag-value"; readonly id: string },
): Promise<void> {
  const open = [...policy.grants.values()].filter((grant) => grant.on.kind === on.kind && grant.on.id === on.id);
  const ids = open.map(({ id }) => id);
  await endGrants(transaction, ids, { by: authorOf(principal), reason: "the tag was removed" });
}

export const tagRename = operation({
  name: "tag.rename",
  summary: "Rename a tag key, or one of its values; everything that has it, and every grant by it, stays as it is",
  action: "watch",
  changes: true,
  input: z.strictObject({ tag: z.string().min(1).describe("A key, or key=value."), name: tagName }),
  output: z.strictObject({ renamed: z.string().describe("The new name: a key, or key=value.") }),
  errors: ["TAG_NOT_FOUND", "TAG_IN_USE", "NAME_TAKEN"],
  resources: () => [visible],
  async run(context, { tag, name }, { asking, record }) {
    record({ tag, name });
    const { made } = await inTagChange(context, { asking, plan: false }, (work) => rename(work, { tag, name }));
    return { renamed: made };
  },
});

async function rename(
  { transaction, asking }: TagWork,
  { tag, name }: { readonly tag: string; readonly name: string },
): Promise<string> {
  const term = tag.includes("=") ? parseTerm(tag) : { key: tag, values: [] };
  const key = findKey(asking, asking.accountId, term.key);
  checkMay(asking, "ALTER", key);
  const [valueName] = term.values;
  if (await isNamedInProcess(transaction, { key: key.name, value: valueName })) throw namedInProcess(tag);
  if (valueName === undefined) {
    if (keyNamed(asking.policy.tags, key.accountId, name) !== undefined && name !== key.name)
      throw taken(`tag ${name}`);
    await changeKey(transaction, key.id, { name });
    return name;
  }
  const value = findValue(asking, key, valueName);
  if (valuesOf(asking.policy.tags, key.id).some((one) => one.name === name && one.id !== value.id))
    throw taken(`tag ${key.name}=${name}`);
  await changeValue(transaction, value.id, { name });
  return `${key.name}=${name}`;
}

function namedInProcess(tag: string): HeadgateError {
  return new HeadgateError("TAG_IN_USE", {
    place: `tag ${tag}`,
    message: "a rule of a process names it, and would no longer mean anything",
    remedy:
      "give the things another tag, and name that in the process: `headgate process list`, `headgate process set`",
  });
}

export const tagRemove = operation({
  name: "tag.remove",
  summary: "Remove a tag key that nothing has and no expression names",
  action: "watch",
  seesViews: true,
  changes: true,
  input: z.strictObject({ key: tagName }),
  output: z.strictObject({ removed: z.string() }),
  errors: ["TAG_NOT_FOUND", "TAG_IN_USE"],
  resources: () => [visible],
  async run(context, { key: name }, { asking, record }) {
    record({ key: name });
    await inTagChange(context, { asking, plan: false }, async ({ transaction, asking: now }) => {
      const key = findKey(now, now.accountId, name);
      checkMay(now, "DROP", key);
      checkUnused(now.policy, { key });
      await removeKey(transaction, now, key);
    });
    return { removed: name };
  },
});

/** The rights on it end with it. */
export async function removeKey(transaction: TagWork["transaction"], asking: Asking, key: TagKey): Promise<void> {
  for (const { id } of valuesOf(asking.policy.tags, key.id))
    await endGrantsOn(transaction, asking, { kind: "tag-value", id });
  await endGrantsOn(transaction, asking, { kind: "tag", id: key.id });
  await endKey(transaction, key.id);
}
