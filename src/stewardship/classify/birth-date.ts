/** Birth dates of people. Dates tell little by themselves, so that the name, or a table about people, has to speak for it. */
import { wordList } from "./word-list.ts";
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import type { Opinion } from "./finding.ts";
import { hasWord, wordsIn } from "./name-pieces.ts";

const exactWords = wordList(
  `birthdate dateofbirth birthday dob birthdt bday bdate dateborn yearofbirth birthyear geburtsdatum geburtstag gebdat geburtsjahr
  datenaissance datedenaissance naissance nele fechanacimiento fechadenacimiento nacimiento fecnac datadinascita datanascita nascita
  datanascimento datadenascimento nascimento datanasterii datanastere nastere nasterii dataurodzenia urodzenia geboortedatum
  geboortedag fodelsedatum fodelsedag fodselsdato fodselsdag syntymaaika syntymapaiva datumnarozeni narozeni datumnarodenia
  szuletesidatum szuletes szuletesnap dogumtarihi dogumgunu datumrodenja datumrodjenja rodenja rodjenja rojstnidatum gimimodata
  sunniaeg synnikuupaev gimimo gennisis gennisi imerominiagennisis razhdane razhdaneto datarazhdane rozhdenia rojstva datarojstva dzimsanasdatums dzimsanas faedingardagur faedingar tanggallahir tgllahir ngaysinh namsinh narodzhennya geburt gebdatum fdato datumrojstva fodelsear born`,
);
const vagueWords = ["birth", "born", "geb", "geboren", "nato", "ur", "narozen", "fodt", "fodd", "syntynyt", "dogum"];

/** The place, the name or the weight at birth, and what is counted. */
const otherWords = wordList(
  `place city country town state weight rate name count order certificate ort lieu lugar luogo local loc miejsce plaats ville pays
  land reminder discount coupon bonus sent email campaign verified is has flag control mesto misto`,
);
const thingWords = wordList(
  `animal cattle cow pet horse dog cat herd calf livestock batch machine product company star species tree plant device asset vehicle
  brand firm tier bird sensor process server container breed puppy foal sheep pig poultry flock`,
);

export function birthDate(facts: ColumnFacts): Opinion | undefined {
  const { kind, values, name, table } = facts;
  if (kind === "other") return undefined;
  const exact = wordsIn(name, exactWords);
  const vague = wordsIn(name, vagueWords);
  if (hasWord(name, otherWords) || hasWord(name, thingWords) || hasWord(table, thingWords)) return undefined;
  const words = [...new Set([...exact, ...vague])];
  if (values.length === 0)
    return exact.length > 0 && (kind === "date" || kind === "text") ? { confidence: 0.6, name: words } : undefined;
  const years = values.map(yearOf).filter((year) => year !== undefined);
  const dated = years.length / values.length;
  if (dated < 0.6) return undefined;
  const possible = rateOfYears(years, (year) => year >= 1900 && year <= new Date().getUTCFullYear());
  const rates = { dates: dated, "possible years of birth": possible };
  if (possible < 0.8) return undefined;
  if (words.every((word) => word === "born") && areNew(years) && !isAmongPeople(facts)) return undefined;
  if (exact.length > 0) return { confidence: 0.96, name: words, rates };
  if (kind === "whole number") return undefined;
  if (vague.length > 0) return { confidence: 0.8, name: words, rates };
  return unnamed(facts, years, rates);
}

/** The year of a date, or a year alone. */
function yearOf(text: string): number | undefined {
  const iso =
    /^(\d{4})(?:$|[-/.]\d{1,2}[-/.]\d{1,2})/.exec(text)?.[1] ?? /^((?:18|19|20)\d{2})[01]\d[0-3]\d$/.exec(text)?.[1];
  const other =
    /^\d{1,2}[-/. ]+\d{1,2}[-/. ]+(\d{4})\.?$/.exec(text)?.[1] ??
    /^\d{1,2}[ .-]+\p{L}{3,}\.?[ .,-]+(\d{4})$/u.exec(text)?.[1];
  const year = Number(iso ?? other);
  return Number.isNaN(year) ? undefined : year;
}

function rateOfYears(years: readonly number[], isIt: (year: number) => boolean): number {
  return rateOf(years.map(String), (year) => isIt(Number(year)));
}

/** Nobody signs a contract at that age: what was born lately is more often an animal or an idea. */
function areNew(years: readonly number[]): boolean {
  const now = new Date().getUTCFullYear();
  return rateOfYears(years, (year) => now - year <= 4) >= 0.95;
}

function isAmongPeople({ neighbours }: ColumnFacts): boolean {
  return neighbours.some((other) => hasWord(other, peopleWords));
}

const opaque = /^(?:c|col|column|f|field|attr|attribute|x|v|val|value|d|date|dt|data|datum|fecha|var)$/;
const peopleWords = wordList(
  `firstname lastname surname fullname vorname nachname prenom apellido cognome nazwisko achternaam prenume fornamn efternamn
  sukunimi prijmeni prezime soyad gender sex`,
);

/**
 * Without a telling name: days in many years, most of them a generation ago, in a table that has the names of people or
 * whose names tell nothing at all.
 */
function unnamed(
  facts: ColumnFacts,
  years: readonly number[],
  rates: Readonly<Record<string, number>>,
): Opinion | undefined {
  const { name, kind } = facts;
  if (kind === "moment" || years.length < 20 || !name.pieces.every((piece) => opaque.test(piece))) return undefined;
  const now = new Date().getUTCFullYear();
  const grown = rateOfYears(years, (year) => now - year >= 15 && now - year <= 95);
  const spread = new Set(years).size;
  if (grown < 0.8 || spread < 20) return undefined;
  return { confidence: isAmongPeople(facts) ? 0.75 : 0.55, rates: { ...rates, "ages of grown-ups": grown } };
}
