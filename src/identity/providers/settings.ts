/** The settings of an identity provider, without its secret. */

export interface ProviderSettings {
  /** On the button of the sign-in page. */
  readonly title: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** The claim that says for ever who somebody is. */
  readonly subjectClaim: "sub" | "oid";
  readonly nameClaim: string;
  /** The account of the users that it makes. */
  readonly account: string;
  readonly createsUsers: boolean;
  /** The claims, and their values, without which nobody is let in. */
  readonly required: Readonly<Record<string, string>>;
  readonly groupsClaim: string | null;
  /** By value of that claim: the name of a group. */
  readonly groups: Readonly<Record<string, string>>;
  /** By attribute: the claim that it comes from. */
  readonly attributes: Readonly<Record<string, string>>;
  /** By attribute: the part of a provisioned user that it comes from. */
  readonly provisionedAttributes: Readonly<Record<string, string>>;
}

export const usualSettings = {
  scopes: ["openid", "profile", "email"],
  subjectClaim: "sub",
  nameClaim: "preferred_username",
  account: "main",
  createsUsers: false,
  required: {},
  groupsClaim: null,
  groups: {},
  attributes: {},
  provisionedAttributes: {},
} as const satisfies Omit<ProviderSettings, "title" | "issuer" | "clientId">;
