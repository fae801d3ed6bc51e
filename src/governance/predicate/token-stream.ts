/** The tokens of a row filter one after the other, and the complaint about one that does not belong where it stands. */
import type { HeadgateError } from "../../errors.ts";
import { filterTokens, type FilterToken } from "./filter-tokens.ts";
import { invalidFilter } from "./invalid-filter.ts";

export interface TokenStream {
  peek(): FilterToken;
  next(): FilterToken;
  /** Whether the next token is this symbol or keyword, which is then taken. */
  skip(text: string): boolean;
  /** Throws FILTER_INVALID if the next token is another. */
  expect(text: string): void;
}

/** Throws FILTER_INVALID. */
export function tokenStream(text: string): TokenStream {
  const tokens = filterTokens(text);
  let at = 0;
  // The last token is the end, which is never passed.
  const peek = (): FilterToken => tokens[Math.min(at, tokens.length - 1)] as FilterToken;
  const next = (): FilterToken => {
    const token = peek();
    at++;
    return token;
  };
  const skip = (wanted: string): boolean => {
    const isNext = isText(peek(), wanted);
    if (isNext) at++;
    return isNext;
  };
  const expect = (wanted: string): void => {
    if (!skip(wanted)) throw unexpected(peek(), wanted.toUpperCase());
  };
  return { peek, next, skip, expect };
}

/** Whether the token is this symbol or keyword. Keywords are written in any case, and never in quotes. */
export function isText({ kind, text }: FilterToken, wanted: string): boolean {
  return (kind === "word" || kind === "symbol") && text.toLowerCase() === wanted;
}

const keywords: ReadonlySet<string> = new Set("and or not in between like is null true false".split(" "));

export function isName({ kind, text }: FilterToken): boolean {
  return kind === "quoted" || (kind === "word" && !keywords.has(text.toLowerCase()));
}

export function unexpected({ kind, text, column }: FilterToken, wanted: string): HeadgateError {
  const found = kind === "end" ? "the row filter ends" : `${text} stands`;
  return invalidFilter({
    column,
    message: `${found} where ${wanted} is expected`,
    remedy: "write conditions such as country = 'DE' AND amount >= 100, with names like keywords in double quotes",
  });
}
