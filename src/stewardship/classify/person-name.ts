/**
 * Names of people: given names, family names, whole names. Things have names too, so that a column that is only called
 * `name` counts by its values and by what its table is about. The name with which somebody signs in is not one.
 */
import { wordList } from "./word-list.ts";
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import { isLikeFamilyName } from "./family-names.ts";
import type { Opinion } from "./finding.ts";
import { givenNames } from "./given-names.ts";
import { hasWord, plainText, wordsIn } from "./name-pieces.ts";
import { hasStreetWord } from "./street-words.ts";

/** Names of columns that hold parts of a person's name. */
const exactWords = wordList(
  `firstname lastname fname lname surname forename givenname familyname fullname middlename maidenname nickname birthname personname
  vorname nachname familienname zuname rufname geburtsname prenom nomfamille nomdefamille nomcomplet nomprenom nombrecompleto
  apellido apellidos primernombre cognome nomecognome nomecompleto sobrenome apelido prenume numecomplet numefamilie numesiprenume
  imie nazwisko imienazwisko voornaam achternaam tussenvoegsel roepnaam fornamn efternamn fornavn etternavn efternavn etunimi
  sukunimi kutsumanimi jmeno prijmeni krestnijmeno prezime imeprezime imeiprezime vezeteknev keresztnev utonev csaladnev teljesnev
  krestni soyad soyadi adsoyad adi priimek perekonnanimi eesnimi pavarde vardas uzvards onoma eponymo familia imya otchestvo naamvolledig
  meno priezvisko menoapriezvisko krstnemeno perenimi taisnimi isikunimi vardaspavarde mikroonoma onomateponymo patronymo
  sobstvenoime bashtinoime triteimena imeinpriimek imepriimek ainm sloinne
  vards varduzvards fulltnafn fornafn eftirnafn namalengkap namadepan namabelakang hoten hovaten tendem prizvyshche prizvishche imya
  imia knownas custnm empnm fthrnm nmnenm firstnm lastnm fathername mothername mothersmaidenname spousename auftraggeber displayname`,
);

/** The roles that people have for a business. */
const roleWords = wordList(
  `customer client contact employee patient student teacher doctor physician nurse author passenger guest tenant cardholder
  beneficiary applicant candidate subscriber recipient consignee driver rider member signatory attendee participant guardian parent
  spouse insured policyholder borrower debtor payer payee holder agent salesperson rep manager supervisor technician engineer
  analyst assignee approver reviewer actor director artist composer writer editor person people staff user buyer donor resident
  owner kunde kunden ansprechpartner mitarbeiter patientin schuler empfanger inhaber fahrer mieter versicherter kontoinhaber
  besteller salarie employe destinataire titulaire eleve responsable cliente empleado paciente titular alumno destinatario contacto
  dipendente paziente intestatario referente angajat pacient elev pracownik klient odbiorca uczen klant medewerker ontvanger
  contactpersoon kund anstalld mottagare kontaktperson asiakas tyontekija potilas zakaznik zamestnanec pacijent kupac zaposlenik
  ugyfel dolgozo musteri calisan hasta ogrenci alici funcionario utente aluno kontakt medarbejder crew player lead voter citizen
  beteg uye uyeler pojistenec pojistenci putnik putnici worker witness sender host traveler traveller personen personal persons personas personnes osoby osoba persoane personer henkilot
  nextofkin kin nok caretaker carer zodpovedna kontaktna kontaktisik klient kliendid vastutav atsakingas kontaktinis pirkejas pacientas
  ypefthynos pelatis pelates asthenis lice kupuvach poluchatel otgovornik klienti stranka stranke skrbnik odgovorna prejemnik bolnik
  attending anamnesis zahlungsempfanger kontaktpersona vidskiptavinur vidskiptavinir pelanggan karyawan pasien khachhang kliyent kliyenty`,
);

const plainWords = [
  "name",
  "nom",
  "nombre",
  "nome",
  "nume",
  "naam",
  "namn",
  "navn",
  "nimi",
  "nev",
  "neve",
  "jmeno",
  "ime",
  "ad",
  "nazwa",
  "isim",
  "onoma",
  "vardas",
];

/** Things that have a name and are no person. */
const thingWords = wordList(
  `company product file filename host hostname domain table column event project category city town country region state street
  department dept brand model item group plan campaign username login display screen service server database schema package module
  class team organization organisation org vendor supplier shipper merchant school hospital store shop branch bank location site
  venue warehouse hotel restaurant station airport airline vessel ship bucket queue topic job task status type tag label key field
  param parameter setting feature color colour currency language code role segment title song track album genre film movie book
  playlist course subject disease drug medication procedure species animal pet firma firm artikel produkt produit producto prodotto
  produs ort stadt ville ciudad citta oras miasto land pays pais paese tara kraj entreprise societe empresa azienda companie bedrijf
  yritys foretag spolecnost tvrtka ceg sirket sehir mesto grad varos kaupunki stad strasse rue calle via rua ulica datei fichier
  archivo verein klasse abteilung material device sensor machine asset vehicle car engine program app application account accounts
  index constraint user_name screenname nick handle alias slug municipality district county province continent holiday metric report
  dashboard template policy stadium ingredient recipe dish game channel repo repository commit environment unit shift reason
  lieferant leverancier leverantor leverandor fournisseur fornitore proveedor fornecedor furnizor dostawca dodavatel dobavljac szallito
  tedarikci toimittaja urun urunler cikk zbozi roba tuote tuotteet varor mercadoria territory method demographic culture description scrap illustration
  tovar firmy toode ettevote preke imone proion proionta etaireia stoka stoki izdelek izdelki podjetje`,
);

export function personName(facts: ColumnFacts): Opinion | undefined {
  const { kind, values, name, table } = facts;
  if (kind !== "text") return undefined;
  const exact = wordsIn(name, exactWords);
  const isThing = isOfThing(facts);
  if (values.length === 0) return exact.length > 0 && !isCounted(facts) ? { confidence: 0.6, name: exact } : undefined;
  const signs = signsOf(values);
  const rates = {
    "written like names": signs.shaped,
    "known given names": signs.given,
    "known family names": signs.family,
    "companies or places": signs.others,
  };
  if (signs.shaped < 0.6 || signs.others >= 0.3) return undefined;
  const found = signs.given + signs.family >= 0.1;
  if (exact.length > 0 && !isThing) return { confidence: found ? 0.97 : 0.85, name: exact, rates };
  if (isThing) return undefined;
  const roles = wordsIn(name, roleWords);
  const isPlain = hasWord(name, plainWords);
  const isOfPeople = hasWord(table, roleWords) && !hasWord(table, thingWords);
  const known = Math.max(signs.given, signs.whole);
  if (roles.length > 0 && known >= 0.25) return { confidence: signs.others < 0.1 ? 0.9 : 0.75, name: roles, rates };
  if (roles.length > 0 && isPlain && signs.words >= 0.7 && signs.family >= 0.15)
    return { confidence: 0.75, name: roles, rates };
  if (roles.length > 0 && signs.pairs >= 0.85 && known >= 0.15 && signs.others < 0.05)
    return { confidence: 0.75, name: roles, rates };
  const plain = wordsIn(name, plainWords);
  if (isPlain && isOfPeople && known >= 0.15) return { confidence: 0.9, name: plain, rates };
  if (isPlain && isBesideFamilyName(facts) && signs.words < 0.3 && signs.others < 0.1)
    return { confidence: 0.85, name: plain, rates };
  if (signs.whole >= 0.5 && signs.words >= 0.6) return { confidence: isPlain ? 0.85 : 0.8, name: plain, rates };
  return alone(facts, signs, rates);
}

/** A column of given names or family names only, whose name says nothing. */
function alone(
  { values, filled }: ColumnFacts,
  signs: Signs,
  rates: Readonly<Record<string, number>>,
): Opinion | undefined {
  if (values.length < 8 || filled < 10) return undefined;
  if (signs.given >= 0.65) return { confidence: 0.7, rates };
  if (signs.inverted >= 0.85 && signs.given + signs.family >= 0.4) return { confidence: 0.75, rates };
  if (signs.pairs >= 0.85 && signs.others < 0.05 && signs.given >= 0.25 && signs.given + signs.family >= 0.35)
    return { confidence: 0.6, rates };
  // Several family names without a given name are the name of a firm.
  return signs.family >= 0.75 && signs.words < 0.3 ? { confidence: 0.6, rates } : undefined;
}

const familyWords = wordList(
  `lastname surname familyname lname nachname familienname nomfamille apellido apellidos cognome sobrenome apelido numefamilie
  nazwisko achternaam efternamn etternavn efternavn sukunimi prijmeni prezime vezeteknev csaladnev soyad soyadi`,
);

/** Where names are in two columns, the one that is only called `name` has the given name. */
function isBesideFamilyName({ neighbours }: ColumnFacts): boolean {
  return neighbours.some((other) => hasWord(other, familyWords));
}

function isOfThing({ name }: ColumnFacts): boolean {
  return hasWord(name, thingWords) && !wordsIn(name, exactWords).some((word) => word !== "nickname");
}

function isCounted({ name }: ColumnFacts): boolean {
  return hasWord(name, ["count", "flag", "hash", "hashed", "is", "has", "length", "soundex", "initial"]);
}

interface Signs {
  /** Words with capitals and without digits. */
  readonly shaped: number;
  readonly given: number;
  readonly family: number;
  /** At least two words, of which one is a given name. */
  readonly whole: number;
  /** At least two words. */
  readonly words: number;
  /** Two or three words, each with a capital and none of a single letter. */
  readonly pairs: number;
  /** A comma between the family name and the given name. */
  readonly inverted: number;
  readonly others: number;
}

function signsOf(values: readonly string[]): Signs {
  const split = values.map(wordsOfName);
  const share = (isIt: (words: readonly string[]) => boolean): number =>
    split.filter((words) => words.length > 0 && isIt(words)).length / values.length;
  return {
    shaped: rateOf(values, isShaped),
    given: share((words) => words.some((word) => givenNames.has(word))),
    family: share((words) => words.some(isLikeFamilyName)),
    whole: share((words) => words.length >= 2 && words.some((word) => givenNames.has(word))),
    words: share((words) => words.length >= 2),
    pairs: rateOf(values, (value) => pair.test(value)),
    inverted: rateOf(values, (value) => inverted.test(value)),
    others: rateOf(values, isOther),
  };
}

const capitalised = String.raw`\p{Lu}[\p{L}\p{M}'’-]+`;
const pair = new RegExp(
  `^(?:(?:Mr|Mrs|Ms|Dr)\\.? )?${capitalised}(?: ${capitalised}){1,2}(?: (?:I{1,3}|IV|V|MD|PhD|DDS|DVM|Jr\\.?|Sr\\.?))?$`,
  "u",
);
const inverted = new RegExp(`^${capitalised}(?: ${capitalised})?, ${capitalised}(?: ${capitalised})?$`, "u");

const titles = new Set([
  "mr",
  "mrs",
  "ms",
  "miss",
  "dr",
  "prof",
  "herr",
  "frau",
  "sig",
  "sra",
  "sr",
  "mme",
  "ing",
  "jr",
  "ii",
  "iii",
  "iv",
  "md",
  "phd",
  "dds",
  "dipl",
  "med",
]);

function wordsOfName(value: string): readonly string[] {
  return plainText(value)
    .split(/[\s,.]+|(?<=\p{L})-(?=\p{L})/u)
    .filter((word) => word.length > 1 && !titles.has(word));
}

function isShaped(value: string): boolean {
  if (!/^[\p{L}\p{M}'’.,\- ()]{2,60}$/u.test(value)) return false;
  const words = value.split(/\s+/);
  return words.length <= 6 && words.some((word) => /^\p{Lu}|^\p{Lo}/u.test(word));
}

const companyWords =
  /\b(?:gmbh|ag|kg|ohg|ug|ltd|limited|inc|corp|corporation|llc|llp|plc|co|company|group|gruppen|aktiebolag|kommanditbolag|hb|kb|investment|holding|holdings|sa|sas|sarl|srl|spa|sl|bv|nv|ab|oy|oyj|asa|aps|as|kft|zrt|doo|sro|spzoo|lda|ltda|eood|ood|sons|partners|associates|bros|brothers|verlag|werke|bank|hotel|hospital|school|university|institute|foundation|museum|church|college|industries|solutions|systems|services|consulting|logistics|trading|international|technologies|tech|studio|labs|media|energy|foods|motors|pharma|e\.v|e\.k|& co|und co|et fils|figli|hermanos|hijos|s\.a|s\.r\.l|s\.p\.a|z o\.o|a\.s|d\.o\.o|s\.r\.o|department|team|city|county|lake|river|mount|island|airport|stadium|park)\b/i;

function isOther(value: string): boolean {
  return (
    companyWords.test(value) ||
    companyEnds.test(plainText(value)) ||
    severalNames.test(value) ||
    /[&/@#%*+:;]/.test(value) ||
    hasStreetWord(value) ||
    knownPlaces.has(plainText(value))
  );
}

/** Forms of companies that are no words elsewhere in a name, in Latin letters without accents. */
const companyEnds =
  /^(?:uab|mb|ab|vsi|ou|sia) | (?:uab|ou|ans|dac|ae|oe|epe|ike|ad|ead|ood|eood|dd|sp|d\.d\.|s\.p\.|a\.s\.)$/;

/** `Laakso, Salo and Hirvonen`, `Mattila - Virtanen`: names of firms. */
const severalNames = /, .* (?:and|och|og|und|et|y|e|i|a|ja|en|ve|és) | - /u;

/** Towns that are also names, or that many tables mention. */
const knownPlaces: ReadonlySet<string> = new Set(
  `paris london berlin madrid rome roma vienna wien munich munchen hamburg koln cologne frankfurt stuttgart dresden leipzig dusseldorf
  dortmund essen bremen hannover nurnberg zurich geneva geneve basel bern lyon marseille toulouse nice nantes strasbourg bordeaux lille
  rennes barcelona valencia sevilla zaragoza malaga bilbao milano milan napoli torino palermo genova bologna firenze florence venezia
  bucuresti bucharest cluj timisoara iasi brasov constanta sibiu oradea warszawa warsaw krakow lodz wroclaw poznan gdansk szczecin
  amsterdam rotterdam utrecht eindhoven groningen antwerpen gent brussels brussel bruxelles stockholm goteborg malmo uppsala oslo
  bergen trondheim kobenhavn copenhagen aarhus odense helsinki espoo tampere turku praha prague brno ostrava plzen budapest debrecen
  szeged zagreb split rijeka beograd belgrade sofia plovdiv varna istanbul ankara izmir bursa antalya athens lisbon lisboa porto
  braga coimbra dublin cork galway limerick manchester birmingham leeds liverpool bristol glasgow edinburgh sheffield cardiff belfast
  boston chicago houston phoenix dallas austin denver seattle detroit portland memphis atlanta miami oakland cleveland tulsa tampa
  charlotte madison jackson lincoln lexington richmond sydney melbourne brisbane perth toronto montreal vancouver ottawa calgary
  moscow kyiv kiev lviv tokyo osaka kyoto beijing shanghai delhi mumbai bangalore chennai cairo lagos nairobi johannesburg`
    .split(/\s+/)
    .filter((place) => place !== ""),
);
