/**
 * How a delivery is signed, so that whoever receives it knows that it is from this Headgate, whole, and not an old one
 * that somebody sends again: as the specification of Standard Webhooks says. HMAC-SHA-256 of the id, the time and the
 * body, in base64.
 */
import { createHmac, randomBytes } from "node:crypto";

const prefix = "whsec_";

export function newSigningSecret(): string {
  return `${prefix}${randomBytes(32).toString("base64")}`;
}

export interface Delivery {
  /** The same for each attempt, so that the receiver knows an event that arrives twice. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

export function signedHeaders(secret: string, { id, timestamp, body }: Delivery): Readonly<Record<string, string>> {
  const key = Buffer.from(secret.slice(prefix.length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": `v1,${signature}` };
}
