/** Headers of every answer: it is what it says it is, nobody keeps it, no page frames it or learns where a person came from. */
export const safeHeaders = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;
