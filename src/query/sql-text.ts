/**
 * Positions and tokens of SQL text: just enough of DuckDB's lexis to name a line and column and to find the words of one
 * table reference. Not a parser: what a statement means is decided on DuckDB's own syntax tree.
 */

/** `line 2, column 7` of a character offset (UTF-16), both counted from 1, columns in characters a person sees as one. */
export function describePosition(sql: string, offset: number): string {
  const before = sql.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return `line ${before.split("\n").length}, column ${Array.from(before.slice(lineStart)).length + 1}`;
}

/** UTF-16 offsets of byte offsets into the UTF-8 text: one pass over it, then each answer at once. */
export function byteOffsets(sql: string): (byte: number) => number {
  const bytes = Buffer.byteLength(sql);
  if (bytes === sql.length) return (byte) => Math.min(byte, bytes);
  const offsets = new Uint32Array(bytes + 1);
  let [byte, offset] = [0, 0];
  for (const character of sql) {
    const width = Buffer.byteLength(character);
    offsets.fill(offset, byte, byte + width);
    byte += width;
    offset += character.length;
  }
  offsets[bytes] = sql.length;
  return (at) => offsets[Math.min(at, bytes)] ?? sql.length;
}

/** UTF-16 offset of a code point offset. */
export function offsetOfCodePoint(sql: string, codePoint: number): number {
  return Array.from(sql).slice(0, codePoint).join("").length;
}

export interface Token {
  readonly kind: "word" | "quoted" | "string" | "symbol" | "space";
  readonly text: string;
  /** UTF-16 offset. */
  readonly start: number;
}

const lexis: readonly (readonly [Token["kind"], RegExp])[] = [
  ["space", /(?:\s|--[^\n\r]*)+/uy],
  ["quoted", /"(?:[^"]|"")*"/uy],
  ["string", /[eExX]?'(?:[^']|'')*'/uy],
  ["string", /\$([\p{L}_][\p{L}\p{N}_]*)?\$[\s\S]*?\$\1\$/uy],
  ["word", /[\p{L}\p{Nl}_\u0080-\u{10ffff}][\p{L}\p{N}_$\u0080-\u{10ffff}]*/uy],
  ["word", /[0-9][0-9a-zA-Z_.]*/uy],
];

/** The tokens from `start` on, lazily, comments as space. */
export function* tokens(sql: string, start = 0): Generator<Token> {
  for (let at = start; at < sql.length;) {
    const token = blockComment(sql, at) ?? lex(sql, at);
    yield token;
    at += token.text.length;
  }
}

function lex(sql: string, start: number): Token {
  for (const [kind, pattern] of lexis) {
    pattern.lastIndex = start;
    const text = pattern.exec(sql)?.[0];
    if (text !== undefined && text !== "") return { kind, text, start };
  }
  return { kind: "symbol", text: sql.charAt(start), start };
}

/** Block comments nest. */
function blockComment(sql: string, start: number): Token | undefined {
  if (!sql.startsWith("/*", start)) return undefined;
  let at = start + 2;
  for (let depth = 1; depth > 0 && at < sql.length;) {
    if (sql.startsWith("*/", at)) depth--;
    else if (sql.startsWith("/*", at)) depth++;
    else {
      at++;
      continue;
    }
    at += 2;
  }
  return { kind: "space", text: sql.slice(start, at), start };
}

/** The text without what follows its last word: semicolons and comments. */
export function withoutEnd(sql: string): string {
  let end = 0;
  for (const { kind, text, start } of tokens(sql)) if (kind !== "space" && text !== ";") end = start + text.length;
  return sql.slice(0, end);
}
