/** Products on a terminal: one as a whole, many in a table, and what hangs on one. */
import type { PresentedProduct } from "../../operations/sharing/products/present-product.ts";
import { printRecord } from "./record.ts";
import { printRows } from "./rows.ts";
import { shortInstant } from "./short-instant.ts";

export function printProduct(product: PresentedProduct): void {
  const { description, questions, terms, owners, stewards, dataOwner, dataOwnerName, defaultDays, longestDays } =
    product;
  printRecord({
    product: product.name,
    account: product.account,
    description: description ?? undefined,
    has: hasText(product),
    tables: String(product.tables),
    sensitivity: product.sensitivity,
    state: product.state,
    owners: owners.join(", ") || "none",
    stewards: stewards.join(", ") || undefined,
    data_owner: dataOwner ?? undefined,
    data_owner_name: dataOwnerName ?? undefined,
    questions: questions.join("; ") || undefined,
    terms: terms === null ? undefined : `version ${terms.version}: ${terms.text}`,
    "usual time": defaultDays === null ? undefined : `${defaultDays} days`,
    "longest time": longestDays === null ? undefined : `${longestDays} days`,
    freshness: freshnessText(product),
  });
}

function hasText({ has, hidden }: PresentedProduct): string {
  const more = hidden === 0 ? [] : [`${hidden} more that you may not know`];
  return [...has, ...more].join(", ") || "nothing yet";
}

function freshnessText({ freshness: { promised, oldestAt, late } }: PresentedProduct): string | undefined {
  const age = oldestAt === null ? "never loaded from a source" : `its oldest table is of ${shortInstant(oldestAt)}`;
  if (promised === null) return oldestAt === null ? undefined : age;
  return `promised: at most ${promised}; ${age}${late ? ", which is too old" : ""}`;
}

export function printProducts(products: readonly PresentedProduct[]): void {
  const rows = products.map((product) => ({
    product: product.name,
    state: product.state,
    has: hasText(product),
    owners: product.owners.join(", "),
    sensitive: product.sensitivity === "none" ? "" : product.sensitivity,
    description: product.description ?? "",
  }));
  printRows(rows, process.stdout, { whole: ["product"], none: "there are no products that you may find" });
}

interface Hanging {
  readonly requests: readonly string[];
  readonly shares: readonly {
    readonly id: string;
    readonly to: string;
    readonly state: string;
    readonly outside: number;
    readonly outsideNames: readonly string[];
  }[];
}

export function hangingLines({ requests, shares }: Hanging): string[] {
  return [
    ...requests.map((handle) => `the request ${handle} waits`),
    ...shares.map(({ id, to, state, outside, outsideNames }) => {
      const names = outsideNames.length === 0 ? "" : ` (${outsideNames.join(", ")})`;
      const rest = outside === 0 ? "" : `; ${outside} of its tables${names} are not in it until somebody asks for them`;
      return `the share ${id} with ${to} is ${state.replaceAll("_", " ")}${rest}`;
    }),
  ];
}
