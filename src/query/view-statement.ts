/**
 * `create view …` and `drop view …` as people write them in SQL: just enough to hand the name and the SELECT to the
 * operations that make and drop views. It is not a parser: the SELECT is checked by the gate like any other statement.
 */
import { formatName } from "../catalog/table-name.ts";
import { tokens, type Token } from "./sql-text.ts";

export type ViewStatement =
  | { readonly kind: "create"; readonly view: string; readonly replace: boolean; readonly sql: string }
  | { readonly kind: "drop"; readonly view: string };

/** Undefined for any other statement. */
export function viewStatement(text: string): ViewStatement | undefined {
  const words = [...tokens(text)].filter(({ kind }) => kind !== "space");
  const begins = (...expected: readonly string[]): boolean =>
    expected.every((word, index) => isWord(words[index], word));
  if (begins("drop", "view")) return dropped(words.slice(2));
  if (begins("create", "view")) return created(text, { words: words.slice(2), replace: false });
  if (begins("create", "or", "replace", "view")) return created(text, { words: words.slice(4), replace: true });
  return undefined;
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toLowerCase() === word;
}

function dropped(words: readonly Token[]): ViewStatement | undefined {
  const { name, rest } = nameOf(words);
  const isEnd = rest.every(({ text }) => text === ";");
  return name === undefined || !isEnd ? undefined : { kind: "drop", view: name };
}

function created(
  text: string,
  { words, replace }: { readonly words: readonly Token[]; readonly replace: boolean },
): ViewStatement | undefined {
  const { name, rest } = nameOf(words);
  const [as, first] = rest;
  if (name === undefined || !isWord(as, "as") || first === undefined) return undefined;
  return { kind: "create", view: name, replace, sql: text.slice(first.start) };
}

/** A name of any number of parts, and what follows it. */
function nameOf(words: readonly Token[]): { readonly name: string | undefined; readonly rest: readonly Token[] } {
  const parts: string[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const part = words[at];
    if (part?.kind !== "word" && part?.kind !== "quoted") return { name: undefined, rest: [] };
    parts.push(part.kind === "word" ? part.text : part.text.slice(1, -1).replaceAll('""', '"'));
    if (words[at + 1]?.text !== ".") return { name: formatName(parts), rest: words.slice(at + 1) };
  }
  return { name: undefined, rest: [] };
}
