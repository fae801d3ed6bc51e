/**
 * One-time codes from a secret and the time (TOTP, RFC 6238, with HMAC-SHA-1, six digits and steps of thirty seconds, as
 * all authenticators have them), and the address that an authenticator reads the secret from. Pure.
 * Invariant: all codes that could fit are computed, whichever of them fits.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

const stepSeconds = 30;
/** Steps before and after the present one whose codes are accepted: clocks differ, and people type slowly. */
const tolerance = 1;
const digits = 6;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function codeAt(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac("sha1", secret).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 0xf;
  const number = hash.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

export function stepAt(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000 / stepSeconds);
}

/** The step whose code this is, if it is one of the steps around this time; undefined for a wrong code. */
export function stepOfCode(secret: Buffer, { code, now }: { code: string; now: number }): number | undefined {
  if (!isOneTimeCode(code)) return undefined;
  const present = stepAt(now);
  let found: number | undefined;
  for (let step = present - tolerance; step <= present + tolerance; step++)
    if (timingSafeEqual(Buffer.from(codeAt(secret, step)), Buffer.from(code))) found ??= step;
  return found;
}

/** Whether the text has the form of such a code. */
export function isOneTimeCode(text: string): boolean {
  return /^[0-9]{6}$/.test(text);
}

/** As people type it into an authenticator that cannot read an address (RFC 4648, base 32). */
export function secretText(secret: Buffer): string {
  let bits = "";
  for (const byte of secret) bits += byte.toString(2).padStart(8, "0");
  return (bits.match(/.{1,5}/g) ?? []).map((part) => alphabet[Number.parseInt(part.padEnd(5, "0"), 2)]).join("");
}

/** The address that authenticators read, also from a picture of it. */
export function authenticatorAddress({ secret, user }: { secret: Buffer; user: string }): string {
  const query = new URLSearchParams({ secret: secretText(secret), issuer: "Headgate" });
  return `otpauth://totp/Headgate:${encodeURIComponent(user)}?${query}`;
}
