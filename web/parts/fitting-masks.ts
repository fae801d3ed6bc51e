/** The masks that fit a type of column; the server has the last word. A fixed value is left to the editor of filters. */
import type { DataFilter } from "../../src/client/api-client.ts";

export type FittingMask = Exclude<DataFilter["masks"][number]["mask"], "fixed-value">;

const texts = ["sha-256-global", "sha-256-query-local", "mask-alphanum", "show-first-4", "show-last-4"] as const;
const times = ["truncate-to-year", "truncate-to-month"] as const;
const hashes = ["sha-256-global", "sha-256-query-local"] as const;

/** `type` as Iceberg writes it. */
export function fittingMasks(type: string): readonly FittingMask[] {
  if (/^(list|map|struct)/.test(type)) return ["replace-with-null"];
  return [...ownMasks(type), "mask-to-default", "replace-with-null"];
}

function ownMasks(type: string): readonly FittingMask[] {
  if (type === "string") return texts;
  if (/^(date|timestamp)/.test(type)) return times;
  return /^(int|long|binary)$/.test(type) ? hashes : [];
}
