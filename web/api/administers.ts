/** Whether somebody administers the account in which they act, or the whole lake. The server decides; this only says what is worth offering. */
import { useQuery } from "@tanstack/react-query";
import { useMe } from "./me.ts";
import { mineQuery } from "./queries.ts";

export function useAdministers(): boolean {
  const me = useMe();
  const { data: mine } = useQuery(mineQuery);
  if (me?.role === "administrator" || mine?.everything === true) return true;
  return mine?.reached.some(({ kind, actions }) => kind === "account" && actions.includes("administer")) === true;
}
