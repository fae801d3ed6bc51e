/** The beginning of a file as text, and whether the file is compressed, whatever its name says. */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

export interface FileBeginning {
  readonly isGzip: boolean;
  /** The first bytes, decompressed. */
  readonly text: string;
  /** Whether the text is the whole file. */
  readonly isWhole: boolean;
}

/** The end of the first row, which can have large objects, is looked for further, as far as the engine reads a row. */
const mostBytes = 128 * 1024;
/** In bytes. Large objects (LOB) can be so long. */
export const longestRow = 16 * 1024 * 1024;

/** Some programs mark texts as UTF-8 by this first character, which belongs to no value. */
export const byteOrderMark = "\uFEFF";

export async function fileBeginning(path: string): Promise<FileBeginning> {
  const isGzip = await beginsAsGzip(path);
  const bytes = createReadStream(path);
  const plain: Readable = isGzip ? bytes.pipe(createGunzip()) : bytes;
  bytes.once("error", (failure) => plain.destroy(failure));
  const chunks: Buffer[] = [];
  let size = 0;
  const rowEnd = { isQuoted: false, isFound: false };
  const read: AsyncIterable<Buffer> = plain;
  for await (const chunk of read) {
    chunks.push(chunk);
    size += chunk.length;
    lookForRowEnd(rowEnd, chunk);
    if (size >= mostBytes && (rowEnd.isFound || size >= longestRow)) break;
  }
  bytes.destroy();
  const text = Buffer.concat(chunks).toString("utf8");
  return { isGzip, text: text.startsWith(byteOrderMark) ? text.slice(1) : text, isWhole: size < mostBytes };
}

/** A line feed within quotes belongs to the row. */
function lookForRowEnd(state: { isQuoted: boolean; isFound: boolean }, bytes: Buffer): void {
  for (let at = 0; at < bytes.length && !state.isFound; at++) {
    if (bytes[at] === 0x22) state.isQuoted = !state.isQuoted;
    else state.isFound = bytes[at] === 0x0a && !state.isQuoted;
  }
}

async function beginsAsGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** Whether the last line of a plain text file is complete, which it is if it ends with a line feed. */
export async function endsWithLine(path: string, size: number): Promise<boolean> {
  if (size === 0) return true;
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] === 0x0a;
  } finally {
    await file.close();
  }
}

/** The same for gzip. It is read to its end: the engine takes the rows before a cut for all, and checks no sums. */
export async function gzipEndsWithLine(path: string): Promise<boolean> {
  const bytes = createReadStream(path);
  const plain = bytes.pipe(createGunzip());
  bytes.once("error", (failure) => plain.destroy(failure));
  plain.once("close", () => bytes.destroy());
  const chunks: AsyncIterable<Buffer> = plain;
  let last: number | undefined;
  for await (const chunk of chunks) last = chunk.at(-1) ?? last;
  return last === undefined || last === 0x0a;
}
