/**
 * Text for a terminal: measures its width in cells, shortens it, and makes it harmless. Text from a database may
 * contain line breaks, escape sequences and marks that reverse the writing direction; these become visible escapes.
 */

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const plain = /^[\x20-\x7e]*$/;
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;
const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
/** East Asian wide and full-width characters, and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;

/**
 * Replaces characters that move the cursor or hide or reorder text: `
 * `, `\u{1b}`.
 */
export function escapeControls(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(unprintable, (mark) => named[mark] ?? `\\u{${mark.codePointAt(0)?.toString(16) ?? ""}}`);
}

/** Number of terminal cells of the text, which must not contain control characters. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** Shortens the text to this many cells; the last one is an ellipsis. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += graphemeWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Fills with spaces on the right or, for numbers, on the left. */
export function pad(text: string, { width, align }: { width: number; align: "left" | "right" }): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "right" ? space + text : text + space;
}

function graphemeWidth(grapheme: string): number {
  if (zeroWidth.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}
