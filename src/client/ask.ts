/**
 * The protocol of the API, for Headgate's own programs: an operation is called by its name and answered with one JSON
 * document per line. The transport decides how the lines are sent. All functions of api-client.ts, one per operation,
 * use it.
 */
import { formatJson, parseJson } from "../base/json.ts";
import type { PresentedError } from "../base/present-error.ts";
import type { ProgressEvent } from "../base/progress.ts";
import { HeadgateError } from "../errors.ts";

/** Callbacks for an operation in progress. */
export interface Hearing<Item> {
  readonly onProgress?: ((event: ProgressEvent) => void) | undefined;
  /** The next item is read when this has resolved. */
  readonly onItem?: ((item: Item) => Promise<void> | void) | undefined;
  /** Aborting it ends the work. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls an operation by its name. Throws what the operation throws, as a HeadgateError; SERVER_LOST; the signal's
 * reason.
 */
export type Ask = <Answer, Item>(operation: string, input: unknown, hearing?: Hearing<Item>) => Promise<Answer>;

export interface Posting {
  readonly path: string;
  /** JSON text. */
  readonly body: string;
  readonly signal: AbortSignal | undefined;
}

/** Sends the request and returns the lines of the answer, which end early if the connection breaks. */
export type Transport = (posting: Posting) => Promise<AsyncIterable<string>>;

type Line =
  | { readonly progress: ProgressEvent }
  | { readonly item: unknown }
  | { readonly result: unknown }
  | { readonly error: PresentedError };

export function askOver(transport: Transport): Ask {
  return async <Answer, Item>(operation: string, input: unknown, hearing: Hearing<Item> = {}): Promise<Answer> => {
    const { onProgress, onItem, signal } = hearing;
    const path = `/api/operations/${operation}`;
    for await (const text of await transport({ path, body: formatJson(input), signal })) {
      const line = parseJson(text) as Line;
      if ("progress" in line) onProgress?.(line.progress);
      else if ("item" in line) await onItem?.(line.item as Item);
      else if ("error" in line) throw new HeadgateError(line.error.code, line.error);
      else return line.result as Answer;
    }
    signal?.throwIfAborted();
    throw new HeadgateError("SERVER_LOST");
  };
}
