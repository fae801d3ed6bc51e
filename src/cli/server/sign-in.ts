/** Begins and ends the session of a person at a server, by the same calls as the console. */
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import type { PresentedError } from "../../base/present-error.ts";
import type { ServerConfig } from "../../config.ts";
import { HeadgateError } from "../../errors.ts";
import type { CallerDescription } from "../../identity/acting.ts";
import { forgetSignIn, keepSignIn, keptSignIn } from "./kept-sign-ins.ts";
import { credentials, postTo, unreachable } from "./server-session.ts";

export interface SigningIn {
  readonly user: string;
  readonly account: string | undefined;
  /** A role to assume for the whole session. */
  readonly role: string | undefined;
  password(): Promise<string>;
  /** Asked for when the password was somebody else's. */
  newPassword(): Promise<string>;
  /** Asked for when the user has an authenticator. */
  code(): Promise<string>;
  /** Shows people what their account requires; undefined where nobody would see it. */
  readonly enrolment: Enrolment | undefined;
}

export interface Enrolment {
  /** Shows the key, and returns the first code of the authenticator that has it. */
  show(key: { readonly secret: string; readonly address: string }): Promise<string>;
  /** The codes for somebody without their authenticator, which are shown only once. */
  keep(recoveryCodes: readonly string[]): void;
}

/** Keeps the session for the commands that follow. Throws what the server refuses with. */
export async function signInAt(server: ServerConfig, signingIn: SigningIn): Promise<CallerDescription> {
  const { user, account, role } = signingIn;
  const password = await signingIn.password();
  const first = await withCode(signingIn, (code) =>
    callJson<Entered>(server, "/api/sign-in", { user, password, account, code }),
  );
  const own = first.answer.mustChangePassword ? await signingIn.newPassword() : password;
  const { answer, cookie } =
    own === password ? first : await changed(server, { cookie: first.cookie, password, newPassword: own });
  if (answer.lacksAuthenticator === true && signingIn.enrolment !== undefined)
    await enrol(server, { cookie, password: own, enrolment: signingIn.enrolment });
  if (role !== undefined) await callJson(server, "/api/act", { role }, { cookie, origin: server.origin });
  await keepSignIn(server.signIns, server.origin, { user, cookie });
  return whoAt({ ...server, key: undefined });
}

interface Entered {
  readonly mustChangePassword?: boolean;
  readonly lacksAuthenticator?: boolean;
}

interface Enrolling {
  readonly cookie: string;
  readonly password: string;
  readonly enrolment: Enrolment;
}

/** Throws CODE_REFUSED for a wrong code; the next sign-in begins anew. */
async function enrol(server: ServerConfig, { cookie, password, enrolment }: Enrolling): Promise<void> {
  const headers = { cookie, origin: server.origin };
  const key = await callJson<{ secret: string; address: string }>(server, "/api/authenticator", { password }, headers);
  const code = (await enrolment.show(key.answer)).trim();
  const path = "/api/authenticator/confirm";
  const confirmed = await callJson<{ recoveryCodes: readonly string[] }>(server, path, { code }, headers);
  enrolment.keep(confirmed.answer.recoveryCodes);
}

async function withCode<Answer>(
  { code }: SigningIn,
  call: (code: string | undefined) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await call(undefined);
  } catch (failure) {
    if (!(failure instanceof HeadgateError && failure.code === "CODE_REQUIRED")) throw failure;
    return call(await code());
  }
}

function changed(
  server: ServerConfig,
  { cookie, ...passwords }: { cookie: string; password: string; newPassword: string },
): Promise<Answered<Entered>> {
  return callJson(server, "/api/password", passwords, { cookie, origin: server.origin });
}

/** False if nobody was signed in. The session ends at the server, too. */
export async function signOutAt(server: ServerConfig): Promise<boolean> {
  const kept = await keptSignIn(server.signIns, server.origin);
  if (kept === undefined) return false;
  await forgetSignIn(server.signIns, server.origin);
  await callJson(server, "/api/sign-out", {}, { cookie: kept.cookie, origin: server.origin }).catch(unlessEnded);
  return true;
}

function unlessEnded(failure: unknown): void {
  if (!(failure instanceof HeadgateError && failure.code === "UNAUTHENTICATED")) throw failure;
}

/** Who the commands are at the server. Throws UNAUTHENTICATED. */
export async function whoAt(server: ServerConfig): Promise<CallerDescription> {
  const headers = await credentials(server);
  const response = await fetch(`${server.origin}/api/me`, { headers: headers as Record<string, string> }).catch(
    (cause: unknown) => Promise.reject(unreachable(server.origin, cause)),
  );
  const answer = (await response.json()) as CallerDescription | { error: PresentedError };
  if ("error" in answer) throw new HeadgateError(answer.error.code, answer.error);
  return answer;
}

interface Answered<Answer> {
  readonly answer: Answer;
  /** Empty if the answer sets none. */
  readonly cookie: string;
}

async function callJson<Answer extends object>(
  server: ServerConfig,
  path: string,
  input: object,
  headers: OutgoingHttpHeaders = {},
): Promise<Answered<Answer>> {
  const response = await postTo(server, { path, body: JSON.stringify(input), signal: undefined }, headers);
  const answer = JSON.parse(await text(response)) as Answer | { error: PresentedError };
  if ("error" in answer) throw new HeadgateError(answer.error.code, answer.error);
  return { answer, cookie: cookieOf(response) };
}

function cookieOf({ headers }: IncomingMessage): string {
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}
