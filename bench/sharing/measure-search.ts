/** Searches for words that few and many things have, also misspelt ones, as people who may know a few tables, half of them, or all. */
import type { Context } from "../../src/operations/context.ts";
import { catalogSearch } from "../../src/operations/finding/search.ts";
import { openRandom } from "../../test/soak/random.ts";
import { percentile, principalNamed, timeOf } from "./ask-as.ts";

const questions = [
  "customer",
  "customers",
  "invoice",
  "order history",
  "email",
  "custmer",
  "shipment phone",
  "birth date",
  "",
  "warehouse_daily_77",
  "nightly delivered",
  "iban patient",
  "every night",
  "zzz",
  "paymnet",
  "customer_history_1234",
  "product_4711",
];

export async function measureSearch(context: Context, searches: number) {
  const all: number[] = [];
  const byAsker: Record<string, number> = {};
  const random = openRandom(1);
  for (const name of ["few", "many", "all"]) {
    const principal = await principalNamed(context, name);
    const search = (text: string) => timeOf(context, { operation: catalogSearch, principal, input: { text } });
    for (const question of questions) await search(question);
    const own: number[] = [];
    for (let index = 0; index < searches; index++) own.push(await search(random.pick(questions)));
    byAsker[name] = percentile(own, 0.95);
    all.push(...own);
  }
  return { searchP50: percentile(all, 0.5), searchP95: percentile(all, 0.95), searchP95By: byAsker };
}
