/** The answers about a kept query or board that are the same for both. */
import { z } from "zod";
import type { Asking } from "../../governance/asking.ts";
import { instant, texts } from "../answers.ts";
import { ownerLabel, sharedLabels, type Kept } from "./kept-store.ts";

export const presentedKept = z.strictObject({
  name: z.string(),
  owner: z.string(),
  isOwn: z.boolean(),
  sharedWith: texts.describe("For its owner only."),
  changedAt: instant,
});

export function presentKept(asking: Asking, kept: Kept): z.infer<typeof presentedKept> {
  return {
    name: kept.name,
    owner: ownerLabel(asking, kept),
    isOwn: kept.isOwn,
    sharedWith: sharedLabels(asking, kept),
    changedAt: kept.changedAt.toISOString(),
  };
}
