/**
 * Phone numbers. Bare digits can be anything, so that they count only with a telling name; a country code, a leading
 * zero and the usual punctuation say more.
 */
import { isAbout, isBusinessNumber } from "./words/about-words.ts";
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import { isDayInParts } from "./written-date.ts";
import type { Opinion } from "./finding.ts";
import { isPostalCodes } from "./look-around.ts";
import { hasWord, wordsIn } from "./name-pieces.ts";
import { bestCountry, isInternational, isInternationalNumber, isNumberOfOne } from "./phone-numbers.ts";
import { isAboutPeople } from "./siblings.ts";
import { placeWords } from "./words/address-words.ts";
import { phoneWords } from "./words/contact-words.ts";
import { nationalIdWords } from "./words/national-id-words.ts";

export function phone(facts: ColumnFacts): Opinion | undefined {
  const { kind, values, name } = facts;
  if (kind !== "text" && kind !== "whole number") return undefined;
  const words = wordsIn(name, phoneWords);
  if (values.length === 0)
    return kind === "text" && words.length > 0 && !isAbout(name) ? { confidence: 0.6, name: words } : undefined;
  const shaped = values.map(firstNumber).filter(isShaped);
  const share = shaped.length / values.length;
  if (share < 0.6 || isPostalCodes(values)) return undefined;
  if (kind === "whole number") return words.length > 0 && !isAbout(name) ? numeric(words, shaped) : undefined;
  return written(facts, words, { shaped, share });
}

/** Some columns hold several numbers each. */
function firstNumber(text: string): string {
  return text.split(/\s*[,;]\s*|\s+\/\s+/)[0] ?? text;
}

/** A whole number has lost its leading zero, so that only its length can be looked at. */
function numeric(words: readonly string[], shaped: readonly string[]): Opinion | undefined {
  const long = rateOf(shaped, (text) => text.length >= 8 && text.length <= 14);
  return long < 0.8 ? undefined : { confidence: 0.8, name: words, rates: { "as long as a phone number": long } };
}

interface Shaped {
  readonly shaped: readonly string[];
  readonly share: number;
}

function written(facts: ColumnFacts, words: readonly string[], { shaped, share }: Shaped): Opinion | undefined {
  const { siblings } = facts;
  const international = shaped.filter(isInternational);
  const national = shaped.filter((text) => !isInternational(text));
  const formatted = rateOf(shaped, isFormatted);
  const isMixed = international.length >= shaped.length * 0.15;
  if (words.length === 0 && (isNamedOtherwise(facts) || (formatted < 0.6 && !isMixed))) return undefined;
  const best = national.length === 0 ? undefined : bestCountry(national, siblings.countries);
  const valid =
    (rateOf(international, isInternationalNumber) * international.length + (best?.rate ?? 0) * national.length) /
    shaped.length;
  const rates = {
    "shape of a phone number": share,
    "written like a phone number": formatted,
    "valid in a numbering plan": valid,
  };
  const notes = (best?.rate ?? 0) > 0.5 ? [`most of those without a country code are valid in ${best?.country}`] : [];
  const confidence = sureness({
    isNamed: words.length > 0,
    valid,
    international: international.length / shaped.length,
    formatted,
    isExpected: best?.isExpected === true || isAboutPeople(siblings),
  });
  return { confidence, name: words, rates, notes };
}

/** Numbers of other things, and postal codes, are written alike. */
function isNamedOtherwise({ name, values }: ColumnFacts): boolean {
  return (
    rateOf(values, isFreeOfCharge) >= 0.5 ||
    isBusinessNumber(name) ||
    hasWord(name, placeWords) ||
    hasWord(name, nationalIdWords)
  );
}

/** Numbers that everybody may call for nothing are of firms. */
function isFreeOfCharge(text: string): boolean {
  return /^(?:\+?\d{1,3}[ -])?\(?0?800\)?[ -]/.test(text);
}

interface Signs {
  readonly isNamed: boolean;
  readonly valid: number;
  /** The share of numbers that are written with their country. */
  readonly international: number;
  readonly formatted: number;
  /** Whether the numbers are of a country of which the table speaks, or beside other data of people. */
  readonly isExpected: boolean;
}

function sureness({ isNamed, valid, international, formatted, isExpected }: Signs): number {
  if (isNamed) return valid >= 0.6 ? 0.97 : valid >= 0.25 || formatted >= 0.5 ? 0.85 : 0.7;
  if (international >= 0.5) return valid >= 0.7 ? 0.93 : valid >= 0.4 ? 0.7 : 0.3;
  if (international >= 0.15 && isExpected && valid >= 0.7) return 0.85;
  return formatted >= 0.8 && valid >= 0.8 ? (isExpected ? 0.75 : 0.4) : 0.3;
}

/** 6 to 15 digits, with what people write between them, and perhaps an extension. */
function isShaped(text: string): boolean {
  if (/[^\d\s+()./\-\u2010-\u2013ext#]/i.test(text) || isDateLike(text)) return false;
  if (!/^[+\d(]/.test(text)) return false;
  const main = text.replace(/\s*(?:ext\.?|x|#)\s*\d{1,6}$/i, "");
  if (/[a-z#]/i.test(main)) return false;
  const digits = main.replace(/\D/g, "").length;
  return digits >= 6 && digits <= 15;
}

function isDateLike(text: string): boolean {
  if (isDayInParts(text)) return true;
  if (/^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}[:.]\d{2}.*)?$/.test(text)) return true;
  if (/^(?:\d{1,3}\.){3}\d{1,3}$/.test(text)) return true;
  return /^-?\d+\.\d+$/.test(text) || /^(?:19|20)\d{6}[ -]\d{4,6}$/.test(text);
}

/** Codes of things are longer. */
const longestNational = 12;

/** A country code, a leading zero, a bracket, or groups of digits. */
function isFormatted(text: string): boolean {
  if (isInternational(text) || text.includes("(")) return true;
  if (/^0\d/.test(text) && text.replace(/\D/g, "").length <= longestNational) return true;
  return text.split(/[\s./\-\u2010-\u2013]+/).length >= 3;
}

const inText = /(?<![\w.])(?:\+|00)[1-9][\d\s().\-/]{7,18}\d(?!\w)/g;
const afterWord =
  /(?<!\p{L})(?:tel|phone|mobile|mobil|mob|handy|cell|cel|fax|telefon|telefono|telefone|telefoon|telefonu?|tél|gsm|whatsapp|call|ring|reach|puh|puhelin|tlf|anruf\p{L}*|rückruf|bel|llama\p{L}*|llámame|appel\p{L}*|chiam\p{L}*|ligar|ligue|sun[aă]\p{L}*|dzwon\p{L}*|zadzwo\p{L}*|vola\p{L}*|zvan\p{L}*|zov\p{L}*|hív\p{L}*|ara\p{L}*|simu|hubungi|telp|hp|sđt|тел|телефон\p{L}*|моб|звон\p{L}*|позвон\p{L}*|дзвон\p{L}*|τηλ|κινητό|電話|电话|전화|โทร|هاتف|جوال|טלפון|נייד)(?!\p{L})[^\d+]{0,12}(\(?\+?\d[\d\s().\-/]{6,16}\d)/u;

/** Written as a national number: a leading zero, and groups or enough digits. */
const nationalInText = /(?<![\p{L}\d.#/-])\(?0\d[\d ().\-/]{6,14}\d(?![\p{L}\d])/gu;

/** A phone number within a text: with its country, after a word for it, or valid in a country of which the table speaks. */
export function hasPhoneNumber(text: string, countries: readonly string[]): boolean {
  if (afterWord.test(text.toLowerCase())) return true;
  if ((text.match(inText) ?? []).some(isInternationalNumber)) return true;
  return countries.length > 0 && (text.match(nationalInText) ?? []).some((found) => isNumberOfOne(countries, found));
}
