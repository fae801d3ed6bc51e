/**
 * Reads the claims of an identity provider about somebody, by the settings of the provider. Pure.
 * Invariant: an e-mail address that the provider has not verified is no claim at all.
 */
import { HeadgateError } from "../../errors.ts";
import { nameFrom } from "./name-from.ts";
import type { Provider } from "./providers.ts";

export type Claims = Readonly<Record<string, unknown>>;

export interface Said {
  readonly subject: string;
  /** The name of the user if one is made; perhaps taken. */
  readonly name: string;
  /** The values that may stand for groups; undefined if the provider is not asked for them. */
  readonly groupValues: readonly string[] | undefined;
  /** By attribute; null for what the provider does not say. */
  readonly attributes: Readonly<Record<string, string | null>>;
}

type Settings = Pick<Provider, "subjectClaim" | "nameClaim" | "required" | "groupsClaim" | "attributes" | "name">;

/** The longest value of an attribute. */
const longestText = 500;

/** Throws PROVIDER_REFUSED. */
export function saidBy(settings: Settings, all: Claims): Said {
  const claims = trusted(all);
  const { subjectClaim, nameClaim, groupsClaim, attributes } = settings;
  checkRequired(settings, claims);
  const subject = claims[subjectClaim];
  if (typeof subject !== "string" || subject === "" || subject.length > 255 || !isStorable(subject))
    throw refused(settings, `the claim ${subjectClaim}, which says who somebody is, is missing`);
  const [called] = [nameClaim, "email", "sub"].flatMap((claim) => textsAt(claims, claim));
  return {
    subject,
    name: nameFrom(called ?? ""),
    groupValues: groupsClaim === null ? undefined : groupsAt(settings, claims, groupsClaim),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([attribute, claim]) => [attribute, textAt(claims, claim)]),
    ),
  };
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

function trusted(claims: Claims): Claims {
  const { email_verified: isVerified } = claims;
  if (isVerified === true || isVerified === "true") return claims;
  const { email: _email, ...others } = claims;
  return others;
}

function checkRequired(settings: Settings, claims: Claims): void {
  for (const [claim, value] of Object.entries(settings.required))
    if (!textsAt(claims, claim).includes(value))
      throw refused(settings, `only people whose claim ${claim} is ${value} are let in`);
}

/** Too many groups are left out of a token, with a note where to ask for them. To take them for none would be wrong. */
function groupsAt(settings: Settings, claims: Claims, claim: string): readonly string[] {
  const { _claim_names: elsewhere } = claims;
  if (isObject(elsewhere) && Object.hasOwn(elsewhere, claim))
    throw refused(
      settings,
      `they are members of so many groups that the provider leaves the claim ${claim} out`,
      "let the provider send only the groups that are assigned to the application, or use a claim of roles",
    );
  return textsAt(claims, claim);
}

function textAt(claims: Claims, claim: string): string | null {
  const [text] = textsAt(claims, claim);
  if (text === undefined || text === "" || !isStorable(text)) return null;
  // Never half of a character, which the metadata database refuses.
  return text.slice(0, longestText).replace(/[\ud800-\udbff]$/, "");
}

/** The value of a claim, or of a part of one: `realm_access.roles`. */
function textsAt(claims: Claims, claim: string): readonly string[] {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : partAt(claims, claim);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((one) =>
    typeof one === "string" ? [one] : typeof one === "number" || typeof one === "boolean" ? [String(one)] : [],
  );
}

function partAt(claims: Claims, claim: string): unknown {
  let found: unknown = claims;
  for (const part of claim.split(".")) found = isObject(found) && Object.hasOwn(found, part) ? found[part] : undefined;
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refused({ name }: Settings, message: string, remedy?: string): HeadgateError {
  return new HeadgateError("PROVIDER_REFUSED", { place: name, message, remedy });
}
