/** The part of headgate.yaml about products: databases and tables that are offered together. */
import { z } from "zod";
import { productName, questions } from "../sharing/products/product-settings.ts";

const text = z.string().min(1).max(10_000);
const days = z.int().min(1).max(36_500);

const product = z.strictObject({
  has: z.array(z.string().min(1)).default([]).describe('shop.orders, "shop.*" for all tables, "database shop"'),
  owners: z.array(z.string().min(1)).default([]).describe("who decides on requests for it: ann, group:sales"),
  stewards: z.array(z.string().min(1)).default([]).describe("who looks after what is said of it"),
  description: text.optional(),
  data_owner: text.optional().describe("whom to write to"),
  data_owner_name: text.optional(),
  questions: questions.default([]).describe("questions that everybody who asks has to answer"),
  terms: text.optional().describe("terms that everybody who asks has to accept; a change makes a new version"),
  default_days: days.optional().describe("how long access lasts if the request does not say"),
  longest_days: days.optional().describe("how long access lasts at most"),
  freshness: z
    .string()
    .regex(/^[1-9]\d{0,5}[smhd]$/, "a number and s, m, h or d: 26h")
    .optional()
    .describe("how old its data should be at most"),
});

export const declaredProducts = z.record(productName, product).default({}).describe("products of the account, by name");

export type DeclaredProducts = z.infer<typeof declaredProducts>;
export type DeclaredProduct = DeclaredProducts[string];
