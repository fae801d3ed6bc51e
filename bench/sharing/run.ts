/**
 * Finding things and asking for them in a large lake: how long a search, an inbox, a list of requests and a list of somebody's
 * access take, with ten thousand products, a history of a hundred thousand requests and fifty approvers.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openCleanup } from "../../src/base/cleanup.ts";
import { silentLog } from "../../src/base/event-log.ts";
import { openContext } from "../../src/operations/context.ts";
import { testConfig } from "../../test/world/lake.ts";
import { finish, progress, rounded } from "../headgate.ts";
import { measureSearch } from "./measure-search.ts";
import { measureSharing } from "./measure-sharing.ts";
import { populateSharing } from "./populate-requests.ts";
import { makeDocuments, populate } from "./populate.ts";

const sizes = {
  tables: { type: "string", default: "100000" },
  databases: { type: "string", default: "300" },
  products: { type: "string", default: "10000" },
  requests: { type: "string", default: "100000" },
  approvers: { type: "string", default: "50" },
  searches: { type: "string", default: "200" },
} as const;

export async function run(given: readonly string[]): Promise<void> {
  const options = { ...sizes, keep: { type: "boolean", default: false } } as const;
  const { values } = parseArgs({ args: [...given], options });
  const { tables, databases, products, requests, approvers, searches } = values;
  const size = {
    tables: Number(tables),
    databases: Number(databases),
    products: Number(products),
    requests: Number(requests),
    approvers: Number(approvers),
  };
  const result = await measured(size, Number(searches));
  finish({ bench: "sharing", ...size, ...result }, { folder: import.meta.dirname, name: tables, keep: values.keep });
}

type Size = { readonly [Name in "tables" | "databases" | "products" | "requests" | "approvers"]: number };

async function measured(size: Size, searches: number) {
  const cleanup = openCleanup();
  const data = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  cleanup.defer(async () => rmSync(data, { recursive: true, force: true }));
  try {
    const config = testConfig({ data });
    const context = cleanup.use(await openContext({ config, connectors: async () => [], log: silentLog }));
    progress(`making ${size.tables} tables, ${size.products} products and ${size.requests} requests`);
    await populate(context.db, size);
    await populateSharing(context.db, size);
    const began = performance.now();
    await makeDocuments(context.db);
    const documentsSeconds = rounded((performance.now() - began) / 1_000, 1);
    progress("searching, and reading inboxes and access");
    return { ...(await measureSearch(context, searches)), ...(await measureSharing(context)), documentsSeconds };
  } finally {
    await cleanup[Symbol.asyncDispose]();
  }
}
