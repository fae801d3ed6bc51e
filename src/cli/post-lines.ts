/**
 * Posts to an HTTP server and reads its answer line by line, for as long as that takes. (`fetch` gives an answer up that
 * is silent for five minutes, and statements may be silent for longer.)
 */
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import type { Posting } from "../client/ask.ts";

/** A unix socket, or the `https://host:port` of a server. */
export type Destination = { readonly socketPath: string } | { readonly origin: string };

/** Fails as the connection does, with the system's codes. */
export function post(
  to: Destination,
  { path, body, signal }: Posting,
  headers: OutgoingHttpHeaders,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = { method: "POST", signal, headers: { "content-type": "application/json", ...headers } };
  const outgoing =
    "socketPath" in to
      ? http.request({ ...options, ...to, path }, resolve)
      : (to.origin.startsWith("https:") ? https : http).request(new URL(path, to.origin), options, resolve);
  outgoing.on("error", reject);
  outgoing.end(body);
  return promise;
}

/** Ends when the connection breaks; the caller decides whether the answer was complete by then. */
export async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let isBroken = false;
  response.once("error", () => (isBroken = true));
  const lines = createInterface({ input: response, crlfDelay: Infinity });
  try {
    yield* lines;
  } catch (failure) {
    if (!isBroken) throw failure;
  }
}
