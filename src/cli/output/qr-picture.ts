/**
 * A QR code for a terminal: each sign shows two squares, one above the other, with half blocks. With colours it is black
 * on white; without them, the blocks are the light squares, because most terminals are dark.
 * Invariant: the border has the four light squares that readers need.
 */
import { encodeQR } from "qr";
import type { Colors } from "./terminal.ts";

const border = 4;

/** Lines of equal length. */
export function qrPicture(text: string, colors: Colors): string {
  const dark = encodeQR(text, "raw", { ecc: "medium", border });
  const isDark = (row: number, column: number): boolean => dark[row]?.[column] ?? false;
  const lines = Array.from({ length: Math.ceil(dark.length / 2) }, (_, line) =>
    Array.from(dark[0] ?? [], (__, column) => halves(!isDark(line * 2, column), !isDark(line * 2 + 1, column))).join(
      "",
    ),
  );
  return lines.map((line) => colors.bgBlack(colors.whiteBright(line))).join("\n");
}

function halves(upper: boolean, lower: boolean): string {
  if (upper) return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}
