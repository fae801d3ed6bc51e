/** Whether somebody may make a product: whoever administers the account, or owns something in it. The server decides. */
import { useQuery } from "@tanstack/react-query";
import { useAdministers } from "../../../api/administers.ts";
import { api } from "../../../api/client.ts";
import { useMe } from "../../../api/me.ts";

export function useMayOffer(): boolean {
  const administers = useAdministers();
  const me = useMe();
  const name = me?.name ?? "";
  const { data } = useQuery({
    queryKey: ["search", "owned", name],
    queryFn: () => api.catalogSearch({ owner: name, limit: 1 }),
    enabled: !administers && name !== "",
  });
  return administers || (data?.results.length ?? 0) > 0;
}
