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

/** Beyond ASCII, the engine takes these for spaces, and every other character for a letter. */
const space = String.raw`[ \t\n\r\f\v\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]`;
const letter = String.raw`A-Za-z_\u0080-\u009f\u00a1-\u1fff\u200c-\u202e\u2030-\u205e\u2061-\u2fff\u3001-\ufefe\uff00-\u{10ffff}`;

/** Regular expressions for parts of a text. `dollarQuoted` has the group `tag`. */
export const lexical = {
  quoted: String.raw`"(?:[^"]|"")*"`,
  escaped: String.raw`[eE]'(?:[^'\\]|\\[^]|'')*'`,
  plain: String.raw`'(?:[^']|'')*'`,
  dollarQuoted: String.raw`\$(?<tag>[${letter}][${letter}0-9]*)?\$[^]*?\$\k<tag>\$`,
  dollarQuote: String.raw`\$(?:[${letter}][${letter}0-9]*)?\$`,
  word: String.raw`[${letter}][${letter}0-9$]*`,
  number: String.raw`[0-9][0-9a-zA-Z_.]*`,
};

const lexis: readonly (readonly [Token["kind"], RegExp])[] = [
  ["space", new RegExp(`(?:${space}|--[^\\n\\r]*)+`, "uy")],
  ["quoted", new RegExp(lexical.quoted, "uy")],
  ["string", new RegExp(lexical.escaped, "uy")],
  ["string", new RegExp(`[xX]?${lexical.plain}`, "uy")],
  ["string", new RegExp(lexical.dollarQuoted, "uy")],
  ["word", new RegExp(lexical.word, "uy")],
  ["word", new RegExp(lexical.number, "uy")],
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
