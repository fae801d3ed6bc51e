/** Changes whenever a table of the lake has changed, as far as whoever looks may know of it: for boards that follow that. */
import { useQuery } from "@tanstack/react-query";
import { tablesQuery } from "../../api/queries.ts";

const askMs = 15_000;

export function useCommits(isWanted: boolean): string {
  const { data } = useQuery({ ...tablesQuery, enabled: isWanted, refetchInterval: askMs });
  if (!isWanted) return "";
  // Somebody who reads a part of a table may not know its states, but when it was last equal to its source.
  return (data?.tables ?? []).map(({ uuid, snapshot_id: state, freshAt }) => `${uuid} ${state ?? freshAt}`).join("\n");
}
