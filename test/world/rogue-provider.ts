/**
 * An identity provider that lies: it lets everybody in at once, with whatever token a test wants. Its own key signs,
 * unless the test signs otherwise.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from "jose";

export interface RogueProvider extends AsyncDisposable {
  readonly issuer: string;
  /** The token that is given for the next code; `honest` has the claims that an honest provider would give. */
  next: (honest: JWTPayload, sign: Sign) => Promise<string>;
  /** How many codes were exchanged. */
  exchanges: number;
  /** How often its keys were fetched. */
  keysAsked: number;
}

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];

/** With the key of the provider, or another one. */
export type Sign = (claims: JWTPayload, key?: SigningKey) => Promise<string>;

export async function startRogueProvider(): Promise<RogueProvider> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const keys = [{ ...(await exportJWK(publicKey)), kid: "rogue", alg: "RS256", use: "sig" }];
  const sign: Sign = (claims, key = privateKey) =>
    new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "rogue" }).sign(key);
  const nonces = new Map<string, string>();
  const rogue: Omit<RogueProvider, typeof Symbol.asyncDispose> = {
    issuer: "",
    exchanges: 0,
    keysAsked: 0,
    next: (honest, own) => own(honest),
  };
  const answers: Record<string, (request: IncomingMessage) => Promise<object>> = {
    "/.well-known/openid-configuration": async () => documentOf(rogue.issuer),
    "/keys": async () => {
      rogue.keysAsked++;
      return { keys };
    },
    "/token": async (request) => {
      rogue.exchanges++;
      const form = new URLSearchParams(await bodyOf(request));
      const now = Math.floor(Date.now() / 1_000);
      const nonce = nonces.get(form.get("code") ?? "") ?? "";
      const honest = { iss: rogue.issuer, aud: "headgate", sub: "rogue-1", iat: now, exp: now + 60, nonce };
      return { access_token: "opaque", token_type: "Bearer", id_token: await rogue.next(honest, sign) };
    },
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams: query } = new URL(request.url ?? "", "http://127.0.0.1");
    if (pathname === "/authorize") {
      const code = crypto.randomUUID();
      nonces.set(code, query.get("nonce") ?? "");
      const back = new URL(query.get("redirect_uri") ?? "");
      back.search = String(new URLSearchParams({ code, state: query.get("state") ?? "", iss: rogue.issuer }));
      return void response.writeHead(303, { location: back.href }).end();
    }
    const answer = answers[pathname];
    if (answer === undefined) return void response.writeHead(404).end();
    void answer(request).then((body) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(rogue, {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}

function documentOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    authorization_response_iss_parameter_supported: true,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
