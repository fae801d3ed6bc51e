/**
 * The console's only way to the server: the generated client of the API in the browser's own session, and the cache in
 * front of it. A session that has ended is noticed here, once for all pages.
 */
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { apiClient } from "../../src/client/api-client.ts";
import { askOver } from "../../src/client/ask.ts";
import { fetchTransport } from "../../src/client/fetch-transport.ts";
import { HeadgateError } from "../../src/errors.ts";
import { endSession } from "./session-end.ts";

export const api = apiClient(askOver(fetchTransport({})));

export const cache = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  defaultOptions: { queries: { staleTime: 15_000, retry: isWorthRepeating, refetchOnWindowFocus: true } },
});

/** A failed call's complaint, in the form in which the API says it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly place: string | undefined;
}

export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof HeadgateError) {
    const { code, message, remedy, place, quoted } = thrown;
    return { code, message: quoted ?? message, remedy, place };
  }
  return {
    code: "UNREACHABLE",
    message: "The server did not answer.",
    remedy: "Nothing is lost. Look at your network, or ask whoever runs the server, then try again.",
    place: undefined,
  };
}

/** For calls that are no query, such as running a statement. */
export function noticeEnd(thrown: unknown): void {
  const { code } = failureOf(thrown);
  if (code === "UNAUTHENTICATED") endSession();
}

function isWorthRepeating(count: number, thrown: Error): boolean {
  return failureOf(thrown).code === "UNREACHABLE" && count < 2;
}
