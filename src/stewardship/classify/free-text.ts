/**
 * Text in sentences, or JSON, in which personal data occurs. One case in fifty is enough, because one is enough for
 * the person whom it concerns.
 */
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import { isOfMachine } from "./email.ts";
import { isLikeFamilyName } from "./words/family-names.ts";
import type { Opinion } from "./finding.ts";
import { givenNames } from "./words/given-names.ts";
import { isIban } from "./iban.ts";
import { hasPublicAddress } from "./ip-address.ts";
import { isIssued } from "./card-number.ts";
import { passesLuhn } from "./luhn.ts";
import { plainText } from "./name-pieces.ts";
import { nationalNumbers } from "./national-numbers/all-numbers.ts";
import { hasPhoneNumber } from "./phone.ts";

export function freeText({ kind, values, siblings }: ColumnFacts): Opinion | undefined {
  if (kind !== "text" || values.length === 0) return undefined;
  const sentences = rateOf(values, isText);
  if (sentences < 0.3) return undefined;
  const occurs = {
    ...signs,
    "with names of the same table": (text: string): boolean => hasNameOf(siblings.names, text),
    "with phone numbers": (text: string): boolean => hasPhoneNumber(text, siblings.countries),
  };
  const rates = Object.fromEntries(
    Object.entries(occurs)
      .map(([what, occursIn]): [string, number] => [what, rateOf(values, occursIn)])
      .filter(([, rate]) => rate > 0),
  );
  const any = rateOf(values, (value) => Object.values(occurs).some((occursIn) => occursIn(value)));
  const cases = any * values.length;
  if (any < leastShare || (cases < 2 && values.length > 5)) return undefined;
  if (sentences < 0.6 && any < 0.1 && Object.keys(rates).every((what) => what === "with names of people"))
    return undefined;
  const confidence = any >= 0.3 ? 0.95 : any >= 0.1 ? 0.85 : 0.7;
  return { confidence, rates: { "text or JSON": sentences, ...rates } };
}

const leastShare = 0.02;

/** At least four words, or an object of JSON; some letters are written without white space between words. */
function isText(value: string): boolean {
  return (
    /^[[{]/.test(value) ||
    (value.match(/\p{L}{2,}/gu)?.length ?? 0) >= 4 ||
    (isForeign.test(value) && withoutSpaces.test(value))
  );
}

const isForeign = /[\u0e00-\u0e7f\u3040-\u9fff]/;
const withoutSpaces = /(?:[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}][^\p{sc=Latin}]{0,3}){10,}/u;

const signs: Readonly<Record<string, (text: string) => boolean>> = {
  "with e-mail addresses": hasEmail,
  "with IBANs": hasIban,
  "with card numbers": hasCard,
  "with IP addresses": hasPublicAddress,
  "with names of people": hasName,
  "with addresses": hasStreet,
  "with national numbers": hasNationalNumber,
};

const emailInText = /[\p{L}\d._%+-]+@(?:[\p{L}\d-]+\.)+\p{L}{2,24}/giu;

function hasEmail(text: string): boolean {
  return text.includes("@") && (text.match(emailInText) ?? []).some((address) => !isOfMachine(address.toLowerCase()));
}

const ibanInText = /\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b/g;

function hasIban(text: string): boolean {
  return (text.match(ibanInText) ?? []).some((found) => isIban(found) || isIban(found.replace(/ [A-Z\d]{1,3}$/, "")));
}

const cardInText = /(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])/g;

function hasCard(text: string): boolean {
  return (text.match(cardInText) ?? []).some((found) => {
    const digits = found.replace(/\D/g, "");
    return isIssued(digits) && passesLuhn(digits);
  });
}

/** Common words for streets, with the number of a house beside them; other words of street-words.ts occur in any text. */
const street =
  /\p{Lu}[\p{L}.'-]+ (?:Street|St\.|Road|Rd\.?|Avenue|Ave\.?|Lane|Drive|Boulevard|Blvd\.?)(?!\p{L})|(?<!\p{L})(?:Calle|Rua|Via|Rue|ul\.|Av\.|Avenida|Avenue|Strada|Str\.|Jl\.|Jalan|ул\.|вул\.|οδός) \p{Lu}[\p{L}. '-]{2,30},? \d|\p{Lu}\p{Ll}+(?:straße|strasse|straat|gatan|gata|vägen|vej|gade|veien|gasse|weg|utca|katu|tie) \d/u;

function smallWords(text: string): number {
  return text.match(/(?<!\p{L})\p{Ll}{2,}/gu)?.length ?? 0;
}

/** An address alone is none in a text: there are other words around it, and most of them are small ones. */
function hasStreet(text: string): boolean {
  return smallWords(text) >= 4 && /\d/.test(text) && street.test(text) && !text.startsWith("{");
}

/** Both words of a name, because one of them may be any word; and some small words around it, unlike in a title. */
function hasNameOf(names: ReadonlySet<string>, text: string): boolean {
  if (names.size === 0 || smallWords(text) < 2) return false;
  return [...text.matchAll(twoWords)].some(
    ([, first = "", second = ""]) => names.has(plainText(first)) && names.has(plainText(second)),
  );
}

const longCode = /(?<![\p{L}\d./-])[A-Z\d][A-Z\d./-]{8,18}[A-Z\d](?![\p{L}\d])/gu;
/** Digits alone are too often something else. */
const written = nationalNumbers.filter(({ isTelling }) => isTelling);

function hasNationalNumber(text: string): boolean {
  const codes = (text.match(longCode) ?? []).filter(
    (code) => /\d/.test(code) && /[A-Z.-]/.test(code) && !/^\d{4}-\d\d/.test(code),
  );
  return codes.some((code) => written.some((number) => number.form.test(code) && number.isValid(code)));
}

const addressed =
  /(?<!\p{L})(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Monsieur|Madame|Mme|Señora?|Sra?|Sig|Signora|Signor|Sig\.ra|Domnul|Doamna|Dl|Dna|Pan|Pani|Panem|Mevrouw|Meneer|Dhr|Mevr|Fru|Herr|Hr|Rouva|Herra|Pani|Pana|Gospodin|Gospođa|Gospa|Gospod|Úr|Bay|Bayan|Senhora?|Sra?|Dott|Dott\.ssa|Avv|Bapak|Ibu|Pak|Bu|Ông|Bà|Anh|Chị|Härra|Proua|Ponas|Ponia|Kungs|Kundze|г-н|г-жа|пан|пані|господин|госпожа|κ|κα|Κος|Κα)\.? \p{Lu}[\p{L}'’-]{2,}/u;
const twoWords = /(?<!\p{L})(\p{Lu}[\p{L}\p{M}'’-]{1,20}) (\p{Lu}[\p{L}'’-]{2,25})(?!\p{L})/gu;

/** A form of address with a name after it, or a given name with a family name after it. */
function hasName(text: string): boolean {
  if (addressed.test(text)) return true;
  for (const [, first = "", second = ""] of text.matchAll(twoWords))
    if (givenNames.has(plainText(first)) && isLikeFamilyName(plainText(second))) return true;
  return false;
}
