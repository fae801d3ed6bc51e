/**
 * A real identity provider (OpenID Connect) on this machine, with people who have claims, and its own pages for signing in.
 * Whoever types a login is that person; the password does not matter.
 */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from "jose";
import { Provider, type Configuration } from "oidc-provider";

export interface IdentityProvider extends AsyncDisposable {
  readonly issuer: string;
  /** Something that the provider signs. */
  sign(claims: JWTPayload): Promise<string>;
  /** The claims of people by login, which is their subject; may be changed at any time. */
  readonly people: Map<string, Record<string, unknown>>;
}

export interface Client {
  readonly id: string;
  readonly secret: string;
  /** The address of Headgate. */
  readonly origin: string;
  /** As the provider is called there. */
  readonly name: string;
}

export async function startIdentityProvider(client: Client): Promise<IdentityProvider> {
  const people = new Map<string, Record<string, unknown>>();
  let provider: Provider | undefined;
  const handle = (...of: Parameters<ReturnType<Provider["callback"]>>): void => void provider?.callback()(...of);
  const { createServer } = await import("node:http");
  const server: Server = createServer((request, response) => handle(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: "one", alg: "RS256", use: "sig" };
  provider = withoutTalk(() => new Provider(issuer, configuration(client, people, key)));
  return {
    issuer,
    people,
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "one" }).sign(privateKey),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The library says on the console that its pages and keys are for trials, which they are here. */
function withoutTalk<T>(work: () => T): T {
  const { warn, info } = console;
  console.warn = console.info = () => {};
  try {
    return work();
  } finally {
    Object.assign(console, { warn, info });
  }
}

const claims = ["groups", "country", "preferred_username", "email", "email_verified", "hd", "oid"];

function configuration(client: Client, people: IdentityProvider["people"], key: JWK): Configuration {
  return {
    jwks: { keys: [key] },
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [`${client.origin}/sign-in/return/${client.name}`],
        post_logout_redirect_uris: [`${client.origin}/sign-in`],
        backchannel_logout_uri: `${client.origin}/api/back-channel-logout/${client.name}`,
        backchannel_logout_session_required: true,
      },
    ],
    claims: { openid: ["sub"], profile: claims, email: ["email", "email_verified"] },
    pkce: { required: () => true },
    features: {
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => void (context.body = form),
        postLogoutSuccessSource: (context) => void (context.body = "signed out"),
      },
    },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    // Otherwise it calls no address of this machine.
    fetch: (address, options = {}) => {
      const { dispatcher: _dispatcher, ...plain } = options;
      return fetch(address, plain);
    },
    cookies: { keys: ["only for tests"] },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...people.get(sub), sub }) }),
  };
}
