/** Numbers that a state gives to a person, by the rules of several countries; passports and licences by their names only. */
import { wordList } from "./word-list.ts";
import { isAbout, isBusinessNumber } from "./about-words.ts";
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import type { Opinion } from "./finding.ts";
import { hasWord, wordsIn } from "./name-pieces.ts";
import { nationalNumbers, type NationalNumber } from "./national-numbers.ts";

/** Names that mean such a number and nothing else. */
const exactWords = wordList(
  `ssn socialsecurity socialsecuritynumber nationalid nationalidnumber nationalnumber nino nationalinsurance nationalinsurancenumber
  sozialversicherung sozialversicherungsnummer svnr steuerid steueridnr idnr personalausweis ausweisnummer dni nie nif cpf curp
  pesel cnp codicefiscale codfisc codicefisc bsn burgerservicenummer personnummer persnr hetu henkilotunnus cpr cprnummer cprnr
  fodselsnummer fnr rodnecislo egn oib jmbg emso tckn tckimlik tckimlikno kimlikno kimliknumarasi insee nir numerosecu
  securitesociale numerosecuritesociale numsecu aadhaar aadhar isikukood asmenskodas kennitala ahv ahvnummer ahvnr avs
  rijksregisternummer insz niss tajszam taj szemelyiszam adoazonosito passport passportnumber passportno passeport pasaporte
  passaporto reisepass reisepassnummer paspoort passnummer idcard idcardnumber identitycard identitynumber citizenid personalid
  personalcode personalidentitynumber driverslicense driverlicense drivinglicence drivinglicense fuhrerschein fuhrerscheinnummer
  permisconduire cartedidentite cedula rut ppsn pps amka sofinummer serienrbuletin buletin codnumericpersonal numeroidentidad
  documentoidentidad rrn bilhetedeidentidade cartaocidadao maticnibroj rodnecisla`,
);

/** Names that may also mean something else, so that the values have to agree. */
const vagueWords = wordList(
  `taxid taxnumber tin idnumber idno sin identification identity personnumber rc cf fiscalcode secu kimlik documentnumber docnumber
  govid governmentid cedula persid vat`,
);

export function nationalId(facts: ColumnFacts): Opinion | undefined {
  const { kind, values, name } = facts;
  if (kind !== "text" && kind !== "whole number") return undefined;
  const exact = wordsIn(name, exactWords);
  if (values.length === 0)
    return exact.length > 0 && !isAbout({ ...name, joined: withoutId(name.joined) })
      ? { confidence: 0.6, name: exact }
      : undefined;
  const numbers = values.map((value) => value.replace(/\s/g, ""));
  const best = bestNumber(numbers);
  if (exact.length > 0) return named(numbers, exact, best);
  const vague = wordsIn(name, vagueWords);
  if (best === undefined) return undefined;
  const { number, valid, shaped } = best;
  const told = { name: vague, ...evidenceOf(best) };
  if (vague.length > 0) return valid >= 0.8 ? { ...told, confidence: number.isTelling ? 0.95 : 0.75 } : undefined;
  if (isBusinessNumber(name) || values.length < 8 || shaped < 0.9) return undefined;
  if (number.isTelling && valid >= 0.95) return { ...told, confidence: 0.85 };
  return valid >= 0.98 && isAmongPeople(facts) ? { ...told, confidence: 0.6 } : undefined;
}

/** National_id is not about something because it ends in id. */
function withoutId(words: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...words].filter((word) => word !== "id"));
}

interface Best {
  readonly number: NationalNumber;
  readonly shaped: number;
  readonly valid: number;
}

function bestNumber(numbers: readonly string[]): Best | undefined {
  const tried = nationalNumbers.map((number): Best => {
    const shaped = rateOf(numbers, (text) => number.form.test(text));
    if (shaped < 0.3) return { number, shaped, valid: 0 };
    return { number, shaped, valid: rateOf(numbers, (text) => number.form.test(text) && number.isValid(text)) };
  });
  const [best] = tried.toSorted((one, other) => other.valid - one.valid || other.shaped - one.shaped);
  return best === undefined || best.shaped < 0.3 ? undefined : best;
}

function evidenceOf({ number, shaped, valid }: Best) {
  return {
    rates: { "form of the number": shaped, "valid by its rules": valid },
    notes: [`the rules of ${number.name} (${number.country})`],
  };
}

function named(numbers: readonly string[], name: readonly string[], best: Best | undefined): Opinion | undefined {
  if (best !== undefined && best.valid >= 0.5) return { confidence: 0.97, name, ...evidenceOf(best) };
  const codes = rateOf(numbers, (text) => /^(?=.*\d)[\p{L}\d./-]{5,20}$/u.test(text));
  return codes < 0.7 ? undefined : { confidence: 0.75, name, rates: { "codes with digits": codes } };
}

const personalWords = wordList(
  `firstname lastname surname fullname birthdate dob birthday vorname nachname prenom geburtsdatum cognome apellido nazwisko
  achternaam prenume email phone`,
);

function isAmongPeople({ neighbours }: ColumnFacts): boolean {
  return neighbours.some((other) => hasWord(other, personalWords));
}
