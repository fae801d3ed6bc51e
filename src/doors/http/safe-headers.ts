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

/** Adds them to an answer, as far as it has not said otherwise itself. */
export function addSafeHeaders(reply: FastifyReply): void {
  for (const [name, value] of Object.entries(safeHeaders)) if (!reply.hasHeader(name)) reply.header(name, value);
}
