/**
 * How people add an authenticator to their own user, and remove it: the second factor beside the password. Somebody
 * whose account requires one can do nothing else before.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { HeadgateError } from "../../errors.ts";
import {
  addAuthenticator,
  checkCode,
  confirmAuthenticator,
  hasAuthenticator,
  removeAuthenticator,
} from "../../identity/codes/authenticators.ts";
import { ownUser } from "../../identity/own-user.ts";
import { personOf, type Principal } from "../../identity/principal.ts";
import { limitAttempts } from "../../identity/sign-in-attempts.ts";
import { checkOwnPassword, getUser } from "../../identity/users.ts";
import { recordOwnChange } from "../../operations/audit/record-sign-in.ts";
import { parseInput } from "../../operations/parse-input.ts";
import { codeInput, ownPasswordInput, passwordAndCodeInput } from "./sign-in-input.ts";
import type { SignInParts } from "./sign-in.ts";

export function addAuthenticatorRoutes(server: FastifyInstance, parts: SignInParts): void {
  const { context, limit } = parts;
  const { db } = context;
  const note = (principal: Principal, what: string): Promise<void> =>
    recordOwnChange(context, { principal, operation: "authenticator", what: { authenticator: what } });
  server.post("/api/authenticator", { onRequest: limit }, async (request) => {
    const principal = inSession(parts, request);
    const { password } = parseInput("authenticator", ownPasswordInput, request.body);
    const { name } = personOf(principal);
    const { id } = await checkOwnPassword(db, { name, password, address: request.ip });
    const added = await addAuthenticator(context, { id, name });
    await note(principal, "added");
    return added;
  });
  server.post("/api/authenticator/confirm", { onRequest: limit }, async (request) => {
    const principal = inSession(parts, request);
    const { code } = parseInput("authenticator", codeInput, request.body);
    const { id, name } = personOf(principal);
    const recoveryCodes = await limitAttempts(db, { user: name, address: request.ip }, () =>
      confirmAuthenticator(context, { id, code }),
    );
    await note(principal, "confirmed");
    return { recoveryCodes };
  });
  server.post("/api/authenticator/remove", { onRequest: limit }, async (request) => {
    const principal = inSession(parts, request);
    const { password, code } = parseInput("authenticator", passwordAndCodeInput, request.body);
    const { id, name } = personOf(principal);
    if (!(await hasAuthenticator(db, id))) throw new HeadgateError("AUTHENTICATOR_NOT_FOUND", { place: name });
    const also = (): Promise<void> => checkCode(context, { id, code });
    await checkOwnPassword(db, { name, password, address: request.ip, also });
    await removeAuthenticator(db, id);
    await note(principal, "removed");
    return { removed: true };
  });
  server.get("/api/authenticator", async (request) => {
    const { id, name } = personOf(inSession(parts, request));
    const hasPassword = (await getUser(db, name)).passwordHash !== null;
    return { hasAuthenticator: await hasAuthenticator(db, id), hasPassword };
  });
}

/** Somebody with a one-time password changes it first. Throws USAGE, PASSWORD_MUST_CHANGE. */
function inSession({ authentication }: SignInParts, request: FastifyRequest): Principal {
  const principal = authentication.principal(request);
  ownUser(principal, "authenticator");
  if (principal.mustChangePassword) throw new HeadgateError("PASSWORD_MUST_CHANGE");
  return principal;
}
