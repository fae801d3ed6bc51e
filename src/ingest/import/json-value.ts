/**
 * Parses JSON without changing it: numbers keep their digits, texts their escapes. `JSON.parse` would turn numbers into
 * doubles. Whatever strict readers refuse is refused (control characters, halves of surrogate pairs); trailing commas,
 * NaN and the infinities, which some programs write, are accepted.
 */

export type JsonValue =
  | { readonly kind: "null" }
  | { readonly kind: "boolean" | "number"; readonly text: string }
  /** The text with its quotes and escapes. */
  | { readonly kind: "text"; readonly quoted: string }
  | { readonly kind: "list"; readonly items: readonly JsonValue[] }
  | JsonObject
  /** Nested so deeply that it is not parsed. */
  | { readonly kind: "deep"; readonly text: string };

export interface JsonObject {
  readonly kind: "object";
  /** By key without escapes; if a key occurs twice, the last one. */
  readonly members: ReadonlyMap<string, JsonMember>;
  /** Keys that occur more than once. */
  readonly repeated: readonly string[];
}

export interface JsonMember {
  readonly quotedKey: string;
  readonly value: JsonValue;
}

/** Thrown when the text is not JSON. */
export class JsonError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Throws JsonError. */
export function parseJsonText(text: string): JsonValue {
  const cursor = { text, at: 0 };
  const value = readValue(cursor, 0);
  skipSpace(cursor);
  if (cursor.at < text.length) throw unexpected(cursor);
  return value;
}

interface Cursor {
  readonly text: string;
  at: number;
}

/** Deepest nesting of lists and objects that is parsed. */
const deepest = 48;

function readValue(cursor: Cursor, depth: number): JsonValue {
  skipSpace(cursor);
  switch (cursor.text.charCodeAt(cursor.at)) {
    case 0x22:
      return { kind: "text", quoted: readQuoted(cursor) };
    case 0x7b:
      return depth >= deepest ? readDeep(cursor) : readObject(cursor, depth);
    case 0x5b:
      return depth >= deepest ? readDeep(cursor) : readList(cursor, depth);
    default:
      return readWord(cursor);
  }
}

function skipSpace(cursor: Cursor): void {
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    cursor.at++;
  }
}

const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|-?Infinity\b|(?:NaN|true|false|null)\b/y;

function readWord(cursor: Cursor): JsonValue {
  word.lastIndex = cursor.at;
  const text = word.exec(cursor.text)?.[0];
  if (text === undefined) throw unexpected(cursor);
  cursor.at += text.length;
  if (text === "null") return { kind: "null" };
  return { kind: text === "true" || text === "false" ? "boolean" : "number", text };
}

function readQuoted(cursor: Cursor): string {
  const { text, at } = cursor;
  const end = endOfQuoted(text, at);
  const quoted = text.slice(at, end);
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f]/.test(quoted)) throw new JsonError("a text holds a control character", at);
  if (quoted.includes("\\")) checkEscapes(quoted, at);
  cursor.at = end;
  return quoted;
}

/** The offset after the closing quote of the text that begins at `start`. */
function endOfQuoted(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === 0x5c) escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
  throw new JsonError("a text is not closed", start);
}

function checkEscapes(quoted: string, at: number): void {
  if (!unquoted(quoted, at).isWellFormed()) throw new JsonError("a text contains half of a surrogate pair", at);
}

function unquoted(quoted: string, at: number): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new JsonError("a text contains an escape that JSON does not have", at);
  }
}

function readObject(cursor: Cursor, depth: number): JsonObject {
  const members = new Map<string, JsonMember>();
  const repeated: string[] = [];
  readParts(cursor, "}", () => {
    const start = cursor.at;
    if (cursor.text[start] !== '"') throw unexpected(cursor);
    const quotedKey = readQuoted(cursor);
    skipSpace(cursor);
    if (cursor.text[cursor.at] !== ":") throw unexpected(cursor);
    cursor.at++;
    const key = unquoted(quotedKey, start);
    if (key.includes("\0"))
      throw new JsonError("a key contains the character NUL, which the name of a column cannot contain", start);
    if (members.has(key)) repeated.push(key);
    members.set(key, { quotedKey, value: readValue(cursor, depth + 1) });
  });
  return { kind: "object", members, repeated };
}

function readList(cursor: Cursor, depth: number): JsonValue {
  const items: JsonValue[] = [];
  readParts(cursor, "]", () => void items.push(readValue(cursor, depth + 1)));
  return { kind: "list", items };
}

/** Reads the parts between commas, up to the closing bracket. */
function readParts(cursor: Cursor, end: string, readPart: () => void): void {
  cursor.at++;
  for (;;) {
    skipSpace(cursor);
    if (cursor.text[cursor.at] === end) break;
    readPart();
    skipSpace(cursor);
    const next = cursor.text[cursor.at];
    if (next === ",") cursor.at++;
    else if (next !== end) throw unexpected(cursor);
  }
  cursor.at++;
}

/** Skips to the closing bracket without parsing what is inside. */
function readDeep(cursor: Cursor): JsonValue {
  const { text, at: start } = cursor;
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfQuoted(text, at) - 1;
    if (code === 0x7b || code === 0x5b) depth++;
    if (code !== 0x7d && code !== 0x5d) continue;
    depth--;
    if (depth > 0) continue;
    cursor.at = at + 1;
    return { kind: "deep", text: text.slice(start, cursor.at) };
  }
  throw unexpected(cursor);
}

function unexpected({ text, at }: Cursor): JsonError {
  const found = at < text.length ? `"${text.slice(at, at + 20)}"` : "the end";
  return new JsonError(`${found} was not expected here`, at);
}

/** The JSON text of a value without spaces; numbers are written as they were. */
export function jsonText(value: JsonValue): string {
  switch (value.kind) {
    case "null":
      return "null";
    case "text":
      return value.quoted;
    case "list":
      return `[${value.items.map(jsonText).join(",")}]`;
    case "object":
      return `{${[...value.members.values()].map(({ quotedKey, value: own }) => `${quotedKey}:${jsonText(own)}`).join(",")}}`;
    default:
      return value.text;
  }
}
