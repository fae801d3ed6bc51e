/**
 * Finds what precedes the header of a CSV file (Excel's `sep=;`, comments, titles, empty lines) and the file's
 * encoding. The engine finds out, from the header on, how fields are separated.
 */
import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import type { CsvOptions } from "./file-relation.ts";
import type { LocalFile } from "./found-file.ts";

export interface CsvBeginning {
  /** Lines above the header. */
  readonly skippedLines: number;
  /** The delimiter, if the file declares it. */
  readonly delimiter: string | undefined;
  readonly encoding: "utf-8" | "utf-16";
  /** The line with the names, or the first row; undefined for a file that has only empty lines. */
  readonly header: string | undefined;
}

const mostBytes = 256 * 1024;

export async function csvBeginning(
  file: LocalFile,
  { csv: options, hasHeader }: { csv: CsvOptions; hasHeader: boolean },
): Promise<CsvBeginning> {
  const { text, encoding } = await firstText(file);
  const lines = text.split(/\r\n|\n|\r/);
  const separator = /^"?sep=(.)"?\s*$/i.exec(lines[0] ?? "")?.[1];
  const delimiter = options.delimiter ?? separator;
  const skippedLines =
    options.skipLines ?? linesAbove(lines, { from: separator === undefined ? 0 : 1, delimiter, hasHeader });
  const header = lines.slice(skippedLines).find((line) => line.trim() !== "");
  return { skippedLines, delimiter, encoding, header };
}

async function firstText(file: LocalFile): Promise<{ text: string; encoding: CsvBeginning["encoding"] }> {
  const bytes = createReadStream(file.path);
  const plain = file.isGzip ? bytes.pipe(createGunzip()) : bytes;
  bytes.once("error", (failure) => plain.destroy(failure));
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of plain as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= mostBytes) break;
  }
  bytes.destroy();
  const start = Buffer.concat(chunks);
  const [first, second] = start;
  const isLittle = first === 0xff && second === 0xfe;
  const isBig = first === 0xfe && second === 0xff;
  const label = isLittle ? "utf-16le" : isBig ? "utf-16be" : "utf-8";
  return { text: new TextDecoder(label).decode(start), encoding: isLittle || isBig ? "utf-16" : "utf-8" };
}

interface Above {
  readonly from: number;
  readonly hasHeader: boolean;
  readonly delimiter: string | undefined;
}

function linesAbove(lines: readonly string[], { from, delimiter, hasHeader }: Above): number {
  let at = from;
  const isEmpty = (): boolean => at < lines.length - 1 && lines[at]?.trim() === "";
  for (;;) {
    if (isEmpty()) at++;
    else if (isComment(lines, { at, delimiter }) || (hasHeader && isTitle(lines, { at, delimiter }))) at++;
    else return at;
  }
}

interface Line {
  readonly at: number;
  readonly delimiter: string | undefined;
}

/**
 * Comments such as `# made by …`. A line `#id,name` above lines of two fields names the columns and is not a comment.
 */
function isComment(lines: readonly string[], { at, delimiter }: Line): boolean {
  const line = lines[at] ?? "";
  const next = lines.slice(at + 1).find((other) => other.trim() !== "");
  if (!line.startsWith("#") || next === undefined) return false;
  if (/^#\s/.test(line) || next.startsWith("#")) return true;
  const width = widthOf(next, delimiter);
  return width > 1 && widthOf(line, delimiter) !== width;
}

const mostTitles = 10;

/** A single field above a header line, which has as many fields as all lines after it. */
function isTitle(lines: readonly string[], { at, delimiter }: Line): boolean {
  const line = lines[at] ?? "";
  if (line.includes('"') || widthOf(line, delimiter) > 1) return false;
  const rest = lines.slice(at + 1, at + 1 + mostTitles + 40).filter((other) => other.trim() !== "");
  const first = rest.findIndex((other) => widthOf(other, delimiter) > 1);
  const header = rest[first];
  if (header === undefined || first > mostTitles || rest.length - first < 2) return false;
  const width = widthOf(header, delimiter);
  const names = header.split(delimiterOf(header, delimiter));
  const areNames = names.every((name) => /^\s*"?\p{L}/u.test(name));
  return (
    areNames && rest.slice(first + 1, -1).every((other) => widthOf(other, delimiter) === width || other.includes('"'))
  );
}

const usual = [",", ";", "\t", "|"];

function delimiterOf(line: string, known: string | undefined): string {
  if (known !== undefined) return known;
  return usual.toSorted((left, right) => widthOf(line, right) - widthOf(line, left))[0] ?? ",";
}

/** Number of fields of a line; delimiters in quotes do not count. */
function widthOf(line: string, known: string | undefined): number {
  const plain = line.replace(/"(?:[^"]|"")*"/g, "");
  const counts = (known === undefined ? usual : [known]).map((delimiter) => plain.split(delimiter).length);
  return Math.max(...counts);
}

/**
 * Whether the header repeats a name (ignoring case) or leaves one out, so that the engine invents names for those
 * columns.
 */
export function namesChanged(header: string, { delimiter, quote }: { delimiter: string; quote: string }): boolean {
  const names = header.split(delimiter).map((name) => name.trim().replaceAll(quote, "").toLowerCase());
  return header.split(quote).length % 2 === 1 && (names.includes("") || new Set(names).size < names.length);
}
