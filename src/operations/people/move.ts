/**
 * A move of an account or an org unit in one transaction, or its rehearsal with what it would open and close, because units
 * hold grants.
 * Invariant: a plan changes nothing, and says what the same move would do.
 */
import type { Kysely } from "kysely";
import { z } from "zod";
import type { Tables } from "../../db/tables.ts";
import type { Asking } from "../../governance/asking.ts";
import type { Context } from "../context.ts";
import { noPreview, previewOf, type Preview } from "../tags/preview.ts";
import { inTagChange } from "../tags/tag-change.ts";

export const movePlan = z.boolean().default(false).describe("Only show what would open and close, and for whom.");

interface Moving {
  readonly asking: Asking;
  readonly plan: boolean;
}

export async function inMove(
  context: Pick<Context, "db" | "catalog">,
  moving: Moving,
  move: (transaction: Kysely<Tables>) => Promise<void>,
): Promise<Pick<Preview, "access" | "elsewhere">> {
  const { step } = await inTagChange(context, moving, ({ transaction }) => move(transaction));
  const { access, elsewhere } = moving.plan ? await previewOf(context, moving.asking, step) : noPreview;
  return { access, elsewhere };
}
