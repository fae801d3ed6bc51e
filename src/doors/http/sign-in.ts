/**
 * How people sign in and out: the sign-in page, a session for user and password, changing the password, who is signed
 * in, and in which account and as which role they act.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { toHeadgateError } from "../../base/present-error.ts";
import { HeadgateError } from "../../errors.ts";
import { choose, describeCaller } from "../../identity/acting.ts";
import { personOf, presentPrincipal, type Principal } from "../../identity/principal.ts";
import { principalOfSession, signIn, signOut, type SignIn } from "../../identity/sessions.ts";
import { changePassword } from "../../identity/users.ts";
import type { Context } from "../../operations/context.ts";
import {
  recordChoice,
  recordLockout,
  recordNewPassword,
  recordRefusedSignIn,
  recordSignIn,
  recordSignOut,
} from "../../operations/audit/record-sign-in.ts";
import { parseInput } from "../../operations/parse-input.ts";
import { sessionToken, setSessionCookie, type Authentication } from "./authentication.ts";
import { sendPage } from "./send-page.ts";
import { actInput, passwordInput, signInInput } from "./sign-in-input.ts";
import { signInPage } from "./sign-in-page.ts";

interface SignInParts extends Pick<Context, "db" | "log" | "audit"> {
  readonly authentication: Authentication;
  /** Throws TOO_MANY_REQUESTS after too many passwords were tried. */
  limit(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export function addSignIn(server: FastifyInstance, { db, log, audit, authentication, limit }: SignInParts): void {
  const begin = async (asked: Asked, as: Pick<SignIn, "user" | "password" | "account">): Promise<object> => {
    const from = asked.request.ip;
    const onWait = (until: Date): Promise<void> => recordLockout({ db, audit }, { user: as.user, from, until });
    const { token, principal } = await signIn(db, { ...as, address: from, onWait }).catch(async (failure: unknown) => {
      const { code, message: because } = toHeadgateError(failure);
      const event = code === "SIGN_IN_DELAYED" ? "sign-in delayed" : "sign-in refused";
      log(event, { user: as.user, from, because });
      await recordRefusedSignIn({ db, audit }, { user: as.user, failure, from });
      throw failure;
    });
    log("sign-in", { user: principal.name, from });
    await recordSignIn({ audit }, { principal, from });
    setSessionCookie(asked.request, asked.reply, token);
    return presentPrincipal(principal);
  };
  /** Undefined behind a role, whose account need not be the user's. */
  const accountOf = async (principal: Principal): Promise<string | undefined> =>
    principal.behind === undefined ? ((await describeCaller(db, principal)).account ?? undefined) : undefined;
  server.get("/sign-in", (_request, reply) => sendPage(reply, signInPage));
  server.post("/api/sign-in", { onRequest: limit }, (request, reply) =>
    begin({ request, reply }, parseInput("sign-in", signInInput, request.body)),
  );
  server.post("/api/password", { onRequest: limit }, async (request, reply) => {
    const principal = authentication.principal(request);
    const { name } = personOf(principal);
    const { password, newPassword } = parseInput("password", passwordInput, request.body);
    const account = await accountOf(principal);
    await changePassword(db, { name, password, newPassword, address: request.ip });
    await recordNewPassword({ audit }, { principal, from: request.ip });
    return begin({ request, reply }, { user: name, password: newPassword, account });
  });
  server.post("/api/sign-out", async (request, reply) => {
    const principal = authentication.principal(request);
    await signOut(db, sessionToken(request) ?? "");
    await recordSignOut({ audit }, { principal, from: request.ip });
    setSessionCookie(request, reply, "");
    return { signedOut: true };
  });
  server.get("/api/me", async (request) => describeCaller(db, authentication.principal(request)));
  server.post("/api/act", async (request) => {
    const principal = authentication.principal(request);
    const choice = parseInput("act", actInput, request.body);
    const token = sessionToken(request);
    if (token === undefined || request.headers.authorization !== undefined)
      throw new HeadgateError("USAGE", {
        place: "act",
        message: "only a session can choose: an API key acts in its own account",
        remedy: "with an API key, name a role in the header Headgate-Role of each request",
      });
    await choose(db, principal, { token, ...choice });
    await recordChoice({ audit }, { principal, choice });
    return describeCaller(db, (await principalOfSession(db, token)) ?? principal);
  });
}
