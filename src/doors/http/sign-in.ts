/**
 * How people sign in and out: a session for user and password, changing the password, who is signed
 * in, and in which account and as which role they act. Signing in with an identity provider is in provider-sign-in.ts.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { toHeadgateError } from "../../base/present-error.ts";
import { HeadgateError } from "../../errors.ts";
import { choose, describeCaller } from "../../identity/acting.ts";
import { personOf, presentPrincipal, type Principal } from "../../identity/principal.ts";
import { openSession, principalOfSession, signIn, type OpenedSession, type SignIn } from "../../identity/sessions.ts";
import { changePassword } from "../../identity/users.ts";
import type { Context } from "../../operations/context.ts";
import {
  recordChoice,
  recordLockout,
  recordNewPassword,
  recordRefusedSignIn,
  recordSignIn,
} from "../../operations/audit/record-sign-in.ts";
import { parseInput } from "../../operations/parse-input.ts";
import { sessionToken, setSessionCookie, type Authentication } from "./authentication.ts";
import { actInput, passwordInput, signInInput } from "./sign-in-input.ts";

export interface SignInParts {
  readonly context: Context;
  readonly authentication: Authentication;
  /** Throws TOO_MANY_REQUESTS after too many passwords were tried. */
  limit(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** False after too many sign-ins with providers have failed, which are then no longer told one by one. */
  isFew(request: FastifyRequest): Promise<boolean>;
}

export interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export function addSignIn(server: FastifyInstance, { context, authentication, limit }: SignInParts): void {
  const { db, log, audit, secrets } = context;
  const begin = async (asked: Asked, as: Pick<SignIn, "user" | "password" | "account" | "code">): Promise<object> => {
    const from = asked.request.ip;
    const onWait = (until: Date): Promise<void> => recordLockout({ db, audit }, { user: as.user, from, until });
    const opened = await signIn(db, { ...as, secrets, address: from, onWait }).catch(async (failure: unknown) => {
      const { code, message: because } = toHeadgateError(failure);
      const event = code === "SIGN_IN_DELAYED" ? "sign-in delayed" : "sign-in refused";
      log(event, { user: as.user, from, because });
      await recordRefusedSignIn({ db, audit }, { user: as.user, failure, from });
      throw failure;
    });
    return beginSession(context, asked, opened);
  };
  /** Undefined behind a role, whose account need not be the user's. */
  const accountOf = (principal: Principal): string | null =>
    principal.behind === undefined ? (principal.accountId ?? null) : null;
  server.post("/api/sign-in", { onRequest: limit }, (request, reply) =>
    begin({ request, reply }, parseInput("sign-in", signInInput, request.body)),
  );
  server.post("/api/password", { onRequest: limit }, async (request, reply) => {
    const principal = authentication.principal(request);
    const { name } = personOf(principal);
    const { password, newPassword } = parseInput("password", passwordInput, request.body);
    const { id, passwordHash } = await changePassword(db, { name, password, newPassword, address: request.ip });
    await recordNewPassword({ audit }, { principal, from: request.ip });
    const session = { id, passwordHash, accountId: accountOf(principal), address: request.ip };
    return beginSession(context, { request, reply }, await openSession(db, session));
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
    if (principal.lacksAuthenticator === true) throw new HeadgateError("AUTHENTICATOR_REQUIRED");
    await choose(db, principal, { token, ...choice });
    await recordChoice({ audit }, { principal, choice });
    return describeCaller(db, (await principalOfSession(db, token)) ?? principal);
  });
}

/** Records it, and gives the browser its cookie. */
export async function beginSession(
  { log, audit }: Pick<Context, "log" | "audit">,
  { request, reply }: Asked,
  { token, principal, provider }: OpenedSession & { readonly provider?: string | undefined },
): Promise<object> {
  log("sign-in", { user: principal.name, from: request.ip, ...(provider === undefined ? {} : { provider }) });
  await recordSignIn({ audit }, { principal, from: request.ip, provider });
  setSessionCookie(request, reply, token);
  return presentPrincipal(principal);
}
