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
