/**
 * Writes lines of text, with back-pressure for callers that ask for it. Lines written after the reader disconnects are
 * dropped.
 */
import { once } from "node:events";
import type { Writable } from "node:stream";

export interface LineWriter {
  write(line: string): void;
  /** Resolves when the reader can accept more, or has disconnected. */
  writeWhenReady(line: string): Promise<void>;
}

export function lineWriter(stream: Writable): LineWriter {
  const write = (line: string): boolean => stream.destroyed || stream.write(`${line}\n`);
  return {
    write,
    async writeWhenReady(line) {
      if (write(line)) return;
      const listening = new AbortController();
      const either = ["drain", "close"].map((event) => once(stream, event, { signal: listening.signal }));
      await Promise.race(either).finally(() => listening.abort());
    },
  };
}
