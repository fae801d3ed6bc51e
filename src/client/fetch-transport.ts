/** The API over HTTP with `fetch`, for browsers and for programs with an API key. */
import type { Posting, Transport } from "./ask.ts";

interface Server {
  /** `https://lake.example.org`; by default the page's own origin. */
  readonly origin?: string | undefined;
  /** An API key; without one, the browser's session is used. */
  readonly key?: string | undefined;
}

export function fetchTransport({ origin = "", key }: Server): Transport {
  return async ({ path, body, signal }: Posting) => {
    const response = await fetch(origin + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body,
      signal: signal ?? null,
    });
    return linesOf(response.body);
  };
}

async function* linesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
