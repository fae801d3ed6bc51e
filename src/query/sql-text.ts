/**
 * Positions and tokens of SQL text: just enough of DuckDB's lexical rules to name a line and column and to find the
 * words of one table reference. This is not a parser: the meaning of a statement is taken from DuckDB's own syntax
 * tree.
 */

/** `line 2, column 7` for a character offset (UTF-16). Both count from 1, and columns count code points. */
export function describePosition(sql: string, offset: number): string {
  const before = sql.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return `line ${before.split("\n").length}, column ${Array.from(before.slice(lineStart)).length + 1}`;
}

/**
 * Converts byte offsets into the UTF-8 text to UTF-16 offsets: one pass over the text, then each answer takes constant
 * time.
 */
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

/** Converts a code point offset to a UTF-16 offset. */
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

/** The tokens from `start` on, lazily; comments count as space. */
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

/** The text up to the end of its last word, without trailing semicolons and comments. */
export function withoutEnd(sql: string): string {
  let end = 0;
  for (const { kind, text, start } of tokens(sql)) if (kind !== "space" && text !== ";") end = start + text.length;
  return sql.slice(0, end);
}
