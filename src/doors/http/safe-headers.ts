import type { FastifyReply } from "fastify";

/**
 * Headers of every answer: the content type is binding, nothing is cached, no page may frame it, and no referrer is
 * sent.
 */
export const safeHeaders = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** Adds them to an answer. One that may be kept has said so itself. */
export function addSafeHeaders(reply: FastifyReply): void {
  const kept = reply.getHeader("cache-control");
  reply.headers(safeHeaders);
  if (kept !== undefined) reply.header("cache-control", kept);
}
