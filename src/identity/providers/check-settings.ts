/**
 * Refuses settings of an identity provider that cannot work, or that would let in people whom nobody chose. Pure.
 * Invariant: a provider is spoken to over TLS, unless it runs on this machine.
 */
import { isIP } from "node:net";
import { HeadgateError } from "../../errors.ts";
import { isAttributePath } from "../provisioning/said-attributes.ts";
import type { ProviderSettings } from "./settings.ts";

/** Throws PROVIDER_INVALID. */
export function checkSettings({
  name,
  settings,
}: {
  readonly name: string;
  readonly settings: ProviderSettings;
}): void {
  const refuse = (message: string, remedy?: string): never => {
    throw new HeadgateError("PROVIDER_INVALID", { place: name, message, remedy });
  };
  const { issuer, scopes, groupsClaim, groups, createsUsers, required } = settings;
  const url = URL.canParse(issuer) ? new URL(issuer) : refuse(`the issuer "${issuer}" is not an address`);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isThisMachine(url.hostname)))
    refuse("the issuer must begin with https://");
  if (url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "")
    refuse("the address of an issuer has no query, no fragment and no password");
  if (isEveryTenant(url))
    refuse(
      "this issuer stands for the directories of all companies",
      "use the issuer of your own directory: https://login.microsoftonline.com/<tenant id>/v2.0",
    );
  if (!scopes.includes("openid")) refuse("the scopes must include openid");
  if (groupsClaim === null && Object.keys(groups).length > 0)
    refuse("groups are named, but no claim whose values stand for them");
  checkAttributes(settings, refuse);
  if (createsUsers && url.hostname === "accounts.google.com" && required["hd"] === undefined)
    refuse(
      "anybody in the world has an account at this provider, and each would become a user",
      "require the domain of your company: --require hd=example.com",
    );
}

/** Otherwise a sign-in and provisioning would replace for ever what the other one says. */
function checkAttributes(
  { attributes, provisionedAttributes }: ProviderSettings,
  refuse: (message: string, remedy?: string) => never,
): void {
  const twice = Object.keys(provisionedAttributes).find((name) => Object.hasOwn(attributes, name));
  if (twice !== undefined) refuse(`the attribute ${twice} comes from a claim and from provisioning, too`);
  const wrong = Object.values(provisionedAttributes).find((path) => !isAttributePath(path));
  if (wrong !== undefined)
    refuse(
      `"${wrong}" is not a part of a user of SCIM`,
      'write userType, name.givenName, addresses[type eq "work"].country or urn:…:User:department',
    );
}

/** A provider of tests, or one behind a tunnel. */
export function isThisMachine(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function isEveryTenant({ hostname, pathname }: URL): boolean {
  return hostname.startsWith("login.microsoftonline.") && /^\/(common|organizations|consumers)(\/|$)/.test(pathname);
}
