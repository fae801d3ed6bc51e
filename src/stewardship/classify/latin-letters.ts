/** Greek and Cyrillic letters as Latin ones, as names are usually written with these: Ελένη becomes eleni, Стоян stoyan. */

/** Each letter with those that stand for it; the soft sign has none. */
const pairs = `α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o
  а a б b в v г g д d е e ё yo ж zh з z и i й y і i ї i к k л l м m н n о o п p р r с s т t у u ф f х h ц ts ч ch ш sh щ sht ъ a
  ы y э e ю yu я ya є ye ґ g ј j љ lj њ nj ћ c ђ dj џ dz ѓ g ќ k ѕ dz`.split(/\s+/);

const letters: ReadonlyMap<string, string> = new Map([
  ["ь", ""],
  ...pairs.flatMap((letter, at): readonly (readonly [string, string])[] =>
    at % 2 === 0 ? [[letter, pairs[at + 1] ?? ""]] : [],
  ),
]);
const others = /[\u0370-\u04ff]/;

/** `text` is in lower case. */
export function inLatin(text: string): string {
  if (!others.test(text)) return text;
  return text
    .normalize("NFC")
    .replace(/ου|ού/g, "ou")
    .replace(/[\u0370-\u04ff]/g, (letter) => letters.get(letter) ?? letters.get(withoutAccent(letter)) ?? letter);
}

function withoutAccent(letter: string): string {
  return letter.normalize("NFD").replace(/\p{M}/gu, "");
}
