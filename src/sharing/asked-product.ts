/**
 * The conditions on which a product can be asked for: every question answered, the terms accepted as they are now, and an
 * end that is not later than the product allows.
 * Invariant: they are looked at again when a draft is sent and when a request is approved, in the transaction of the step.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { productById, type Product } from "./product-store.ts";
import type { ShareRequest } from "./request.ts";

const dayMs = 86_400_000;

/** The end of what is asked for: as wished, the product's usual one if nothing is wished, and never beyond its longest. */
export function endWithin(
  { defaultDays, longestDays }: Pick<Product, "defaultDays" | "longestDays">,
  { until, now }: { readonly until: number | undefined; readonly now: number },
): number | undefined {
  const usual = defaultDays === undefined ? undefined : now + defaultDays * dayMs;
  const longest = longestDays === undefined ? Infinity : now + longestDays * dayMs;
  const end = Math.min(until ?? usual ?? Infinity, longest);
  return end === Infinity ? undefined : end;
}

type Asked = Pick<ShareRequest, "productId" | "termsVersion" | "answers">;

/** Throws PRODUCT_NOT_FOUND for one that was removed meanwhile, ANSWERS_MISSING, TERMS_NOT_ACCEPTED. */
export async function checkConditions(transaction: Kysely<Tables>, asked: Asked): Promise<void> {
  const { productId, answers } = asked;
  if (productId === undefined) return;
  const product = await productById(transaction, productId);
  if (product === undefined) throw new HeadgateError("PRODUCT_NOT_FOUND", { place: "the product of the request" });
  const open = product.questions.filter((question) => (answers[question] ?? "").trim() === "");
  if (open.length > 0)
    throw new HeadgateError("ANSWERS_MISSING", {
      place: product.name,
      message: `without an answer: ${open.join("; ")}`,
    });
  checkTerms(product, asked);
}

/** Throws TERMS_NOT_ACCEPTED. */
export function checkTerms(product: Product, { termsVersion }: Pick<Asked, "termsVersion">): void {
  if (product.terms === undefined || termsVersion === product.termsVersion) return;
  const accepted = termsVersion === undefined ? "none was accepted" : `version ${termsVersion} was accepted`;
  throw new HeadgateError("TERMS_NOT_ACCEPTED", {
    place: product.name,
    message: `its terms are those of version ${product.termsVersion}, and ${accepted}`,
  });
}
