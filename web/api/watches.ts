/**
 * Whether somebody may watch the account: its sources, runs and freshness. The pages ask for these only then, so that
 * nobody meets a refusal that they did not cause.
 */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { StatusAnswer } from "../../src/client/api-client.ts";
import { useMe } from "./me.ts";
import { mineQuery, statusQuery } from "./queries.ts";

export function useWatches(): boolean {
  const me = useMe();
  const { data: mine } = useQuery(mineQuery);
  const watchesAccount = mine?.reached.some(({ kind, actions }) => kind === "account" && actions.includes("watch"));
  return me !== undefined && (me.role !== "none" || mine?.everything === true || watchesAccount === true);
}

export function useStatus(): UseQueryResult<StatusAnswer> {
  return useQuery({ ...statusQuery, enabled: useWatches() });
}
