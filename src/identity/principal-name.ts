/**
 * How people name a principal: `ann` or `user:ann` for a user, `group:analysts`, `role:steward`, `key:nightly`,
 * `account:analytics`, and a unit by its path, `unit:europe/romania`. Names are unique among the principals of a kind, and a
 * name without a kind is always a user's.
 */
import type { Kysely } from "kysely";
import type { PrincipalKind, Tables } from "../db/tables.ts";
import { HeadgateError, type ErrorCode } from "../errors.ts";
import { personOf, type Principal } from "./principal.ts";

export interface PrincipalName {
  readonly kind: PrincipalKind;
  readonly name: string;
}

export interface FoundPrincipal extends PrincipalName {
  readonly id: string;
  /** Null for a user. */
  readonly accountId: string | null;
  readonly attributes: Readonly<Record<string, string>>;
}

const words: Readonly<Record<string, PrincipalKind>> = {
  user: "user",
  group: "group",
  role: "role",
  key: "service",
  account: "account",
  unit: "unit",
};

/** The code of a principal that is not found, by kind. */
export const principalMissing: Readonly<Record<PrincipalKind, ErrorCode>> = {
  user: "USER_NOT_FOUND",
  group: "GROUP_NOT_FOUND",
  role: "ROLE_NOT_FOUND",
  service: "API_KEY_NOT_FOUND",
  account: "ACCOUNT_NOT_FOUND",
  unit: "UNIT_NOT_FOUND",
};

/** The codes of a principal that is not found, one per kind. */
export const principalMissingCodes: readonly ErrorCode[] = Object.values(principalMissing);

export function parsePrincipalName(text: string): PrincipalName {
  const [, word = "", name = ""] = /^(user|group|role|key|account|unit):(.*)$/s.exec(text) ?? [];
  return { kind: words[word] ?? "user", name: word === "" ? text : name };
}

/** As people write it, and as `parsePrincipalName` reads it. */
export function principalLabel({ kind, name }: PrincipalName): string {
  if (kind === "user") return name;
  return `${kind === "service" ? "key" : kind}:${name}`;
}

/** The label of somebody who asks. The owner of the data directory has none. */
export function askingLabel({ kind, name }: Principal): string {
  if (kind === "local") throw new TypeError("the owner of the data directory is named nowhere");
  return principalLabel({ kind, name });
}

/** Whether the text names the person who acts. Nobody names the owner of the data directory. */
export function isNamed(principal: Principal, text: string): boolean {
  const { kind, name } = personOf(principal);
  return kind !== "local" && principalLabel({ kind, name }) === principalLabel(parsePrincipalName(text));
}

/** Throws USER_NOT_FOUND, GROUP_NOT_FOUND, ROLE_NOT_FOUND, API_KEY_NOT_FOUND. */
export async function findPrincipal(db: Kysely<Tables>, { kind, name }: PrincipalName): Promise<FoundPrincipal> {
  const found = await db
    .selectFrom("principals")
    .select(["id", "kind", "name", "account_id as accountId", "attributes"])
    .where("kind", "=", kind)
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (found === undefined) throw notFound({ kind, name });
  return found;
}

/**
 * Like `findPrincipal`, for somebody who is in charge of something or a member. Throws USAGE for an account or a unit,
 * which only hold grants.
 */
export async function findMember(db: Kysely<Tables>, named: PrincipalName): Promise<FoundPrincipal> {
  if (named.kind !== "account" && named.kind !== "unit") return findPrincipal(db, named);
  throw new HeadgateError("USAGE", {
    place: principalLabel(named),
    message: `an ${named.kind === "unit" ? "org unit" : "account"} can be granted something, and nothing else`,
    remedy: "name a user, group:<name>, role:<name> or key:<name>",
  });
}

function notFound({ kind, name }: PrincipalName): HeadgateError {
  if (kind !== "user") return new HeadgateError(principalMissing[kind], { place: name });
  if (!name.includes(":"))
    return new HeadgateError(principalMissing.user, {
      place: name,
      remedy:
        "see `headgate user list` for the names of all users; a key is written key:<name>, a group group:<name>, an account account:<name>",
    });
  return new HeadgateError(principalMissing.user, {
    place: name,
    message: `${name.slice(0, name.indexOf(":"))} is not a kind of principal`,
    remedy: "write a user by name, or group:<name>, role:<name>, key:<name>, account:<name> or unit:<path>",
  });
}
