/** A stream of text lines with back-pressure for those who ask for it. Lines written after the reader went away are dropped. */
import { once } from "node:events";
import { PassThrough, type Readable } from "node:stream";

export interface LineStream {
  readonly readable: Readable;
  write(line: string): void;
  /** Resolves when the reader can take more, or is gone. */
  writeWhenReady(line: string): Promise<void>;
  end(): void;
}

export function lineStream(): LineStream {
  const stream = new PassThrough();
  const write = (line: string): boolean => stream.destroyed || stream.write(`${line}\n`);
  return {
    readable: stream,
    write,
    async writeWhenReady(line) {
      if (write(line)) return;
      await Promise.race([once(stream, "drain"), once(stream, "close")]);
    },
    end: () => stream.end(),
  };
}
