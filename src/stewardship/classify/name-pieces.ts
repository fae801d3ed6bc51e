/** The words in the name of a column or table, whatever way it is written: `customerEMail_2` has customer, e and mail. */
import { inLatin } from "./latin-letters.ts";

/** Words in lower case and without accents. Digits are left out. */
export function namePieces(name: string): readonly string[] {
  return plainText(name.replace(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2").replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2"))
    .split(/[^\p{L}]+/u)
    .filter((piece) => piece !== "");
}

const otherLetters: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  ı: "i",
  æ: "ae",
  œ: "oe",
  ð: "d",
  þ: "th",
  ə: "e",
  ħ: "h",
};
const apostrophes = /[\u02b9-\u02bf\u2018\u2019']/g;

/** Lower case in Latin letters without accents: Ștefan Łódź becomes stefan lodz, and имʼя imya. */
export function plainText(text: string): string {
  return inLatin(text.toLowerCase().replace(apostrophes, ""))
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[ßøłđıæœðþəħ]/g, (letter) => otherLetters[letter] ?? letter);
}

export interface NameWords {
  readonly pieces: readonly string[];
  /** The pieces, and up to four of them joined, because some people write first_name and others firstname. */
  readonly joined: ReadonlySet<string>;
}

/** Beginnings that are written without anything between them and the word that matters, as in custfname. */
const beginning =
  /^(?:cust|customer|client|cli|emp|employee|usr|user|pat|patient|contact|bill|billing|delivery|home|work|priv|kd|kunde|klant|tx|txt|str)(?=\p{L}{3})/u;

export function nameWords(name: string): NameWords {
  const pieces = namePieces(name);
  const joined = new Set(pieces);
  for (let length = 2; length <= 4; length++)
    for (let at = 0; at + length <= pieces.length; at++) joined.add(pieces.slice(at, at + length).join(""));
  for (const piece of pieces) joined.add(piece.replace(beginning, ""));
  return { pieces, joined };
}

/** Words of this length are also found inside of longer ones, as in compounds of German or Dutch. */
const shortestInside = 6;
/** A word of Chinese or Japanese has few letters, and no white space around it. */
const withoutSpaces = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー]{2,}$|^[\p{sc=Thai}\p{sc=Hangul}]{3,}$/u;

interface WordTable {
  readonly all: ReadonlySet<string>;
  readonly inside: readonly string[];
  /** The words by what is left of them without vowels: `brthdt` for birthdate. */
  readonly bare: ReadonlyMap<string, string>;
}

const tables = new WeakMap<readonly string[], WordTable>();

function tableOf(words: readonly string[]): WordTable {
  const known = tables.get(words);
  if (known !== undefined) return known;
  const long = words.filter((word) => word.length >= shortestInside);
  const table = {
    all: new Set(words),
    inside: words.filter((word) => word.length >= shortestInside || withoutSpaces.test(word)),
    bare: new Map(long.map((word) => [withoutVowels(word), word])),
  };
  tables.set(words, table);
  return table;
}

function withoutVowels(word: string): string {
  return word.slice(0, 1) + word.slice(1).replace(/[aeiouy]/g, "");
}

/** Letters that an abbreviation keeps, and those of the words that are long enough to be cut. */
const shortestCut = 5;
const shortestToCut = 8;

/** Words of the list that begin like a piece of the name: nacim for nacimiento. They are weaker than whole words. */
export function cutWordsIn({ pieces }: NameWords, words: readonly string[]): readonly string[] {
  const cut = pieces.filter((piece) => piece.length >= shortestCut);
  if (cut.length === 0) return [];
  return words.filter(
    (word) => word.length >= shortestToCut && cut.some((piece) => piece.length < word.length && word.startsWith(piece)),
  );
}

/** Names are asked for the same lists many times: by several rules, and by each column of the table. */
const asked = new WeakMap<NameWords, Map<readonly string[], readonly string[]>>();

/** The words of the list that occur in the name. Abbreviations without vowels stand for the word. */
export function wordsIn(name: NameWords, words: readonly string[]): readonly string[] {
  const answers = asked.get(name) ?? new Map<readonly string[], readonly string[]>();
  asked.set(name, answers);
  const found = answers.get(words) ?? foundIn(name, tableOf(words));
  answers.set(words, found);
  return found;
}

function foundIn({ joined }: NameWords, { all, inside, bare }: WordTable): readonly string[] {
  const found = new Set<string>();
  for (const piece of joined) {
    if (all.has(piece)) found.add(piece);
    if (piece.length > shortestInside || /[^a-z]/.test(piece))
      for (const word of inside) if (piece.length > word.length && piece.includes(word)) found.add(word);
    const whole = piece.length >= 4 && !/[aeiou]/.test(piece.slice(1)) ? bare.get(piece) : undefined;
    if (whole !== undefined) found.add(whole);
  }
  return [...found];
}

export function hasWord(name: NameWords, words: readonly string[]): boolean {
  return wordsIn(name, words).length > 0;
}
