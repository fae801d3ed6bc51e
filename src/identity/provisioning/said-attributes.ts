/**
 * Attributes of a user that a provider provisions, by the paths that its settings name: `userType`, `name.givenName`,
 * `addresses[type eq "work"].country`, or one of an extension after its URN. Pure.
 * Invariant: whatever the user of SCIM does not say, or says in another form than as a text, removes the attribute.
 */
import type { AttributeChanges } from "../attributes.ts";

interface SaidUser {
  readonly name: string;
  readonly externalId: string | null;
  readonly document: Readonly<Record<string, unknown>>;
}

/** The longest value of an attribute. */
const longestText = 500;

const pathPattern =
  /^(?:(?<urn>urn:[a-z0-9:._-]+:\d+\.\d+:\w+):)?(?<name>[a-z][\w-]*)(?:\[type eq "(?<type>[^"\\\]]{1,100})"\])?(?:\.(?<part>[a-z][\w-]*))?$/i;

export function isAttributePath(path: string): boolean {
  return pathPattern.test(path);
}

export function saidAttributes(
  paths: Readonly<Record<string, string>>,
  { name, externalId, document }: SaidUser,
): AttributeChanges {
  const user = { ...document, userName: name, externalId };
  return Object.fromEntries(Object.entries(paths).map(([attribute, path]) => [attribute, textAt(user, path)]));
}

function textAt(user: Readonly<Record<string, unknown>>, path: string): string | null {
  const { urn, name = "", type, part } = pathPattern.exec(path)?.groups ?? {};
  const holder = urn === undefined || isCore(urn) ? user : memberOf(user, urn);
  const one = chosen(memberOf(holder, name), type);
  return storable(part === undefined ? plain(one) : memberOf(one, part));
}

/** Attributes of this schema are those of the user itself. */
function isCore(urn: string): boolean {
  return /^urn:ietf:params:scim:schemas:core:2\.0:user$/i.test(urn);
}

/** The value of the type if one is named, or else the primary one, or else the first. */
function chosen(value: unknown, type: string | undefined): unknown {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (type === undefined) return values.find((one) => truthOf(memberOf(one, "primary")) === true) ?? values[0];
  return values.find((one) => String(memberOf(one, "type")).toLowerCase() === type.toLowerCase());
}

/** Entra ID writes true and false as texts, in values as in filters. */
export function truthOf(value: unknown): unknown {
  return typeof value === "string" && /^(true|false)$/i.test(value) ? value.toLowerCase() === "true" : value;
}

/** A value with parts stands for its part that is called value. */
function plain(value: unknown): unknown {
  return typeof value === "object" ? memberOf(value, "value") : value;
}

/** Names are compared without letter case (RFC 7643, section 2.1). */
function memberOf(holder: unknown, name: string): unknown {
  if (typeof holder !== "object" || holder === null || Array.isArray(holder)) return undefined;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(holder);
  return entries.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
}

function storable(value: unknown): string | null {
  const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  const text = isPlain ? String(value) : "";
  return text === "" || text.includes("\0") || !text.isWellFormed() ? null : firstOf(text);
}

/** Never half of a character. */
function firstOf(text: string): string {
  return text.slice(0, longestText).replace(/[\ud800-\udbff]$/, "");
}
