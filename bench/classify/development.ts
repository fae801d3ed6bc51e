/** The development part of the labelled set: tables of eight countries, and traps. The classifier was tuned on it. */
import { validate as isIdnr } from "stdnum/lib/cjs/de/idnr.js";
import { validate as isDni } from "stdnum/lib/cjs/es/dni.js";
import { validate as isNir } from "stdnum/lib/cjs/fr/nir.js";
import { validate as isFiscalCode } from "stdnum/lib/cjs/it/codicefiscale.js";
import { validate as isBsn } from "stdnum/lib/cjs/nl/bsn.js";
import { validate as isPesel } from "stdnum/lib/cjs/pl/pesel.js";
import { validate as isCnp } from "stdnum/lib/cjs/ro/cnp.js";
import { validate as isSsn } from "stdnum/lib/cjs/us/ssn.js";
import { drawn, makeCard, makeIban, withLuhn } from "./checked-numbers.ts";
import { countries, type Country } from "./development-words.ts";
import { labelledTable, nothing, type LabelledTable, type Plan } from "./labelled-column.ts";
import { seeded, type Random } from "./random.ts";

export function developmentTables(): readonly LabelledTable[] {
  const random = seeded(19);
  return [...countries.flatMap((country) => tablesOf(country, random)), ...traps(random)];
}

function tablesOf(country: Country, random: Random): readonly LabelledTable[] {
  const [people, things, orders] = country.tables;
  return [
    labelledTable(people, peoplePlans(country, random)),
    labelledTable(things, thingPlans(country, random)),
    labelledTable(orders, orderPlans(country, random)),
    labelledTable(`t_${country.code.toLowerCase()}_04`, opaquePlans(country, random)),
    labelledTable(`${people}_archive`, emptyPlans(country, random)),
  ];
}

interface Person {
  readonly given: string;
  readonly family: string;
  readonly whole: string;
  readonly email: string;
}

function personOf({ given, family, mailHosts }: Country, random: Random): Person {
  const first = random.pick(given);
  const last = random.pick(family);
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .normalize("NFD")
      .replace(/[^a-z]/g, "");
  const local = random.pick([
    `${plain(first)}.${plain(last)}`,
    `${plain(first).slice(0, 1)}${plain(last)}`,
    `${plain(first)}${random.digits(2)}`,
    `${plain(last)}_${plain(first)}`,
  ]);
  return { given: first, family: last, whole: `${first} ${last}`, email: `${local}@${random.pick(mailHosts)}` };
}

function street({ streets }: Country, random: Random): string {
  return random.filled(random.pick(streets).replace("{}", String(random.from(1, 180))));
}

function phoneOf({ phones }: Country, random: Random): string {
  return random.filled(random.pick(phones)).replace(/(?<=\D|^)0{6,}/g, "123456");
}

const two = (value: number): string => String(value).padStart(2, "0");

function day(random: Random, from: number, to: number): string {
  return `${random.from(from, to)}-${two(random.from(1, 12))}-${two(random.from(1, 28))}`;
}

const nationalIds: Readonly<Record<string, (random: Random) => string>> = {
  US: (random) =>
    drawn(
      () => random.filled("###-##-####"),
      (text) => isSsn(text).isValid,
    ),
  DE: (random) =>
    drawn(
      () => repeatedTaxId(random),
      (text) => isIdnr(text).isValid,
    ),
  FR: (random) =>
    drawn(
      () =>
        `${random.from(1, 2)}${random.from(40, 99)}${two(random.from(1, 12))}${random.from(10, 95)}${random.digits(8)}`,
      (text) => isNir(text).isValid,
    ),
  ES: (random) =>
    drawn(
      () => random.filled("########?"),
      (text) => isDni(text).isValid,
    ),
  IT: (random) =>
    drawn(
      () =>
        `${random.filled("??????")}${random.from(40, 99)}${random.pick(["A", "B", "C", "D", "E", "H"])}${two(random.from(1, 28))}${random.filled("?###?")}`,
      (text) => isFiscalCode(text).isValid,
    ),
  RO: (random) =>
    drawn(
      () =>
        `${random.from(1, 2)}${random.from(40, 99)}${two(random.from(1, 12))}${two(random.from(1, 28))}${two(random.from(1, 46))}${random.digits(4)}`,
      (text) => isCnp(text).isValid,
    ),
  PL: (random) =>
    drawn(
      () => `${random.from(40, 99)}${two(random.from(1, 12))}${two(random.from(1, 28))}${random.digits(5)}`,
      (text) => isPesel(text).isValid,
    ),
  NL: (random) =>
    drawn(
      () => `${random.from(1, 9)}${random.digits(8)}`,
      (text) => isBsn(text).isValid,
    ),
};

/** One digit occurs twice among the first ten, as in real ones. */
function repeatedTaxId(random: Random): string {
  const left = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
  const drawnDigits = Array.from({ length: 9 }, () => left.splice(random.below(left.length), 1)[0] ?? "0");
  drawnDigits.splice(random.below(9), 0, random.pick(drawnDigits));
  return `${drawnDigits.join("")}${random.digits(1)}`.replace(/^0/, "7");
}

function nationalId({ code }: Country, random: Random): string {
  return nationalIds[code]?.(random) ?? "";
}

function note(country: Country, random: Random, share: number): string {
  if (!random.chance(share)) return random.pick(country.plainNotes);
  const person = personOf(country, random);
  return random
    .pick(country.notes)
    .replace("{name}", person.whole)
    .replace("{family}", person.family)
    .replace("{email}", person.email)
    .replace("{phone}", random.filled(country.prefix));
}

function peoplePlans(country: Country, random: Random): readonly Plan[] {
  const { columns: names, iban, prefix } = country;
  const person = () => personOf(country, random);
  const sometimes = (share: number, value: () => string) => () => (random.chance(share) ? value() : undefined);
  return [
    { name: "id", label: "none", type: "long", value: (row) => String(row + 1) },
    { name: names.given, label: "person_name", value: () => person().given },
    { name: names.family, label: "person_name", value: () => person().family },
    { name: names.email, label: "email", value: () => person().email },
    { name: names.phone, label: "phone", value: sometimes(0.7, () => phoneOf(country, random)) },
    { name: names.mobile, label: "phone", value: sometimes(0.1, () => random.filled(prefix)) },
    { name: names.street, label: "postal_address", value: () => street(country, random) },
    { name: names.town, label: "none", value: () => random.pick(country.towns) },
    { name: names.birth, label: "birth_date", type: "date", value: sometimes(0.8, () => day(random, 1940, 2005)) },
    { name: names.national, label: "national_id", value: sometimes(0.9, () => nationalId(country, random)) },
    { name: names.iban, label: "iban", value: () => makeIban(random, ...iban) },
    { name: names.note, label: "free_text", value: sometimes(0.4, () => note(country, random, 0.3)) },
    { name: "username", label: "none", value: () => `${person().email.split("@")[0]}${random.digits(1)}` },
    { name: "password_hash", label: "none", value: () => random.filled("$2b$10$????????####").toLowerCase() },
    { name: "email_verified", label: "none", type: "boolean", value: () => "true" },
    { name: "created_at", label: "none", type: "timestamptz", value: () => `${day(random, 2019, 2026)} 10:15:00+00` },
  ];
}

function thingPlans(country: Country, random: Random): readonly Plan[] {
  return [
    { name: country.columns.name, label: "none", value: () => random.pick(country.products) },
    {
      name: country.columns.product,
      label: "none",
      value: () => `${random.pick(country.products)} ${random.digits(2)}`,
    },
    { name: country.columns.company, label: "none", value: () => random.pick(country.companies) },
    { name: "sku", label: "none", value: () => random.filled(`${country.iban[0]}##????##########`) },
    {
      name: "version",
      label: "none",
      value: () => `${random.below(9)}.${random.below(20)}.${random.below(30)}.${random.below(400)}`,
    },
    { name: "ean", label: "none", value: () => `40${random.digits(11)}` },
    { name: country.columns.note, label: "none", value: () => random.pick(country.plainNotes) },
  ];
}

function orderPlans(country: Country, random: Random): readonly Plan[] {
  const { columns: names } = country;
  return [
    {
      name: names.order,
      label: "none",
      value: (row) => withLuhn(`4${String(202_400_000_000_00 + row * 7)}`.slice(0, 15)),
    },
    { name: names.orderDate, label: "none", type: "date", value: () => day(random, 2020, 2026) },
    { name: names.whole, label: "person_name", value: () => personOf(country, random).whole },
    { name: names.name, label: "none", value: () => random.pick(country.companies) },
    { name: "tracking", label: "none", value: () => random.filled("00############") },
    { name: "paid_ts", label: "none", value: () => `1${random.from(600_000_000, 799_999_999)}` },
    {
      name: "support_mail",
      label: "none",
      value: () => `${random.pick(["noreply", "support", "orders"])}@shop.example`,
    },
    { name: "amount", label: "none", type: "decimal(12, 2)", value: () => `${random.below(900)}.${random.digits(2)}` },
  ];
}

/** Names that say nothing, with values that do. */
function opaquePlans(country: Country, random: Random): readonly Plan[] {
  const person = () => personOf(country, random);
  return [
    { name: "c1", label: "person_name", value: () => person().whole },
    { name: "c2", label: "email", value: () => person().email },
    { name: "c3", label: "phone", value: () => random.filled(country.prefix) },
    { name: "c4", label: "postal_address", value: () => street(country, random) },
    {
      name: "c5",
      label: "iban",
      value: () =>
        makeIban(random, ...country.iban)
          .replace(/.{4}/g, "$& ")
          .trim(),
    },
    { name: "c6", label: "card_number", value: () => makeCard(random) },
    {
      name: "c7",
      label: "ip_address",
      value: () => [random.from(24, 223), random.below(256), random.below(256), random.below(256)].join("."),
    },
    { name: "c8", label: "free_text", value: () => note(country, random, 0.15) },
    { name: "c9", label: "none", value: () => random.pick(country.towns) },
    { name: "c10", label: "none", value: () => random.filled("????######") },
    { name: "c11", label: "none", type: "long", value: () => random.digits(8) },
    { name: "c12", label: "none", value: () => random.pick(country.companies) },
  ];
}

/** Telling names without values, and names that only sound alike. */
function emptyPlans({ columns: names }: Country, random: Random): readonly Plan[] {
  return [
    { name: names.email, label: "email", value: nothing },
    { name: names.phone, label: "phone", value: nothing },
    { name: names.birth, label: "birth_date", type: "date", value: nothing },
    { name: `${names.email}_count`, label: "none", type: "int", value: () => String(random.below(9)) },
    { name: `${names.iban}_status`, label: "none", value: () => random.pick(["ok", "missing", "wrong"]) },
    { name: `${names.phone}_type`, label: "none", value: () => random.pick(["home", "work"]) },
  ];
}

/** Columns that look like personal data and hold none, whatever the country. */
function traps(random: Random): readonly LabelledTable[] {
  const hex = (length: number): string => Array.from({ length }, () => random.pick([..."0123456789abcdef"])).join("");
  return [
    labelledTable("payments", [
      { name: "card_number", label: "card_number", value: () => makeCard(random) },
      { name: "pan", label: "card_number", value: () => makeCard(random).replace(/.{4}/g, "$& ").trim() },
      { name: "cc_last4", label: "none", value: () => random.digits(4) },
      { name: "card_masked", label: "none", value: () => `************${random.digits(4)}` },
      { name: "card_type", label: "none", value: () => random.pick(["visa", "amex"]) },
      { name: "invoice_no", label: "none", value: (row) => withLuhn(`20240${String(row).padStart(10, "0")}`) },
      { name: "reference", label: "none", value: () => withLuhn(`9${random.digits(14)}`) },
      {
        name: "client_ip",
        label: "ip_address",
        value: () => [random.from(1, 223), random.below(256), random.below(256), random.below(256)].join("."),
      },
      {
        name: "cardholder",
        label: "person_name",
        value: () =>
          `${random.pick(countries[1]?.given ?? [])} ${random.pick(countries[0]?.family ?? [])}`.toUpperCase(),
      },
    ]),
    labelledTable("devices", [
      {
        name: "firmware",
        label: "none",
        value: () => `${random.below(12)}.${random.below(12)}.${random.below(9)}.${random.below(99)}`,
      },
      { name: "c_build", label: "none", value: () => `10.0.${random.from(10_000, 22_000)}.${random.below(999)}` },
      {
        name: "server_ip",
        label: "none",
        value: () => `10.${random.below(4)}.${random.below(256)}.${random.below(256)}`,
      },
      { name: "mac_address", label: "none", value: () => (hex(12).match(/../g) ?? []).join(":") },
      { name: "imei", label: "none", value: () => withLuhn(`35${random.digits(12)}`) },
      { name: "serial", label: "none", value: () => withLuhn(random.digits(11)) },
      {
        name: "reporter",
        label: "none",
        value: () => `${random.pick(["sensor", "node", "gateway"])}-${random.digits(3)}@devices.internal`,
      },
      {
        name: "hostname",
        label: "none",
        value: () => `srv-${random.pick(["anna", "otto", "max"])}-${random.digits(2)}`,
      },
      { name: "sha256", label: "none", value: () => hex(64) },
      { name: "uuid", label: "none", value: () => [hex(8), hex(4), hex(4), hex(4), hex(12)].join("-") },
    ]),
    labelledTable("herd", [
      { name: "birth_date", label: "none", type: "date", value: () => day(random, 2015, 2025) },
      {
        name: "name",
        label: "none",
        value: () => random.pick(["Berta", "Liesel", "Flora", "Bella", "Lotte", "Rosi 12", "Erna 4"]),
      },
      { name: "ear_tag", label: "none", value: () => `DE0${random.digits(9)}` },
      { name: "birth_weight", label: "none", type: "double", value: () => `${random.from(30, 50)}` },
    ]),
    labelledTable("companies", [
      { name: "name", label: "none", value: () => random.pick(countries.flatMap(({ companies }) => companies)) },
      { name: "founded", label: "none", type: "date", value: () => day(random, 1890, 2020) },
      { name: "vat_number", label: "none", value: () => random.filled("DE#########") },
      {
        name: "contact_email",
        label: "none",
        value: () => `${random.pick(["info", "office", "sales", "kontakt"])}@firm${random.digits(2)}.example`,
      },
      { name: "website", label: "none", value: () => `https://www.firm${random.digits(3)}.example/contact` },
    ]),
    labelledTable("log", [
      { name: "remote_addr", label: "ip_address", value: () => `2001:db8:${hex(4)}:${hex(4)}::${hex(4)}` },
      {
        name: "at",
        label: "none",
        value: () => `${day(random, 2024, 2025)} 12:${random.from(10, 59)}:${random.from(10, 59)}`,
      },
      {
        name: "stamp",
        label: "none",
        value: () =>
          `2025${two(random.from(1, 12))}${two(random.from(1, 28))} ${random.from(10, 23)}${random.from(10, 59)}${random.from(10, 59)}`,
      },
      { name: "millis", label: "none", type: "long", value: () => `17${random.digits(11)}` },
      { name: "path", label: "none", value: () => `/api/v1/items/${random.digits(5)}` },
      {
        name: "agent",
        label: "none",
        value: () => `Mozilla/5.0 (X11; Linux x86_64) Version/${random.from(90, 130)}.0.0.0 Safari/537.36`,
      },
      {
        name: "payload",
        label: "free_text",
        type: "nested",
        value: () =>
          `{"user": {"email": "${personOf(countries[2] ?? countries[0] ?? raise(), random).email}"}, "ok": true}`,
      },
      { name: "settings", label: "none", type: "nested", value: () => `{"theme": "dark", "size": ${random.below(9)}}` },
    ]),
    labelledTable("x17", [
      { name: "f1", label: "national_id", value: () => nationalIds["PL"]?.(random) },
      { name: "f2", label: "national_id", value: () => nationalIds["IT"]?.(random) },
      { name: "f3", label: "national_id", value: () => nationalIds["US"]?.(random) },
      { name: "f4", label: "none", value: () => random.digits(11) },
      { name: "f5", label: "none", value: () => random.filled("?????####") },
      { name: "f6", label: "none", value: (row) => withLuhn(`45320${String(10_000_000_00 + row)}`) },
      { name: "f7", label: "none", value: () => `${random.from(1, 99)}/${random.from(2000, 2025)}` },
      { name: "f8", label: "none", value: () => random.filled("FR##?????####??##########") },
    ]),
  ];
}

function raise(): never {
  throw new TypeError("no country");
}
