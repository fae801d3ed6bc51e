/** Random tokens of 256 bits. Only their digests are stored, so that reading the database is not enough to use them. */
import { createHash, randomBytes } from "node:crypto";

export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

export function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
