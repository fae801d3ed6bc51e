/** What the renderers need to know of where they write: whether it is a terminal, how wide, and with which colours. */
import pc from "picocolors";

/** `process.stdout`, `process.stderr`, or a test's collector. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  hasColors?(): boolean;
  once?(event: "drain", listener: () => void): unknown;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours for a terminal that shows them and whose user has not declined (NO_COLOR); plain text elsewhere. */
export function colorsOf(stream: TextStream): Colors {
  return pc.createColors(stream.isTTY === true && stream.hasColors?.() === true);
}

/** Of what is printed. */
export const colors: Colors = colorsOf(process.stdout);

/** Of what is said beside it. */
export const errorColors: Colors = colorsOf(process.stderr);

/** Columns of the terminal; undefined for a file or a pipe, where nothing is cut. */
export function widthOf(stream: TextStream): number | undefined {
  return stream.isTTY === true ? (stream.columns ?? 80) : undefined;
}

/** Writes, and resolves when the stream takes more: a slow reader of a pipe slows the query, not this process's memory. */
export async function writeAll(stream: TextStream, text: string): Promise<void> {
  if (stream.write(text) !== false || stream.once === undefined) return;
  await new Promise<void>((resolve) => void stream.once?.("drain", resolve));
}
