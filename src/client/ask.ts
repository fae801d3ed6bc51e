/**
 * The protocol of the API for programs of ours: an operation is asked for by its name, and answered with one JSON document a line.
 * Not how the lines travel, which is the transport's. The functions of api-client.ts, one per operation, all go through here.
 */
import { formatJson, parseJson } from "../base/json.ts";
import type { PresentedError } from "../base/present-error.ts";
import type { ProgressEvent } from "../base/progress.ts";
import { HeadgateError } from "../errors.ts";

/** What is heard while an operation goes on. */
export interface Hearing<Item> {
  readonly onProgress?: ((event: ProgressEvent) => void) | undefined;
  /** The next item is read when this has resolved. */
  readonly onItem?: ((item: Item) => Promise<void> | void) | undefined;
  /** Aborting it ends the work. */
  readonly signal?: AbortSignal | undefined;
}

/** Asks for an operation by its name. Throws what the operation throws, as a HeadgateError; SERVER_LOST; the signal's reason. */
export type Ask = <Answer, Item>(operation: string, input: unknown, hearing?: Hearing<Item>) => Promise<Answer>;

export interface Posting {
  readonly path: string;
  /** JSON. */
  readonly body: string;
  readonly signal: AbortSignal | undefined;
}

/** Sends, and gives back the lines of the answer, which end early where the connection breaks. */
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
