/** The settings of a product as people give them, and how they are stored: what is said of it, and on which terms it is. */
import { z } from "zod";
import { secondsOf } from "../../../base/duration.ts";
import { HeadgateError } from "../../../errors.ts";
import { setProduct, setTerms, type Product, type ProductSettings } from "../../../sharing/product-store.ts";
import { setParameters } from "../../../stewardship/parameters.ts";
import type { Kysely } from "kysely";
import type { Tables } from "../../../db/tables.ts";

export const productName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, "a name of a product has letters, digits, _ and -, and begins with a letter");

const text = z.string().trim().max(10_000);

const duration = z.string().regex(/^[1-9]\d{0,5}[smhd]$/, "a number and s, m, h or d: 26h");

const days = z.int().min(1).max(36_500);

export const questions = z
  .array(z.string().trim().min(1).max(200))
  .max(50)
  .refine((all) => new Set(all).size === all.length, { message: "every question is there once" });

export const givenSettings = {
  description: text.optional().describe("An empty text takes it away, as with all texts here."),
  dataOwner: text.optional().describe("The parameter data_owner: whom to write to."),
  dataOwnerName: text.optional().describe("The parameter data_owner_name."),
  questions: questions.optional().describe("All questions that whoever asks has to answer."),
  terms: text.optional().describe("A change makes a new version, which requests accept. An empty text: no terms."),
  defaultDays: days
    .nullable()
    .optional()
    .describe("How long access lasts if the request does not say; null for no end."),
  longestDays: days.nullable().optional().describe("How long access lasts at most; null for as long as is asked for."),
  freshness: duration.nullable().optional().describe("How old its data should be at most: 26h. Null for no promise."),
};

const schema = z.strictObject(givenSettings);

export type GivenSettings = z.infer<typeof schema>;

/** Whether more is given than what stewards may change. */
export function isAboutTerms({
  description: _one,
  dataOwner: _other,
  dataOwnerName: _more,
  ...rest
}: GivenSettings): boolean {
  return Object.values(rest).some((value) => value !== undefined);
}

interface Author {
  readonly by: string | null;
  readonly origin: string | null;
}

/** Returns what has changed, by name. Throws USAGE. */
export async function storeSettings(
  transaction: Kysely<Tables>,
  before: Product,
  {
    given,
    author,
  }: { readonly given: GivenSettings & { readonly name?: string | undefined }; readonly author: Author },
): Promise<readonly string[]> {
  const settings = settingsOf(given);
  const { defaultDays = before.defaultDays, longestDays = before.longestDays } = settings;
  checkDays({ defaultDays, longestDays });
  const isSet = await setProduct(transaction, before, settings);
  const isNewVersion =
    given.terms !== undefined &&
    (await setTerms(transaction, before, { text: given.terms === "" ? undefined : given.terms, by: author.by }));
  const said = await setParameters(transaction, parametersOf(before.id, given), author);
  return [...(isSet ? ["settings"] : []), ...(isNewVersion ? ["terms"] : []), ...said.map(({ key }) => key)];
}

function settingsOf({
  name,
  questions: asked,
  defaultDays,
  longestDays,
  freshness,
}: GivenSettings & {
  readonly name?: string | undefined;
}): ProductSettings {
  const freshnessSeconds = typeof freshness === "string" ? secondsOf(freshness) : freshness;
  return { name, questions: asked, defaultDays, longestDays, freshnessSeconds };
}

function checkDays({ defaultDays, longestDays }: Pick<ProductSettings, "defaultDays" | "longestDays">): void {
  if (defaultDays == null || longestDays == null || defaultDays <= longestDays) return;
  throw new HeadgateError("USAGE", {
    message: `access would usually last ${defaultDays} days, and at most ${longestDays}`,
    remedy: "let the usual time be no longer than the longest one",
  });
}

function parametersOf(id: string, { description, dataOwner, dataOwnerName }: GivenSettings) {
  const texts = { description, data_owner: dataOwner, data_owner_name: dataOwnerName };
  return Object.entries(texts).flatMap(([key, value]) =>
    value === undefined ? [] : [{ on: { kind: "product", id } as const, key, value: value === "" ? undefined : value }],
  );
}
