/** Finds the name with too many parts in a text that the parser refused because of it, without saying where it is. */
import { tokens } from "./sql-text.ts";

export interface DottedName {
  /** As written, without spaces and comments. */
  readonly text: string;
  readonly parts: number;
  /** UTF-16 offset. */
  readonly start: number;
}

/** A name after one of these is a table's. */
const beforeTables = /^(?:from|join|table|describe|summarize|pivot|unpivot|,)$/i;

/** The first table's name of more than three parts, or else the name with the most parts. */
export function longestName(sql: string): DottedName {
  const names = dottedNames(sql);
  const ofTable = names.find(({ parts, before }) => parts > 3 && beforeTables.test(before));
  const [longest] = names.toSorted((one, other) => other.parts - one.parts);
  return ofTable ?? longest ?? { text: "", parts: 0, start: 0 };
}

/** With the token before each. */
function dottedNames(sql: string): readonly (DottedName & { readonly before: string })[] {
  const names: (DottedName & { readonly before: string })[] = [];
  let before = "";
  for (const { kind, text, start } of tokens(sql)) {
    if (kind === "space") continue;
    const begun = before === "." ? names.at(-1) : undefined;
    if (kind === "word" || kind === "quoted") {
      if (begun === undefined) names.push({ text, parts: 1, start, before });
      else names[names.length - 1] = { ...begun, text: `${begun.text}.${text}`, parts: begun.parts + 1 };
    }
    before = text;
  }
  return names;
}
