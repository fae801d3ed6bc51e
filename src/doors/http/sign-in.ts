/**
 * How people sign in and out: the sign-in page, a session for user and password, changing the password, and who is
 * signed in.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { toHeadgateError } from "../../base/present-error.ts";
import { presentPrincipal } from "../../identity/principal.ts";
import { signIn, signOut } from "../../identity/sessions.ts";
import { changePassword } from "../../identity/users.ts";
import type { Context } from "../../operations/context.ts";
import { parseInput } from "../../operations/parse-input.ts";
import { sessionToken, setSessionCookie, type Authentication } from "./authentication.ts";
import { sendPage } from "./send-page.ts";
import { passwordInput, signInInput } from "./sign-in-input.ts";
import { signInPage } from "./sign-in-page.ts";

interface SignInParts extends Pick<Context, "db" | "log"> {
  readonly authentication: Authentication;
  /** Throws TOO_MANY_REQUESTS after too many passwords were tried. */
  limit(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export function addSignIn(server: FastifyInstance, { db, log, authentication, limit }: SignInParts): void {
  const begin = async (asked: Asked, as: { user: string; password: string }): Promise<object> => {
    const { token, principal } = await signIn(db, as).catch((failure: unknown) => {
      log("sign-in refused", { user: as.user, from: asked.request.ip, because: toHeadgateError(failure).message });
      throw failure;
    });
    log("sign-in", { user: principal.name, from: asked.request.ip });
    setSessionCookie(asked.request, asked.reply, token);
    return presentPrincipal(principal);
  };
  server.get("/sign-in", (_request, reply) => sendPage(reply, signInPage));
  server.post("/api/sign-in", { onRequest: limit }, (request, reply) =>
    begin({ request, reply }, parseInput("sign-in", signInInput, request.body)),
  );
  server.post("/api/password", { onRequest: limit }, async (request, reply) => {
    const { name } = authentication.principal(request);
    const { password, newPassword } = parseInput("password", passwordInput, request.body);
    await changePassword(db, { name, password, newPassword });
    return begin({ request, reply }, { user: name, password: newPassword });
  });
  server.post("/api/sign-out", async (request, reply) => {
    authentication.principal(request);
    await signOut(db, sessionToken(request) ?? "");
    setSessionCookie(request, reply, "");
    return { signedOut: true };
  });
  server.get("/api/me", (request) => presentPrincipal(authentication.principal(request)));
}
