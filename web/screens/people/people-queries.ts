/** The questions of the pages of people, and what is asked again after a change. */
import { queryOptions } from "@tanstack/react-query";
import { api, cache } from "../../api/client.ts";

export const usersQuery = queryOptions({ queryKey: ["people", "users"], queryFn: () => api.userList({}) });
export const keysQuery = queryOptions({ queryKey: ["people", "keys"], queryFn: () => api.keyList({}) });
export const unitsQuery = queryOptions({ queryKey: ["people", "units"], queryFn: () => api.unitList({}) });
export const accountsQuery = queryOptions({ queryKey: ["people", "accounts"], queryFn: () => api.accountList({}) });
export const providersQuery = queryOptions({
  queryKey: ["people", "providers"],
  queryFn: () => api.identityProviderList({}),
});
export const mySessionsQuery = queryOptions({
  queryKey: ["people", "my-sessions"],
  queryFn: () => api.sessionMine({}),
});

export type GroupKind = "group" | "role";

export const groupsQuery = (kind: GroupKind) =>
  queryOptions({
    queryKey: ["people", kind, "list"],
    queryFn: () => (kind === "group" ? api.groupList({}) : api.roleList({})),
  });

export const groupQuery = (kind: GroupKind, name: string) =>
  queryOptions({
    queryKey: ["people", kind, "one", name],
    queryFn: () => (kind === "group" ? api.groupShow({ name }) : api.roleShow({ name })),
  });

export function refreshPeople(): Promise<unknown> {
  return Promise.all(["people", "access", "me"].map((key) => cache.invalidateQueries({ queryKey: [key] })));
}
