/** The questions about one source that several of its pages ask. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";

export const sourceQuery = (name: string) =>
  queryOptions({ queryKey: ["sources", name], queryFn: () => api.sourceShow({ name }) });

/** Asks the source's own server. */
export const offeredQuery = (name: string) =>
  queryOptions({
    queryKey: ["offered", name],
    queryFn: () => api.sourceDiscover({ name }),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
