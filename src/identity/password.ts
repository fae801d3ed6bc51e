/**
 * Passwords are hashed with argon2id as OWASP recommends (19 MiB, two passes). Checking takes the same time whether or
 * not the user exists. Keyboards write one letter in several ways, which are one here (NFC, as RFC 8265 says).
 */
import { randomBytes } from "node:crypto";
import { HeadgateError } from "../errors.ts";

const leastLength = 12;
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export async function hashPassword(password: string): Promise<string> {
  const { hash } = await argon2();
  return hash(password.normalize("NFC"), cost);
}

/** `known` is missing if there is no such user, or the user has no password; checking takes just as long then. */
export async function isPassword(known: string | null | undefined, password: string): Promise<boolean> {
  const { verify } = await argon2();
  const hash = known ?? (await nobodysHash());
  const composed = password.normalize("NFC");
  // Earlier hashes are those of what was typed.
  const fits = (await verify(hash, composed)) || (composed !== password && (await verify(hash, password)));
  return known !== undefined && known !== null && fits;
}

/** A native library, which most commands do without. */
const argon2 = () => import("@node-rs/argon2");

let madeHash: Promise<string> | undefined;

function nobodysHash(): Promise<string> {
  return (madeHash ??= hashPassword(randomBytes(24).toString("hex")));
}

/** Makes a password for somebody else to use once. */
export function oneTimePassword(): string {
  return randomBytes(15).toString("base64url");
}

/** Throws PASSWORD_WEAK. */
export function checkStrength(password: string, { name, old }: { name: string; old: string }): void {
  const refuse = (message: string): never => {
    throw new HeadgateError("PASSWORD_WEAK", { place: "newPassword", message });
  };
  if (password.length < leastLength)
    refuse(`the new password has ${password.length} characters, but it must have at least ${leastLength}`);
  if (password.normalize("NFC") === old.normalize("NFC")) refuse("the new password is the same as the old one");
  if (password.toLowerCase().includes(name.toLowerCase())) refuse("the new password contains the user's name");
}
