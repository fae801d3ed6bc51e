/**
 * The words of texts, as the search stores and compares them: without case and accents, and parted where names are:
 * `customerEmail_2` has the words customer, email and 2, and customeremail, too.
 * Invariant: texts that differ only in case, accents or separators have the same words.
 */

/** Longer ones are cut off: nobody types them. */
const mostLetters = 48;

export function wordsOf(text: string): readonly string[] {
  const found = new Set<string>();
  for (const run of text.normalize("NFKC").match(/[\p{L}\p{N}\p{M}]+/gu) ?? []) {
    const parts = run.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{Lu}|\p{N}+/gu) ?? [];
    for (const part of [run, ...parts, ...unspaced(run)]) found.add(folded(part).slice(0, mostLetters));
  }
  found.delete("");
  return [...found];
}

/** Scripts that are written without spaces between words. */
const withoutSpaces =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}\p{M}ー]{2,}/gu;

/** Longer texts without a space are looked through only so far, and compared only so long. */
const [mostBeginnings, mostUnspaced] = [200, 16];

/** The texts that begin at each letter: a word can begin anywhere, and is found by its beginning. */
function unspaced(run: string): readonly string[] {
  return (run.match(withoutSpaces) ?? []).flatMap((text) => {
    const letters = [...text];
    return letters
      .slice(0, mostBeginnings)
      .map((_letter, index) => letters.slice(index, index + mostUnspaced).join(""));
  });
}

/** Letters that are another letter with something added, which Unicode does not take apart. */
const alike: ReadonlyMap<string, string> = new Map(
  Object.entries({ ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i", ħ: "h" }),
);

export function folded(text: string): string {
  const bare = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return bare.replaceAll(/[ßæœøłđðþıħ]/gu, (letter) => alike.get(letter) ?? letter);
}

/** The words of a question: whole runs, since a run that is found whole is what was meant. */
export function askedWords(text: string): readonly string[] {
  const runs = text.normalize("NFKC").match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return [...new Set(runs.map((run) => folded(run).slice(0, mostLetters)))].filter((word) => word !== "");
}

/** Every run of three letters, with the beginning and the end of the word marked by blanks. */
export function trigramsOf(word: string): readonly string[] {
  const letters = [..."  ", ...word, " "];
  return [...new Set(letters.slice(2).map((_, index) => letters.slice(index, index + 3).join("")))];
}

/** A word without the plural's s, so that `customers` also finds `customer_id`. */
export function stemOf(word: string): string {
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}
