/** Where somebody lives: a street with a house number, or a whole address. A town, a postal code or a country alone is none. */
import { wordList } from "./word-list.ts";
import { isAbout, isBusinessNumber } from "./about-words.ts";
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import type { Opinion } from "./finding.ts";
import { hasWord, wordsIn } from "./name-pieces.ts";
import { hasStreetWord, isStreetLine } from "./street-words.ts";

const exactWords = wordList(
  `address addr addressline street streetaddress streetname homeaddress mailingaddress postaladdress shippingaddress billingaddress
  deliveryaddress residence adresse anschrift strasse strassenname wohnadresse lieferadresse hausnummer direccion domicilio
  indirizzo endereco morada adresa adres adress gatuadress osoite katuosoite lakcim cim ulica ulice utca rue calle rua straat
  straatnaam gateadresse vejnavn bydliste adresi evadresi strada dieuthynsi adresse1 via logradouro domiciliu acimkezes postadresse
  kotiosoite hemadress woonadres
  premises dwelling domicile aadress elukoht tanav adresas gatve gyvenamojivieta diefthynsi diefthinsi odos katoikia ulitsa adres
  naslov bivalisce bivalisca prebivalisce trvalepobyt iela dzivesvieta heimilisfang heimili logheimili alamat alamatrumah diachi adresa addrln bydlisko adresapobytu seoladh`,
);
const otherWords = wordList(
  `ip ipv mac email mail mejl eposta eposte web url wallet btc eth memory bus host hardware network server remote http contract blockchain bluetooth
  city zip plz postcode postal country ort stadt ville ciudad citta oras miasto stad telefon phone epost smtp bind listen mailova elektronski enaslov elektronnaposhta elpastas`,
);

export function postalAddress({ kind, values, name }: ColumnFacts): Opinion | undefined {
  if (kind !== "text") return undefined;
  const words = hasWord(name, otherWords) && !hasWord(name, ["postaladdress"]) ? [] : wordsIn(name, exactWords);
  const isNamed = words.length > 0 && !isAbout(name);
  if (values.length === 0) return isNamed ? { confidence: 0.6, name: words } : undefined;
  const lines = rateOf(values, isStreetLine);
  const streets = rateOf(values, hasStreetWord);
  const numbered = rateOf(values, (value) => /\d/.test(value) && /\p{L}{2}/u.test(value));
  const letters = rateOf(
    values,
    (value) => /\p{L}{3}/u.test(value) && !/[@{}<>=_]|:\/\//.test(value) && value.length <= 200,
  );
  const rates = { "street and number": lines, "words for streets": streets, "letters and digits": numbered };
  if (letters < 0.5 && lines < 0.5) return undefined;
  if (isSentence(values)) return undefined;
  if (isNamed && (lines >= 0.2 || streets >= 0.3)) return { confidence: 0.96, name: words, rates };
  if (isNamed && letters >= 0.5) return { confidence: numbered >= 0.4 ? 0.85 : 0.7, name: words, rates };
  if (lines >= 0.6 && values.length >= 5) return { confidence: 0.85, name: words, rates };
  return isBuilt(values) && !isAbout(name) && !isBusinessNumber(name)
    ? { confidence: 0.65, name: words, rates: { ...rates, "built like whole addresses": rateOf(values, isWhole) } }
    : undefined;
}

/** A name, a number, and a flat or a place after it. The names have to differ, as those of halls and models do not. */
function isBuilt(values: readonly string[]): boolean {
  const names = new Set(values.flatMap((value) => whole.exec(value)?.[1] ?? []));
  return rateOf(values, isWhole) >= 0.7 && names.size >= 5;
}

const whole =
  /^(\p{Lu}[\p{L}\p{M}.'’-]+(?: [\p{L}\p{M}.'’-]+){0,4}) \d{1,4}(?:(?: ?\p{L}|[-/]\d{1,3}\p{L}?)?,? (?:\p{Lu}[\p{L}.]*|\d{1,2}\.\p{L}+) ?\d{0,4}(?: .*)?|-\p{L}.*|, .*\p{Lu}\p{L}{2}.*)$/u;

function isWhole(value: string): boolean {
  return value.length <= 160 && whole.test(value);
}

function isSentence(values: readonly string[]): boolean {
  return rateOf(values, (value) => value.split(/\s+/).length > 16) > 0.5;
}
