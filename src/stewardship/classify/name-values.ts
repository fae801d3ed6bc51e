/** How much the values of a column look like names of people: known names, the way they are written, what they are not. */
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import { isLikeFamilyName } from "./words/family-names.ts";
import { givenNames } from "./words/given-names.ts";
import { familyNamesOfAsia } from "./words/asian-family-names.ts";
import { companyEnds, companyWords } from "./words/company-words.ts";
import { knownPlaces } from "./words/known-places.ts";
import { plainText } from "./name-pieces.ts";
import { hasStreetWord } from "./street-words.ts";

export interface NameSigns {
  /** Words with capitals and without digits. */
  readonly shaped: number;
  readonly given: number;
  readonly family: number;
  /** At least two words, of which one is a given name. */
  readonly whole: number;
  /** At least two words. */
  readonly words: number;
  /** Two to four words, each with a capital and none of a single letter. */
  readonly pairs: number;
  /** A comma between the family name and the given name. */
  readonly inverted: number;
  /** Single letters, as of middle names. */
  readonly initials: number;
  /** Names of which a word occurs in an e-mail address beside them. */
  readonly inMail: number;
  /** A capital only at the beginning, as names of species have. */
  readonly lowered: number;
  /** With a form of address before them. */
  readonly titled: number;
  readonly others: number;
}

/** The cheapest of the signs, without which the others are not worth their time. */
export function mayBeNames(values: readonly string[]): boolean {
  return rateOf(values, (value) => value.length <= 60 && /^[\p{L}]/u.test(value) && !/[\d@]/.test(value)) >= 0.5;
}

export function nameSigns({ values, siblings }: ColumnFacts): NameSigns {
  const written = values.map(firstName);
  const split = written.map(wordsOfName);
  const share = (isIt: (words: readonly string[]) => boolean): number =>
    split.filter((words) => words.length > 0 && isIt(words)).length / written.length;
  return {
    shaped: rateOf(written, isShaped),
    given: share((words) => words.some((word) => givenNames.has(word))),
    family: share((words) => words.some(isLikeFamilyName)) + rateOf(values, isAsianName),
    whole: share((words) => words.length >= 2 && words.some((word) => givenNames.has(word))),
    words: share((words) => words.length >= 2),
    pairs: rateOf(written, (value) => pair.test(value)),
    inverted: rateOf(written, (value) => inverted.test(value)),
    initials: rateOf(values, (value) => /^\p{Lu}\.?$/u.test(value)),
    inMail: share((words) => words.some((word) => isInMail(word, siblings.mailWords))),
    lowered: rateOf(written, (value) => /^\p{Lu}\p{Ll}+ \p{Ll}{4,}$/u.test(value)),
    titled: rateOf(values, (value) => formOfAddress.test(value)),
    others: rateOf(written, isOther),
  };
}

/** Airlines write `SMITH/ANNA MRS`; of several people, the first one is looked at. */
function firstName(text: string): string {
  const value = text.split(/;\s?/)[0] ?? text;
  const [, family, given] = /^([A-Z]{2,})\/([A-Z ]{2,}?)(?: (?:MR|MRS|MS|MISS|MSTR|DR))?$/.exec(value) ?? [];
  return family === undefined || given === undefined ? value : `${family}, ${given}`;
}

const fromLetters = 4;

function isInMail(word: string, mailWords: readonly string[]): boolean {
  return word.length >= fromLetters && mailWords.some((local) => local.includes(word));
}

/** Georgian names have no capitals. */
const capitalised = String.raw`[\p{Lu}\p{Lo}\p{sc=Georgian}][\p{L}\p{M}'’ʻʼ-]+`;
const particle = String.raw`(?:van|von|de|der|den|da|di|del|della|do|dos|du|la|le|el|al|bin|binti|bint|ibn|ter|ten|zu|ben|a\/l|a\/p|e)`;
const pair = new RegExp(
  `^(?:(?:Mr|Mrs|Ms|Dr|Prof)\\.? )?${capitalised}(?: (?:${particle} ){0,2}${capitalised}| \\p{Lu}\\.){1,3}(?: (?:I{1,3}|IV|V|MD|PhD|DDS|DVM|Jr\\.?|Sr\\.?))?$`,
  "u",
);
const inverted = new RegExp(`^${capitalised}(?: ${capitalised})?, ${capitalised}(?: ${capitalised})?$`, "u");

const titles = new Set(
  "mr mrs ms miss dr prof herr frau familie capt rev sig sra sr mme ing jr ii iii iv md phd dds dipl med mgr bc".split(
    " ",
  ),
);

function wordsOfName(value: string): readonly string[] {
  return plainText(value)
    .split(/[\s,.]+|(?<=\p{L})-(?=\p{L})/u)
    .filter((word) => word.length > 1 && !titles.has(word));
}

function isShaped(value: string): boolean {
  if (!/^[\p{L}\p{M}'’ʻʼ.,\- ()·]{2,60}$/u.test(value.replace(/ a\/[lp] /, " "))) return false;
  const words = value.split(/\s+/);
  if (words.length > 6) return false;
  return words.some((word) => /^[\p{Lu}\p{Lo}\p{sc=Georgian}]/u.test(word) || givenNames.has(plainText(word)));
}

/** Chinese, Japanese and Korean names begin with the family name, without white space. */
function isAsianName(value: string): boolean {
  return (
    value.length <= 6 &&
    (familyNamesOfAsia.has(value.slice(0, 1)) || familyNamesOfAsia.has(value.slice(0, 2))) &&
    /^[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana} ]{2,6}$/u.test(value)
  );
}

function isOther(value: string): boolean {
  const untitled = value.replace(formOfAddress, "");
  const plain = plainText(untitled);
  return (
    companyWords.test(value.toLowerCase()) ||
    companyEnds.test(plain) ||
    severalNames.test(value) ||
    /[&/@#%*+:;]/.test(value.replace(/ a\/[lp] /, " ")) ||
    (plain.includes(" ") && hasStreetWord(untitled)) ||
    knownPlaces.has(plain) ||
    months.has(plain) ||
    placeBeginning.test(value)
  );
}

const formOfAddress =
  /^(?:Dr|Prof|Mr|Mrs|Ms|Miss|Mx|Capt|Rev|Sir|Dame|Herr|Frau|Familie|Hr|Fr|Mme|Mlle|Sr|Sra|Srta|D|Dña|Sig|Sig\.ra|Dott|Dott\.ssa|Avv|Ing|Mag|Dipl|MUDr|JUDr|Bc|Mgr|Dhr|Mw|Mevr|Fru|Pan|Pani|г-н|г-жа)\.? (?:med\. |Ing\. |Dr\. )?(?=[\p{Lu}\p{Lo}])/u;
/** Some of them are names of people, too. */
const months = new Set(
  "january february march april may june july august september october november december".split(" "),
);
/** Towns are often called after saints, and after other towns. */
const placeBeginning =
  /^(?:San|Santa|Santo|São|Sao|Saint|Sainte|St\.?|Port|Fort|Mount|Mt\.?|Lake|New|Los|Las|North|South|East|West|Bad|Sankt|Nova|Novi|Nueva|Villa|Ciudad|Monte|Cape|Isla|Rio|Río|Puerto|Vila|Velika|Stara) /;
/** `Laakso, Salo and Hirvonen`, `Mattila - Virtanen`: names of firms. */
const severalNames = /, .* (?:and|och|og|und|et|y|e|i|a|ja|en|ve|és) | - /u;
