/** The words in the name of a column or table, whatever way it is written: `customerEMail_2` has customer, e and mail. */
import { inLatin } from "./latin-letters.ts";

/** Words in lower case and without accents. Digits are left out. */
export function namePieces(name: string): readonly string[] {
  return plainText(name.replace(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2").replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2"))
    .split(/[^\p{L}]+/u)
    .filter((piece) => piece !== "");
}

const otherLetters: Readonly<Record<string, string>> = { ß: "ss", ø: "o", ł: "l", đ: "d", ı: "i", æ: "ae", œ: "oe" };

/** Lower case in Latin letters without accents: Ștefan Łódź becomes stefan lodz. */
export function plainText(text: string): string {
  return inLatin(text.toLowerCase())
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[ßøłđıæœ]/g, (letter) => otherLetters[letter] ?? letter);
}

export interface NameWords {
  readonly pieces: readonly string[];
  /** The pieces, and up to three of them joined, because some people write first_name and others firstname. */
  readonly joined: ReadonlySet<string>;
}

export function nameWords(name: string): NameWords {
  const pieces = namePieces(name);
  const joined = new Set(pieces);
  for (let length = 2; length <= 3; length++)
    for (let at = 0; at + length <= pieces.length; at++) joined.add(pieces.slice(at, at + length).join(""));
  return { pieces, joined };
}

/** Words of this length are also found inside of longer ones, as in compounds of German or Dutch. */
const shortestInside = 6;

/** The words of the list that occur in the name. */
export function wordsIn({ joined }: NameWords, words: readonly string[]): readonly string[] {
  return words.filter(
    (word) =>
      joined.has(word) ||
      (word.length >= shortestInside &&
        [...joined].some((piece) => piece.length > word.length && piece.includes(word))),
  );
}

export function hasWord(name: NameWords, words: readonly string[]): boolean {
  return wordsIn(name, words).length > 0;
}
