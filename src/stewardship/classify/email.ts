/** E-mail addresses of people. Addresses of machines and departments, such as noreply@, are not personal data. */
import { wordList } from "./words/word-list.ts";
import { isAbout } from "./words/about-words.ts";
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import type { Opinion } from "./finding.ts";
import { wordsIn } from "./name-pieces.ts";
import { emailWords } from "./words/contact-words.ts";

export function email(facts: ColumnFacts): Opinion | undefined {
  const { kind, values, name } = facts;
  if (kind !== "text") return undefined;
  const words = wordsIn(name, emailWords);
  if (values.length === 0) return words.length > 0 && !isAbout(name) ? { confidence: 0.6, name: words } : undefined;
  const addresses = values.map(addressIn);
  const wellFormed = rateOf(values, (value) => addressIn(value) !== undefined);
  const found = addresses.filter((address) => address !== undefined);
  const machines = rateOf(found, isOfMachine);
  if (wellFormed < 0.5 || machines >= 0.6) return undefined;
  const confidence = (wellFormed >= 0.9 ? 0.99 : words.length > 0 ? 0.9 : 0.75) * (machines > 0.3 ? 0.8 : 1);
  return { confidence, name: words, rates: { "well-formed": wellFormed, "addresses of machines": machines } };
}

const addressForm = /^[\p{L}\d.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[\p{L}\d](?:[\p{L}\d-]*[\p{L}\d])?\.)+\p{L}{2,24}$/iu;

const longest = 1_000;

/** An address alone, several, or one as letters have it: `Ana Pop <ana@example.org>`. */
export function addressIn(text: string): string | undefined {
  const inner = /<([^<>\s]+@[^<>\s]+)>$/.exec(text)?.[1] ?? text.replace(/^mailto:/i, "");
  const bare = inner.startsWith("[") ? inner.replace(/[[\]"\s]/g, "") : inner;
  const all = bare.length > longest ? [""] : bare.split(/[;,]\s*/);
  return all.every((one) => addressForm.test(one)) ? all[0]?.toLowerCase() : undefined;
}

const machineLocals: ReadonlySet<string> = new Set(
  wordList(
    `noreply donotreply info support admin administrator root postmaster webmaster hostmaster abuse alerts alert alarm monitoring
  monitor notifications notification notify mailer mailerdaemon daemon cron system sys service services server backup build ci
  jenkins git github bot robot sensor device printer scanner sales contact office hello team billing invoice invoices orders order
  shop newsletter news marketing press jobs career careers hr helpdesk feedback bounce bounces returns kontakt buchhaltung vertrieb
  ventas ventes comercial vanzari api automation automat gateway queue worker job jobrunner deploy ops devops it security legal
  privacy accounts accounting finance reception servicedesk updates digest reports report reporting store customerservice
  kundenservice rechnung etl reservation reservations booking bookings reservas reserva frontdesk recepcion recepce recepcja
  welcome enquiries inquiries test tester foo bar example demo dummy sample customercare biuro sklep bok faktury zamowienia recepcja obchod objednavky podpora fakturace ugyfelszolgalat rendeles ertekesites iroda
  myynti asiakaspalvelu laskutus salg ordre kundeservice kundservice ordrer bestilling verkoop klantenservice administratie facturatie
  contabilidade contabilidad secretaria atendimento vendas comercial faturacao financeiro pedidos atencion clientes facturacion
  administracion assistenza amministrazione ordini vendite segreteria fatturazione commandes commercial facturation secretariat accueil
  comenzi birou contabilitate prodaja narudzbe racunovodstvo uprava satis destek siparis muhasebe bilgi iletisim buro zakaz zakupki
  bestellung bestellungen bewerbung personal presse einkauf verwaltung zentrale empfang sekretariat administration verwaltung`,
  ),
);

const machineHosts =
  /@(?:[a-z\d-]+\.)*(?:localhost|localdomain|local|internal|intern|lan|corp)$|@(?:srv|host|node|vm|ip)-?\d/;

export function isOfMachine(address: string): boolean {
  const [local = ""] = address.split("@");
  const words = local
    .replace(/\+.*$/, "")
    .split(/[.\-_\d]+/)
    .filter((word) => word !== "");
  if (machineHosts.test(address) || machineLocals.has(words.join(""))) return true;
  return words.some((word) => machineWords.has(word));
}

/** Words that no name of a person has beside other words. */
const machineWords: ReadonlySet<string> = new Set(
  [...machineLocals].filter((word) => word.length >= 5 || word === "bot" || word === "cron" || word === "ci"),
);
