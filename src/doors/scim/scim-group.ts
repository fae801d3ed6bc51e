/** Groups of SCIM (RFC 7643, section 4.2), and changes of them as additions and removals of members. Pure. */
import type { ShownGroup } from "../../operations/people/provisioning.ts";
import { isObject, valueOf, type Json } from "./json.ts";
import { ScimMistake } from "./scim-error.ts";
import { equalTo } from "./scim-filter.ts";
import { parseTarget, patched, type PatchOperation } from "./scim-patch.ts";
import { documentOf, etagOf, externalIdOf, nameOf, storable } from "./scim-user.ts";

export const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";

export interface GroupValues {
  readonly name: string;
  readonly externalId: string | null;
  readonly document: Json;
}

const ours = new Set(["id", "meta", "members", "displayname", "externalid"]);

export function scimGroup(group: ShownGroup, base: string): Json {
  const { id, name, externalId, document, members, version, createdAt, changedAt } = group;
  return {
    schemas: [groupSchema],
    ...document,
    id,
    ...(externalId === null ? {} : { externalId }),
    displayName: name,
    members: members.map((member) => memberOf(member, base)),
    meta: {
      resourceType: "Group",
      created: createdAt,
      lastModified: changedAt,
      version: etagOf(version),
      location: `${base}/Groups/${id}`,
    },
  };
}

function memberOf({ id, name, kind }: ShownGroup["members"][number], base: string): Json {
  const [type, place] = kind === "user" ? ["User", "Users"] : ["Group", "Groups"];
  return { value: id, display: name, type, $ref: `${base}/${place}/${id}` };
}

/** Throws ScimMistake. */
export function groupValues(given: unknown): GroupValues & { readonly members: readonly string[] } {
  if (!isObject(given)) throw new ScimMistake("invalidSyntax", "a group is an object");
  return {
    name: nameOf(given, "displayName"),
    externalId: externalIdOf(given),
    document: documentOf(given, ours),
    members: memberIds(valueOf(given, "members")),
  };
}

/** Throws ScimMistake. */
function memberIds(given: unknown): readonly string[] {
  if (given === undefined || given === null) return [];
  return [given].flat().map((member) => {
    const id: unknown = isObject(member) ? valueOf(member, "value") : member;
    if (typeof id !== "string" || id === "")
      throw new ScimMistake("invalidValue", "a member has a value, which is an id");
    return storable(id, "the value of a member");
  });
}

export interface GroupChange {
  readonly values: GroupValues | undefined;
  /** Undefined: those who are members stay. */
  readonly members: readonly string[] | undefined;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * Members are added and removed one by one, so that two changes at the same moment do not undo each other. `present` is
 * without members. Throws ScimMistake.
 */
export function groupChange(present: Json, operations: readonly PatchOperation[]): GroupChange {
  let members: string[] | undefined;
  let [add, remove]: [string[], string[]] = [[], []];
  const others: PatchOperation[] = [];
  for (const operation of operations.flatMap(oneByOne)) {
    if (!isOfMembers(operation)) {
      others.push(operation);
      continue;
    }
    const { op, path = "", value } = operation;
    const chosen = chosenMember(path) ?? memberIds(value);
    if (op === "add") {
      add = [...add, ...chosen];
      remove = remove.filter((id) => !chosen.includes(id));
    } else if (op === "replace" || (value === undefined && chosenMember(path) === undefined)) {
      members = op === "replace" ? [...chosen] : [];
      [add, remove] = [[], []];
    } else {
      remove = [...remove, ...chosen];
      add = add.filter((id) => !chosen.includes(id));
      members = members?.filter((id) => !chosen.includes(id));
    }
  }
  return { members, add, remove, values: others.length === 0 ? undefined : valuesOf(patched(present, others)) };
}

function valuesOf(group: Json): GroupValues {
  const { members: _members, ...values } = groupValues(group);
  return values;
}

/** A change without a path, as one for each attribute. An id that is sent along changes nothing. */
function oneByOne(operation: PatchOperation): readonly PatchOperation[] {
  const { op, path, value } = operation;
  if ((path !== undefined && path !== "") || !isObject(value)) return [operation];
  const named = Object.entries(value).filter(([name]) => !["id", "meta", "schemas"].includes(name.toLowerCase()));
  return named.map(([name, one]) => ({ op, path: name, value: one }));
}

function isOfMembers({ path }: PatchOperation): boolean {
  return path !== undefined && /^(urn:ietf:params:scim:schemas:core:2\.0:group:)?members\b/i.test(path);
}

/** The id in `members[value eq "…"]`. Throws ScimMistake. */
function chosenMember(path: string): readonly string[] | undefined {
  const { filter } = parseTarget(path);
  if (filter === undefined) return undefined;
  const id = equalTo(filter, "value");
  if (id === undefined) throw new ScimMistake("invalidFilter", 'a member is chosen by value: members[value eq "…"]');
  return [id];
}
