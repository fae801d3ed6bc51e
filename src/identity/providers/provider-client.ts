/**
 * Speaks OpenID Connect with identity providers: sends people there with the code flow and PKCE, turns what comes back
 * into claims, and checks what a provider sends by itself. Addresses and keys of a provider are kept for a while.
 * Invariants: nothing is believed that the provider has not signed for this client, also if it came over TLS. An error
 * of a provider becomes one of ours. No token and no secret is part of one.
 */
import type { JWTVerifyGetKey } from "jose";
import type { Configuration } from "openid-client";
import { codeOf, messageOf } from "../../base/thrown.ts";
import type { SecretBox } from "../../base/secret-box.ts";
import { HeadgateError, type ErrorCode } from "../../errors.ts";
import { nonceOf, verifierOf, type BegunSignIn } from "./begun-sign-ins.ts";
import { isThisMachine } from "./check-settings.ts";
import type { Claims } from "./claims.ts";
import type { Provider } from "./providers.ts";

export interface ProviderClients {
  /** Throws PROVIDER_UNREACHABLE. */
  check(provider: Provider): Promise<ProviderFeatures>;
  /** Where to send somebody who wants to sign in. Throws PROVIDER_UNREACHABLE. */
  addressOf(provider: Provider, begun: BegunSignIn, returnTo: string): Promise<string>;
  /** Throws PROVIDER_REFUSED, PROVIDER_UNREACHABLE. */
  claimsOf(provider: Provider, returned: Returned): Promise<Proved>;
  /** Where to send somebody who signs out; undefined if the provider has no such address. */
  signOutAddress(provider: Provider, leaving: Leaving): Promise<string | undefined>;
  /** Reads a token by which the provider ends sessions. Throws PROVIDER_REFUSED, PROVIDER_UNREACHABLE. */
  loggedOut(provider: Provider, logoutToken: string): Promise<LoggedOut>;
}

export interface ProviderFeatures {
  readonly hasSignOut: boolean;
}

export interface Returned extends BegunSignIn {
  /** The address to which the browser came back, with everything that the provider added. */
  readonly address: URL;
}

export interface Proved {
  readonly claims: Claims;
  readonly idToken: string | undefined;
  /** From the signed token, whatever claim says who somebody is. */
  readonly sub: string | undefined;
  /** The provider's own name of its session. */
  readonly session: string | undefined;
}

export interface Leaving {
  readonly idToken: string | undefined;
  readonly returnTo: string;
}

export interface LoggedOut {
  readonly sub: string | undefined;
  readonly session: string | undefined;
  readonly issuedAt: Date;
}

interface Opened {
  readonly version: bigint;
  readonly openedAt: number;
  readonly configuration: Promise<Configuration>;
}

const keptMs = 3_600_000;
const timeoutSeconds = 10;
/** Clocks of providers and of this machine differ. */
const clockToleranceSeconds = 30;

/** Libraries that only people who sign in with a provider need. */
const openidClient = () => import("openid-client");

export function providerClients(secrets: SecretBox): ProviderClients {
  const opened = new Map<string, Opened>();
  const open = (provider: Provider): Promise<Configuration> => {
    const known = opened.get(provider.id);
    if (known !== undefined && known.version === provider.version && Date.now() - known.openedAt < keptMs)
      return known.configuration;
    const configuration = discover(provider, secrets);
    opened.set(provider.id, { version: provider.version, openedAt: Date.now(), configuration });
    configuration.catch(() => opened.delete(provider.id));
    return configuration;
  };
  return {
    check: async (provider) => featuresOf(await discover(provider, secrets)),
    addressOf: async (provider, begun, returnTo) => addressOf(await open(provider), { provider, begun, returnTo }),
    claimsOf: async (provider, returned) => {
      const configuration = await open(provider);
      return asOurs(provider, () => claimsOf(configuration, returned));
    },
    signOutAddress: async (provider, leaving) => signOutAddress(await open(provider), leaving),
    loggedOut: async (provider, token) => {
      const configuration = await open(provider);
      return asOurs(provider, () => loggedOut(configuration, { provider, token }));
    },
  };
}

async function discover(provider: Provider, secrets: SecretBox): Promise<Configuration> {
  const library = await openidClient();
  const secret = provider.clientSecret === null ? undefined : secrets.open(provider.clientSecret);
  const issuer = new URL(provider.issuer);
  const plain = issuer.protocol === "http:" && isThisMachine(issuer.hostname);
  const find = async (): Promise<Configuration> => {
    const configuration = await library.discovery(
      issuer,
      provider.clientId,
      { [library.clockTolerance]: clockToleranceSeconds },
      undefined,
      { timeout: timeoutSeconds, execute: plain ? [library.allowInsecureRequests] : [] },
    );
    return configured(configuration, { provider, secret, plain });
  };
  return asOurs(provider, find, "PROVIDER_UNREACHABLE");
}

interface Configuring {
  readonly provider: Provider;
  readonly secret: string | undefined;
  readonly plain: boolean;
}

/** The way in which the client proves itself is one that the provider offers. */
async function configured(found: Configuration, { provider, secret, plain }: Configuring): Promise<Configuration> {
  const library = await openidClient();
  const server = found.serverMetadata();
  const offered = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const proof =
    secret === undefined
      ? library.None()
      : offered.includes("client_secret_basic")
        ? library.ClientSecretBasic(secret)
        : library.ClientSecretPost(secret);
  const metadata = { [library.clockTolerance]: clockToleranceSeconds };
  const configuration = new library.Configuration(server, provider.clientId, metadata, proof);
  configuration.timeout = timeoutSeconds;
  if (plain) library.allowInsecureRequests(configuration);
  library.enableNonRepudiationChecks(configuration);
  return configuration;
}

function featuresOf(configuration: Configuration): ProviderFeatures {
  return { hasSignOut: configuration.serverMetadata().end_session_endpoint !== undefined };
}

interface Sending {
  readonly provider: Provider;
  readonly begun: BegunSignIn;
  readonly returnTo: string;
}

async function addressOf(configuration: Configuration, { provider, begun, returnTo }: Sending): Promise<string> {
  const library = await openidClient();
  const address = library.buildAuthorizationUrl(configuration, {
    redirect_uri: returnTo,
    scope: provider.scopes.join(" "),
    state: begun.state,
    nonce: nonceOf(begun),
    code_challenge: await library.calculatePKCECodeChallenge(verifierOf(begun)),
    code_challenge_method: "S256",
  });
  return address.href;
}

async function claimsOf(configuration: Configuration, { address, state, browser }: Returned): Promise<Proved> {
  const library = await openidClient();
  const tokens = await library.authorizationCodeGrant(configuration, address, {
    pkceCodeVerifier: verifierOf({ state, browser }),
    expectedState: state,
    expectedNonce: nonceOf({ state, browser }),
    idTokenExpected: true,
  });
  const claims: Claims = tokens.claims() ?? {};
  const { sub, sid } = claims;
  const more =
    configuration.serverMetadata().userinfo_endpoint === undefined || typeof sub !== "string"
      ? {}
      : await library.fetchUserInfo(configuration, tokens.access_token, sub);
  return {
    claims: { ...("email" in claims ? withoutEmail(more) : more), ...claims },
    idToken: tokens.id_token,
    sub: typeof sub === "string" ? sub : undefined,
    session: typeof sid === "string" ? sid : undefined,
  };
}

/** Whether an address is verified is said of the address beside it. */
function withoutEmail({ email: _email, email_verified: _verified, ...others }: Claims): Claims {
  return others;
}

async function signOutAddress(configuration: Configuration, { idToken, returnTo }: Leaving) {
  if (!featuresOf(configuration).hasSignOut) return undefined;
  const library = await openidClient();
  const hint = idToken === undefined ? {} : { id_token_hint: idToken };
  return library.buildEndSessionUrl(configuration, { post_logout_redirect_uri: returnTo, ...hint }).href;
}

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout";

/** None of these proves anything with a secret that others could know. */
const signatures = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "Ed25519",
  "EdDSA",
];

/** OpenID Connect Back-Channel Logout 1.0, "Logout Token Validation". */
async function loggedOut(
  configuration: Configuration,
  { provider, token }: { readonly provider: Provider; readonly token: string },
): Promise<LoggedOut> {
  const { jwtVerify } = await import("jose");
  const { issuer } = configuration.serverMetadata();
  const { payload } = await jwtVerify(token, await keysOf(configuration), {
    issuer,
    audience: provider.clientId,
    algorithms: signatures,
    clockTolerance: clockToleranceSeconds,
    maxTokenAge: "10 minutes",
    requiredClaims: ["iat", "jti", "events"],
  });
  const { events, nonce, sub, sid, iat = 0 } = payload;
  const isLogout = typeof events === "object" && events !== null && logoutEvent in events;
  if (!isLogout || nonce !== undefined) throw new Error("this token is not for logging out");
  const session = typeof sid === "string" ? sid : undefined;
  if (sub === undefined && session === undefined) throw new Error("the token names neither a subject nor a session");
  return { sub, session, issuedAt: new Date(iat * 1_000) };
}

const keptKeys = new WeakMap<Configuration, JWTVerifyGetKey>();

/** Anybody can send a token, so keys are fetched again at most every half minute, and not for each of them. */
async function keysOf(configuration: Configuration): Promise<JWTVerifyGetKey> {
  const { createRemoteJWKSet } = await import("jose");
  const { jwks_uri: address } = configuration.serverMetadata();
  if (address === undefined) throw new Error("the provider publishes no keys");
  const known =
    keptKeys.get(configuration) ?? createRemoteJWKSet(new URL(address), { timeoutDuration: timeoutSeconds * 1_000 });
  keptKeys.set(configuration, known);
  return known;
}

const unreachable = new Set(["ECONNREFUSED", "ENOTFOUND", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "UND_ERR_SOCKET"]);

/** `otherwise`: the code of an answer that cannot be used. */
async function asOurs<T>(
  provider: Provider,
  work: () => Promise<T>,
  otherwise: ErrorCode = "PROVIDER_REFUSED",
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof HeadgateError) throw cause;
    throw ourError(provider, cause, otherwise);
  }
}

/** The words of the library say what is wrong without quoting a token. */
function ourError({ name }: Provider, cause: unknown, otherwise: ErrorCode): HeadgateError {
  if (isUnreachable(cause)) return new HeadgateError("PROVIDER_UNREACHABLE", { place: name, cause });
  const { error, error_description: why } = cause as { error?: unknown; error_description?: unknown };
  const said = [error, why].filter((text) => typeof text === "string").join(": ");
  const inside = cause instanceof Error && cause.cause instanceof Error ? ` (${cause.cause.message})` : "";
  const message =
    said === "" ? `what the provider sent cannot be used: ${messageOf(cause)}${inside}` : `the provider says: ${said}`;
  return new HeadgateError(otherwise, { place: name, message: message.slice(0, 500), cause });
}

function isUnreachable(cause: unknown): boolean {
  for (let at: unknown = cause; at instanceof Error; at = at.cause)
    if (at.name === "TimeoutError" || at.message === "fetch failed" || unreachable.has(codeOf(at) ?? "")) return true;
  return false;
}
