/** Facts about the stream that the renderers write to: whether it is a terminal, its width, and its colours. */
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

/** Colours for a terminal that shows them, unless the user declined them (NO_COLOR); otherwise plain text. */
export function colorsOf(stream: TextStream): Colors {
  return pc.createColors(stream.isTTY === true && stream.hasColors?.() === true);
}

/** Colours for stdout. */
export const colors: Colors = colorsOf(process.stdout);

/** Colours for stderr. */
export const errorColors: Colors = colorsOf(process.stderr);

/** Columns of the terminal; undefined for a file or a pipe, where nothing is shortened. */
export function widthOf(stream: TextStream): number | undefined {
  return stream.isTTY === true ? (stream.columns ?? 80) : undefined;
}

/**
 * Writes, and resolves when the stream accepts more, so that a slow reader of a pipe slows the query and does not fill
 * this process's memory.
 */
export async function writeAll(stream: TextStream, text: string): Promise<void> {
  if (stream.write(text) !== false || stream.once === undefined) return;
  await new Promise<void>((resolve) => void stream.once?.("drain", resolve));
}
