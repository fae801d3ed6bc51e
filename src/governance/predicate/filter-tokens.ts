/** The words of a row filter, with the place of each. It knows nothing about their order. */
import { invalidFilter } from "./invalid-filter.ts";

export interface FilterToken {
  readonly kind: "word" | "quoted" | "text" | "number" | "symbol" | "end";
  /** As written. */
  readonly text: string;
  /** A name or a text without its quotes; else as written. */
  readonly value: string;
  /** Counted from 1. */
  readonly column: number;
}

const lexis: readonly (readonly [FilterToken["kind"] | "space", RegExp])[] = [
  ["space", /\s+/uy],
  ["text", /'(?:[^']|'')*'/uy],
  ["quoted", /"(?:[^"]|"")*"/uy],
  ["number", /-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_])/uy],
  ["word", /[\p{L}_][\p{L}\p{N}\p{M}_$]*/uy],
  ["symbol", /<>|!=|<=|>=|[=<>(),.]/uy],
];

/** All tokens, and one of the kind `end`. Throws FILTER_INVALID. */
export function filterTokens(text: string): readonly FilterToken[] {
  const tokens: FilterToken[] = [];
  for (let at = 0; at < text.length;) {
    const [kind, found] = lex(text, at);
    if (kind !== "space") tokens.push({ kind, text: found, value: unquoted(kind, found), column: columnAt(text, at) });
    at += found.length;
  }
  return [...tokens, { kind: "end", text: "", value: "", column: columnAt(text, text.length) }];
}

function lex(text: string, at: number): readonly [FilterToken["kind"] | "space", string] {
  for (const [kind, pattern] of lexis) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return [kind, found];
  }
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  throw invalidFilter({
    column: columnAt(text, at),
    message: `${character} has no meaning here`,
    remedy:
      "write texts in single quotes and unusual column names in double quotes, close every quote, and write a quote in a text twice: 'O''Neil'",
  });
}

/** Counts code points. */
function columnAt(text: string, at: number): number {
  return Array.from(text.slice(0, at)).length + 1;
}

function unquoted(kind: FilterToken["kind"], text: string): string {
  if (kind === "text") return text.slice(1, -1).replaceAll("''", "'");
  return kind === "quoted" ? text.slice(1, -1).replaceAll('""', '"') : text;
}
