/** Who is signed in, in which account they act, and the calls by which people sign in and out. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { cache } from "./client.ts";
import { endSession } from "./session-end.ts";

export interface Me {
  readonly kind: string;
  readonly name: string;
  readonly role: string;
  readonly mustChangePassword: boolean;
  readonly lacksAuthenticator?: boolean;
  /** The person behind a role. */
  readonly behind?: string;
  readonly account: string | null;
  readonly accounts: readonly string[];
  readonly assumable: readonly string[];
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Null for somebody who is not signed in, which the server has written into the page if it knew it then. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async (): Promise<Me | null> => {
    if (document.documentElement.dataset["session"] === "none") return null;
    const response = await fetch("/api/me");
    return response.status === 401 ? null : ((await response.json()) as Me);
  },
  staleTime: 60_000,
});

export function useMe(): Me | undefined {
  return useQuery(meQuery).data ?? undefined;
}

/** After signing in: asks the server who that is now. */
export async function arrive(): Promise<Me | null> {
  delete document.documentElement.dataset["session"];
  return cache.fetchQuery({ ...meQuery, staleTime: 0 });
}

/** Throws a Refusal. */
export async function post<Answer>(path: string, input: object): Promise<Answer> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(input),
  }).catch(() => undefined);
  if (response === undefined) throw unreachable;
  const answer = (await response.json()) as { error?: Refusal };
  if (answer.error !== undefined) throw answer.error;
  return answer as Answer;
}

const unreachable: Refusal = {
  code: "UNREACHABLE",
  message: "The server did not answer.",
  remedy: "Look at your network and try again.",
};

export async function signOut(): Promise<void> {
  const { continueAt } = await post<{ continueAt?: string }>("/api/sign-out", {});
  cache.clear();
  endSession();
  location.assign(continueAt ?? "/sign-in");
}

/** Everything that is on the screen belongs to the account in which somebody acts. */
export async function actIn(choice: { readonly account?: string; readonly role?: string | null }): Promise<void> {
  await post("/api/act", choice);
  await cache.invalidateQueries();
}
