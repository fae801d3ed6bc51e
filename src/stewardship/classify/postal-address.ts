/** Where somebody lives: a street with a house number, or a whole address. A town, a postal code or a country alone is none. */
import { addressWords, otherAddressWords, weakAddressWords } from "./words/address-words.ts";
import { isAbout, isBusinessNumber } from "./words/about-words.ts";
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import type { Opinion } from "./finding.ts";
import { hasWord, wordsIn } from "./name-pieces.ts";
import { isAboutPeople } from "./siblings.ts";
import { hasStreetWord, isBuiltLikeAddress, isStreetLine } from "./street-words.ts";
import { thingWords } from "./words/thing-words.ts";

export function postalAddress(facts: ColumnFacts): Opinion | undefined {
  const { kind, values, name } = facts;
  if (kind !== "text") return undefined;
  const words =
    hasWord(name, otherAddressWords) && !hasWord(name, ["postaladdress"]) ? [] : wordsIn(name, addressWords);
  const isNamed = words.length > 0 && !isAbout(name);
  if (values.length === 0) return isNamed ? { confidence: 0.6, name: words } : undefined;
  const numbered = rateOf(values, (value) => /\d/.test(value) && /\p{L}{2}/u.test(value));
  if (!isNamed && numbered < 0.5) return undefined;
  const lines = rateOf(values, isStreetLine);
  const streets = rateOf(values, hasStreetWord);
  const letters = rateOf(values, isOfLetters);
  const rates = { "street and number": lines, "words for streets": streets, "letters and digits": numbered };
  if ((letters < 0.5 && lines < 0.5) || isSentence(values)) return undefined;
  if (isNamed && (lines >= 0.2 || streets >= 0.3)) return { confidence: 0.96, name: words, rates };
  const isWeak = words.every((word) => weakAddressWords.includes(word)) && rateOf(values, isBuiltLikeAddress) < 0.5;
  if (isNamed && !isWeak && letters >= 0.5) return { confidence: numbered >= 0.4 ? 0.85 : 0.7, name: words, rates };
  if (lines >= 0.6 && values.length >= 5) return { confidence: 0.85, name: words, rates };
  if (isAbout(name) || isBusinessNumber(name)) return undefined;
  if (lines >= 0.75 && values.length >= 3 && isAboutPeople(facts.siblings))
    return { confidence: 0.75, name: words, rates };
  if (lines >= 0.9 && values.length >= 3) return { confidence: 0.6, name: words, rates };
  if (hasWord(name, thingWords)) return undefined;
  const hint = lines >= 0.75 && values.length >= 3 ? { confidence: 0.4, rates } : undefined;
  return byForm(facts, rates) ?? hint;
}

/** Without a word that is known: the form tells enough if it is a whole address, or stands among data of people. */
function byForm({ values, siblings }: ColumnFacts, rates: Readonly<Record<string, number>>): Opinion | undefined {
  const wholes = rateOf(values, isWhole);
  const built = rateOf(values, isBuiltLikeAddress);
  const names = new Set(values.flatMap((value) => /\p{L}[\p{L}.'’-]{2,}/u.exec(value)?.[0] ?? []));
  const all = { ...rates, "built like addresses": built };
  if (wholes >= 0.7 && names.size >= 5) return { confidence: 0.65, rates: all };
  const isAmongPeople = isAboutPeople(siblings) || (siblings.isNearPlace && siblings.classes.size > 0);
  if (!isAmongPeople || built < 0.75 || names.size < Math.max(3, values.length * 0.6)) return undefined;
  if (!areLikeHouses(values)) return undefined;
  return { confidence: siblings.isNearPlace ? 0.75 : 0.65, rates: all };
}

const leastNumber = 15;

/** Numbers of houses differ, and some of them are not small; those of levels, rooms and editions are. */
function areLikeHouses(values: readonly string[]): boolean {
  const numbers = values.map((value) => Number(/\d{1,5}/.exec(value)?.[0] ?? 0));
  return new Set(numbers).size >= Math.min(values.length, 20) * 0.7 && Math.max(...numbers) >= leastNumber;
}

function isOfLetters(value: string): boolean {
  return /\p{L}{3}|\p{Lo}{2}/u.test(value) && !/[@{}<>=_]|:\/\//.test(value) && value.length <= 200;
}

const whole =
  /^(\p{Lu}[\p{L}\p{M}.'’-]+(?: [\p{L}\p{M}.'’-]+){0,4}) \d{1,4}(?:(?: ?\p{L}|[-/]\d{1,3}\p{L}?)?,? (?:\p{Lu}[\p{L}.]*|\d{1,2}\.\p{L}+) ?\d{0,4}(?: .*)?|-\p{L}.*|, .*\p{Lu}\p{L}{2}.*)$/u;

function isWhole(value: string): boolean {
  return value.length <= 160 && whole.test(value);
}

function isSentence(values: readonly string[]): boolean {
  return rateOf(values, (value) => value.split(/\s+/).length > 16) > 0.5;
}
