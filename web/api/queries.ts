/** The questions of the pages to the API, each with the key under which the answer is kept. */
import { queryOptions } from "@tanstack/react-query";
import type { ListedTable } from "../../src/client/api-client.ts";
import { api } from "./client.ts";

export const statusQuery = queryOptions({ queryKey: ["status"], queryFn: () => api.status({}) });

export const tablesQuery = queryOptions({
  queryKey: ["tables"],
  queryFn: () => api.tableList({}),
  select: ({ tables }) => ({ tables: eachOnce(tables) }),
  staleTime: 30_000,
});

/** A table of another account that has a name in one's own is there by that name, and not a second time. */
function eachOnce(tables: readonly ListedTable[]): readonly ListedTable[] {
  const linked = new Set(tables.flatMap(({ uuid, link }) => (link === undefined ? [] : [uuid])));
  return tables.filter(({ uuid, link }) => link !== undefined || !linked.has(uuid));
}

export const databasesQuery = queryOptions({ queryKey: ["databases"], queryFn: () => api.databaseList({}) });

export const sourcesQuery = queryOptions({ queryKey: ["sources"], queryFn: () => api.sourceList({}) });

export const schedulesQuery = queryOptions({ queryKey: ["schedules"], queryFn: () => api.scheduleList({}) });

export const runsQuery = queryOptions({ queryKey: ["runs"], queryFn: () => api.runList({ limit: 200 }) });

export const mineQuery = queryOptions({ queryKey: ["access", "mine"], queryFn: () => api.accessMine({}) });

export const proposalsQuery = queryOptions({
  queryKey: ["pii", "open"],
  queryFn: () => api.piiList({ state: "open" }),
});

export const databaseQuery = (database: string) =>
  queryOptions({ queryKey: ["database", database], queryFn: () => api.databaseShow({ database }) });

export const tableQuery = (table: string) =>
  queryOptions({ queryKey: ["table", table], queryFn: () => api.tableShow({ table }) });

export const historyQuery = (table: string) =>
  queryOptions({ queryKey: ["table", table, "history"], queryFn: () => api.tableHistory({ table }) });

export const readersQuery = (table: string) =>
  queryOptions({ queryKey: ["access", "to", table], queryFn: () => api.accessTo({ table }) });

export const inboxQuery = queryOptions({
  queryKey: ["requests", "inbox"],
  queryFn: () => api.requestInbox({}),
  // Approvers who administer no account are not told by events of requests that begin.
  refetchInterval: 20_000,
});

export const requestsQuery = (of: "mine" | "all") =>
  queryOptions({ queryKey: ["requests", of], queryFn: () => api.requestList({ of }) });

export const requestQuery = (request: string) =>
  queryOptions({ queryKey: ["requests", "one", request], queryFn: () => api.requestShow({ request }) });

export const sharesQuery = queryOptions({ queryKey: ["shares"], queryFn: () => api.shareList({ ended: true }) });

export const shareQuery = (id: string) =>
  queryOptions({ queryKey: ["shares", "one", id], queryFn: () => api.shareShow({ id }) });

export const productsQuery = queryOptions({ queryKey: ["products"], queryFn: () => api.productList({}) });

export const productQuery = (product: string) =>
  queryOptions({
    queryKey: ["products", "one", product],
    queryFn: () => api.productShow({ product, history: true }),
  });

export const linksQuery = queryOptions({ queryKey: ["links"], queryFn: () => api.linkList({}) });

export const keptQueriesQuery = queryOptions({ queryKey: ["kept", "queries"], queryFn: () => api.queryList({}) });

export const keptQueryQuery = (query: string) =>
  queryOptions({ queryKey: ["kept", "queries", query], queryFn: () => api.queryShow({ query }) });

export const boardsQuery = queryOptions({ queryKey: ["kept", "boards"], queryFn: () => api.boardList({}) });

export const boardQuery = (board: string) =>
  queryOptions({ queryKey: ["kept", "boards", board], queryFn: () => api.boardShow({ board }) });
