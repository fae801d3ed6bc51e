/** Products, their steps and their times as people say them. */
import type { Product } from "../../../../src/client/api-client.ts";
import { counted } from "../../../parts/numbers.ts";
import type { StateWords } from "../request-words.ts";

export function standingOf({ state, yours }: Pick<Product, "state" | "yours">): StateWords {
  if (state === "readable") return { text: "You read it", tone: "ok", icon: "check" };
  if (state === "requested") return { text: "Requested", tone: "warn", icon: "waiting" };
  if (yours) return { text: "Yours", tone: "plain", icon: "edit" };
  return { text: "Ask for it", tone: "plain", icon: "hidden" };
}

/** How long access lasts. */
export function lastsWords({ defaultDays, longestDays }: Pick<Product, "defaultDays" | "longestDays">): string {
  const usual = defaultDays === null ? "no end" : counted(defaultDays, "day");
  const most = longestDays === null ? "" : `, ${counted(longestDays, "day")} at most`;
  return `${usual}${most}`;
}

const steps: Readonly<Record<string, string>> = {
  "product.added": "Made",
  "product.changed": "Changed",
  "product.terms-changed": "Terms changed",
  "product.items-changed": "Tables or databases changed",
  "product.removed": "Removed",
};

/** "Share revoked" for `share.revoked`. */
export function stepWords(type: string): string {
  const known = steps[type];
  if (known !== undefined) return known;
  const words = type.replaceAll(/[.-]/g, " ");
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
