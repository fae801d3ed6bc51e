/**
 * The cookies of our pages. No script can read one.
 * Invariant: over TLS, no other host of the same domain can set one (RFC 6265bis, "The __Host- Prefix").
 */
import type { FastifyReply, FastifyRequest } from "fastify";

/** A session, and a sign-in that has begun at an identity provider. */
type CookieName = "session" | "sign_in";

function fullName(request: FastifyRequest, name: CookieName): string {
  return isSecure(request) ? `__Host-headgate_${name}` : `headgate_${name}`;
}

/** Over our own TLS, or according to a trusted proxy. */
function isSecure({ protocol }: FastifyRequest): boolean {
  return protocol === "https";
}

export function cookieOf(request: FastifyRequest, name: CookieName): string | undefined {
  const prefix = `${fullName(request, name)}=`;
  const cookies = (request.headers.cookie ?? "").split("; ");
  return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length);
}

export interface NewCookie {
  readonly name: CookieName;
  /** Empty to remove it. */
  readonly value: string;
  readonly seconds: number;
  /** Lax: also sent when another site leads to one of our pages. */
  readonly sameSite: "Strict" | "Lax";
}

export function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, value, seconds, sameSite }: NewCookie,
): void {
  const age = value === "" ? 0 : seconds;
  const parts = [`${fullName(request, name)}=${value}`, "Path=/", "HttpOnly", `SameSite=${sameSite}`, `Max-Age=${age}`];
  reply.header("set-cookie", [...parts, ...(isSecure(request) ? ["Secure"] : [])].join("; "));
}
