/** Streets and squares within values, by words of many languages and by the way in which addresses are written. */
import { inLatin } from "./latin-letters.ts";
import { nativeStreets, partsOfBuildings, streetEndings, streetWords, unitsOfMeasure } from "./words/streets.ts";

/** Abbreviations that are letters of names elsewhere: `Vilniaus g. 12`, `Kooli tn 4`, `ж.к. Младост бл. 5`. */
const beforeNumber = /\p{L}{3}["”]? (?:g\.|pr\.|al\.|tn|bl\.) ?\d|^(?:zh\.k\.|pl\.|ul\.) ?["„]?\p{L}/u;
const boxes =
  /\b(?:p\.? ?o\.? ?box|private bag|postfach|boite postale|b\.?p\.? \d|casilla|apartado|apdo\.?|caixa postal|s\.l\.p\.?|postboks|postbus|skrytka|posta kutusu)\b/i;
const longest = 200;

/** Only the beginning of a long text is looked at. */
export function hasStreetWord(text: string): boolean {
  const beginning = inLatin(text.slice(0, longest).toLowerCase());
  return (
    streetWords.test(beginning) ||
    beforeNumber.test(beginning) ||
    boxes.test(beginning) ||
    nativeStreets.test(text.slice(0, longest)) ||
    beginning.split(/[^\p{L}.]+/u).some((word) => word.length < 40 && streetEndings.test(word))
  );
}

/** A street with the number of a house, before or after it. */
export function isStreetLine(text: string): boolean {
  if (text.length < 6 || text.length > 160 || !/\d/.test(text)) return false;
  return nativeStreets.test(text) || (hasWords.test(text) && hasStreetWord(text));
}

/** Codes that only contain such letters have no words. */
const hasWords = /(?:^|[\s.,])\p{L}[\p{L}'’.-]{2,}(?=$|[\s.,])/u;

const nameThenNumber =
  /^(?:\d{1,2}\.? )?[\p{Lu}\p{Lo}\p{sc=Georgian}][\p{L}\p{M}.'’ʻ-]+(?: [\p{L}\p{M}.'’ʻ-]+){0,5},? (?:(?:[Nn]o|[Nn]r|n|č|[Nn]úm|[Nn]ro|№)[.°º:]? ?)?\d{1,4} ?(?:\p{L}|[/-] ?\d{1,4}\p{L}?)?(?:,? .{1,60})?$/u;
const numberThenName =
  /^(?:[Nn]o\.? ?|Số )?\d{1,5}(?:\p{L}|[/-]\d{1,4}\p{L}?)?,? (?:de |del |des |the |la )?\p{Lu}[\p{L}\p{M}.'’-]+(?: .{1,60})?$/u;
const sizes = new RegExp(`\\d ?(?:${unitsOfMeasure})\\b`, "i");

/** Built like an address, although it has no known word for a street: a name and a number, without a measure. */
export function isBuiltLikeAddress(text: string): boolean {
  if (text.length > 120 || sizes.test(text) || partsOfBuildings.test(text)) return false;
  return nameThenNumber.test(text) || numberThenName.test(text);
}
