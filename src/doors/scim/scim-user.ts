/** Users of SCIM (RFC 7643, section 4.1), and what Headgate keeps of them. Pure. */
import type { ShownUser } from "../../operations/people/provisioning.ts";
import { truthOf } from "../../identity/provisioning/said-attributes.ts";
import { isObject, nameIn, valueOf, type Json } from "./json.ts";
import { ScimMistake } from "./scim-error.ts";

export const userSchema = "urn:ietf:params:scim:schemas:core:2.0:User";

export interface UserValues {
  readonly name: string;
  readonly externalId: string | null;
  readonly active: boolean;
  readonly document: Json;
}

/** Attributes that Headgate says itself, or must never keep. */
const ours = new Set(["id", "meta", "groups", "password", "username", "externalid", "active"]);

export function scimUser(user: ShownUser, base: string): Json {
  const { id, name, externalId, active, document, groups, version, createdAt, changedAt } = user;
  return {
    schemas: [userSchema],
    ...document,
    id,
    ...(externalId === null ? {} : { externalId }),
    userName: name,
    active,
    ...(groups.length === 0 ? {} : { groups: groups.map((group) => groupOfUser(group, base)) }),
    meta: {
      resourceType: "User",
      created: createdAt,
      lastModified: changedAt,
      version: etagOf(version),
      location: `${base}/Users/${id}`,
    },
  };
}

function groupOfUser({ id, name }: ShownUser["groups"][number], base: string): Json {
  return { value: id, display: name, type: "direct", $ref: `${base}/Groups/${id}` };
}

export function etagOf(version: number): string {
  return `W/"${version}"`;
}

/** `otherwise`: whether the user is active if nothing is said about it. Throws ScimMistake. */
export function userValues(given: unknown, otherwise = true): UserValues {
  if (!isObject(given)) throw new ScimMistake("invalidSyntax", "a user is an object");
  return {
    name: nameOf(given, "userName"),
    externalId: externalIdOf(given),
    active: activeOf(valueOf(given, "active"), otherwise),
    document: documentOf(given, ours),
  };
}

/** The part that is kept as it was said. Throws ScimMistake. */
export function documentOf(given: Json, left: ReadonlySet<string>): Json {
  const kept = Object.entries(given).filter(([key]) => !left.has(key.toLowerCase()));
  checkTexts(kept);
  return Object.fromEntries(kept);
}

/** Attributes of SCIM have parts, and values of many; nothing lies deeper. */
const deepest = 12;

/** For everything in it, names included: the metadata database cannot store such a text. Throws ScimMistake. */
function checkTexts(value: unknown, depth = 0): void {
  if (depth > deepest) throw new ScimMistake("invalidValue", "no attribute has so many parts within each other");
  if (typeof value === "string" && (value.includes("\0") || !value.isWellFormed()))
    throw new ScimMistake("invalidValue", "no text has a zero byte or half of a surrogate pair");
  if (typeof value !== "object" || value === null) return;
  for (const [name, one] of Object.entries(value)) {
    checkTexts(name, depth + 1);
    checkTexts(one, depth + 1);
  }
}

/** Throws ScimMistake. */
export function nameOf(given: Json, attribute: string): string {
  const name = valueOf(given, attribute);
  if (typeof name !== "string" || name.trim() === "") throw new ScimMistake("invalidValue", `${attribute} is missing`);
  return storable(name, attribute);
}

/** Throws ScimMistake. */
export function externalIdOf(given: Json): string | null {
  const externalId = valueOf(given, "externalId");
  if (externalId === undefined || externalId === null || externalId === "") return null;
  if (typeof externalId !== "string") throw new ScimMistake("invalidValue", "externalId is a text");
  return storable(externalId, "externalId");
}

const longestText = 500;

/** Throws ScimMistake. */
export function storable(text: string, attribute: string): string {
  checkTexts(text);
  if (text.length <= longestText) return text;
  throw new ScimMistake("invalidValue", `${attribute} has at most ${longestText} characters`);
}

/** As texts, too, which Entra ID sends. Whatever else is there is no permission to sign in. */
function activeOf(given: unknown, otherwise: boolean): boolean {
  if (given === undefined || given === null) return otherwise;
  const truth = truthOf(given);
  if (typeof truth === "boolean") return truth;
  throw new ScimMistake("invalidValue", "active is true or false");
}

/** Only some attributes, or all but some; those that say what it is are always there. */
export function selected(resource: Json, { attributes, excluded }: Selection): Json {
  const always = new Set(["schemas", "id", "meta"]);
  if (attributes.length > 0) {
    const wanted = new Set(attributes.map((name) => nameIn(resource, topOf(withoutCore(name)))));
    return Object.fromEntries(Object.entries(resource).filter(([name]) => always.has(name) || wanted.has(name)));
  }
  const left = new Set(excluded.map((name) => nameIn(resource, withoutCore(name))));
  return Object.fromEntries(Object.entries(resource).filter(([name]) => name === "id" || !left.has(name)));
}

export interface Selection {
  readonly attributes: readonly string[];
  readonly excluded: readonly string[];
}

/** Attributes of the schemas of users and groups are also named with the schema in front of them (RFC 7644, section 3.10). */
export function withoutCore(name: string): string {
  return name.replace(/^urn:ietf:params:scim:schemas:core:2\.0:(user|group):/i, "");
}

/** `name.givenName` is a part of `name`. */
function topOf(name: string): string {
  return name.toLowerCase().startsWith("urn:")
    ? name.replace(/^(urn:.+:\d+\.\d+:\w+):.+$/i, "$1")
    : (name.split(".")[0] ?? "");
}
