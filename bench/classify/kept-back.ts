/**
 * The part of the labelled set that was kept back at first: other countries, other words and other generators than the
 * development part. Since its mistakes have been looked at, the rules are tuned on it too, and `unseen.ts` judges.
 */
import { Faker, base, cs_CZ, da, en, fi, hr, hu, pt_PT, sv, tr, type LocaleDefinition } from "@faker-js/faker";
import { validate as isCpf } from "stdnum/lib/cjs/br/cpf.js";
import { validate as isRc } from "stdnum/lib/cjs/cz/rc.js";
import { validate as isCpr } from "stdnum/lib/cjs/dk/cpr.js";
import { validate as isHetu } from "stdnum/lib/cjs/fi/hetu.js";
import { validate as isOib } from "stdnum/lib/cjs/hr/oib.js";
import { validate as isPersonnummer } from "stdnum/lib/cjs/se/personnummer.js";
import { validate as isKimlik } from "stdnum/lib/cjs/tr/tckimlik.js";
import { drawn } from "./checked-numbers.ts";
import { labelledTable, nothing, type LabelledTable, type Plan } from "./labelled-column.ts";

interface Land {
  readonly locale: LocaleDefinition;
  readonly ibanCountry: string;
  readonly people: string;
  readonly goods: string;
  readonly words: Readonly<Record<Word, string>>;
  readonly remark: (name: string, mail: string, phone: string) => string;
  readonly plain: readonly string[];
  readonly phone: string;
  nationalId?(faker: Faker): string;
}

type Word =
  | "given"
  | "family"
  | "whole"
  | "mail"
  | "phone"
  | "street"
  | "birth"
  | "id"
  | "account"
  | "remark"
  | "town"
  | "goods"
  | "firm"
  | "when";

const date = (faker: Faker, form: (day: string, month: string, year: string) => string): string => {
  const found = faker.date.birthdate({ min: 18, max: 85, mode: "age" }).toISOString();
  return form(found.slice(8, 10), found.slice(5, 7), found.slice(0, 4));
};

const lands: readonly Land[] = [
  {
    locale: pt_PT,
    ibanCountry: "PT",
    people: "utentes",
    goods: "mercadorias",
    phone: "+351 9## ### ###",
    words: {
      given: "primeiro_nome",
      family: "apelido",
      whole: "nome_utente",
      mail: "correio_electronico",
      phone: "telemovel",
      street: "morada_fiscal",
      birth: "dt_nascimento",
      id: "num_contribuinte_cpf",
      account: "iban_conta",
      remark: "apontamentos",
      town: "localidade",
      goods: "designacao",
      firm: "fornecedor",
      when: "data_entrada",
    },
    remark: (name, mail) => `O utente ${name} pediu resposta por correio para ${mail} ainda hoje`,
    plain: [
      "Faltou à consulta e foi remarcada",
      "Entregou todos os papéis em falta",
      "Aguarda resposta do laboratório central",
    ],
    nationalId: (faker) =>
      drawn(
        () => faker.string.numeric(11),
        (text) => isCpf(text).isValid,
      ),
  },
  {
    locale: sv,
    ibanCountry: "SE",
    people: "medlemmar",
    goods: "varor",
    phone: "+46 70 ### ## ##",
    words: {
      given: "Förnamn",
      family: "Efternamn",
      whole: "MedlemNamn",
      mail: "Mejladress",
      phone: "Mobilnr",
      street: "Gatuadress",
      birth: "Född",
      id: "Personnummer",
      account: "IBAN",
      remark: "Anteckning",
      town: "Postort",
      goods: "Varunamn",
      firm: "Leverantör",
      when: "Inköpsdatum",
    },
    remark: (name, _mail, phone) => `Medlemmen ${name} vill bli uppringd på ${phone} under kvällen`,
    plain: ["Betalade avgiften för hela året", "Vill inte ha tidningen längre", "Frågade om lokalen på söndag"],
    nationalId: (faker) =>
      drawn(
        () => date(faker, (day, month, year) => `${year}${month}${day}-${faker.string.numeric(4)}`),
        (text) => isPersonnummer(text).isValid,
      ),
  },
  {
    locale: cs_CZ,
    ibanCountry: "CZ",
    people: "pojistenci",
    goods: "zbozi",
    phone: "+420 60# ### ###",
    words: {
      given: "krestni",
      family: "prijmeni",
      whole: "jmeno_prijmeni",
      mail: "e_mail_pojistence",
      phone: "mobil",
      street: "ulice_cp",
      birth: "dat_narozeni",
      id: "rodne_cislo",
      account: "cislo_iban",
      remark: "poznamka",
      town: "obec",
      goods: "nazev_zbozi",
      firm: "dodavatel",
      when: "datum_nakupu",
    },
    remark: (name, mail) => `Pojištěnec ${name} žádá o zaslání smlouvy na ${mail} do pátku`,
    plain: ["Smlouva byla prodloužena o rok", "Doložil všechny potřebné doklady", "Čeká na vyjádření znalce"],
    nationalId: (faker) =>
      drawn(
        () => date(faker, (day, month, year) => `${year.slice(2)}${month}${day}/${faker.string.numeric(4)}`),
        (text) => isRc(text).isValid,
      ),
  },
  {
    locale: hu,
    ibanCountry: "HU",
    people: "betegek",
    goods: "cikkek",
    phone: "+36 30 ### ####",
    words: {
      given: "utonev",
      family: "csaladnev",
      whole: "beteg_neve",
      mail: "email_cim",
      phone: "telefonszam",
      street: "lakcim_utca",
      birth: "szuletesi_ido",
      id: "taj_szam",
      account: "bankszamla_iban",
      remark: "megjegyzes",
      town: "telepules",
      goods: "cikk_megnevezes",
      firm: "szallito",
      when: "rogzites_napja",
    },
    remark: (name, _mail, phone) => `${name} kérte hogy hívjuk vissza a ${phone} számon`,
    plain: ["A kontroll jövő héten esedékes", "Minden leletét leadta a pultnál", "A gyógyszert ki kell váltani"],
  },
  {
    locale: tr,
    ibanCountry: "TR",
    people: "uyeler",
    goods: "urunler",
    phone: "+90 53# ### ## ##",
    words: {
      given: "ad",
      family: "soyad",
      whole: "uye_ad_soyad",
      mail: "eposta",
      phone: "cep_telefonu",
      street: "ev_adresi",
      birth: "dogum_tarihi",
      id: "tc_kimlik_no",
      account: "iban_no",
      remark: "aciklama",
      town: "ilce",
      goods: "urun_adi",
      firm: "tedarikci",
      when: "kayit_tarihi",
    },
    remark: (name, mail) => `Üye ${name} fatura için ${mail} adresine yazılmasını istedi`,
    plain: ["Aidat borcu bu ay kapatıldı", "Kartını kaybettiği için yenisi verildi", "Salon değişikliği talep edildi"],
    nationalId: (faker) =>
      drawn(
        () => `${faker.number.int({ min: 1, max: 9 })}${faker.string.numeric(10)}`,
        (text) => isKimlik(text).isValid,
      ),
  },
  {
    locale: fi,
    ibanCountry: "FI",
    people: "vuokralaiset",
    goods: "tuotteet",
    phone: "+358 40 #######",
    words: {
      given: "etunimi",
      family: "sukunimi",
      whole: "vuokralainen",
      mail: "sahkopostiosoite",
      phone: "puhelin",
      street: "lahiosoite",
      birth: "syntymaaika",
      id: "hetu",
      account: "tilinumero_iban",
      remark: "lisatiedot",
      town: "paikkakunta",
      goods: "tuotenimi",
      firm: "toimittaja",
      when: "ostopaiva",
    },
    remark: (name, mail) => `Vuokralainen ${name} pyysi vastausta osoitteeseen ${mail} viikon aikana`,
    plain: ["Avaimet palautettiin huoltoyhtiölle", "Vuokra maksettu kuun alussa", "Sauna varattu perjantai-illaksi"],
    nationalId: (faker) =>
      drawn(
        () =>
          date(
            faker,
            (day, month, year) =>
              `${day}${month}${year.slice(2)}${year < "2000" ? "-" : "A"}${faker.string.numeric(3)}${faker.helpers.arrayElement([..."0123456789ABCDEFHJKLMNPRSTUVWXY"])}`,
          ),
        (text) => isHetu(text).isValid,
      ),
  },
  {
    locale: da,
    ibanCountry: "DK",
    people: "lejere",
    goods: "varelager",
    phone: "+45 ## ## ## ##",
    words: {
      given: "fornavn",
      family: "efternavn",
      whole: "lejer_navn",
      mail: "mailadresse",
      phone: "tlf_nr",
      street: "vej_og_nr",
      birth: "fodselsdato",
      id: "cpr_nr",
      account: "konto_iban",
      remark: "bemaerkning",
      town: "bynavn",
      goods: "varebetegnelse",
      firm: "leverandor",
      when: "oprettet_dato",
    },
    remark: (name, _mail, phone) => `Lejeren ${name} vil gerne ringes op på ${phone} i morgen`,
    plain: [
      "Nøglerne er afleveret til viceværten",
      "Huslejen er betalt den første",
      "Ønsker at flytte til en større lejlighed",
    ],
    nationalId: (faker) =>
      drawn(
        () => date(faker, (day, month, year) => `${day}${month}${year.slice(2)}-${faker.string.numeric(4)}`),
        (text) => isCpr(text).isValid,
      ),
  },
  {
    locale: hr,
    ibanCountry: "HR",
    people: "putnici",
    goods: "roba",
    phone: "+385 91 ### ####",
    words: {
      given: "ime",
      family: "prezime",
      whole: "putnik_ime_prezime",
      mail: "adresa_e_poste",
      phone: "kontakt_telefon",
      street: "ulica_i_broj",
      birth: "datum_rodenja",
      id: "oib",
      account: "iban_racuna",
      remark: "napomena",
      town: "mjesto",
      goods: "naziv_robe",
      firm: "dobavljac",
      when: "datum_upisa",
    },
    remark: (name, mail) => `Putnik ${name} moli potvrdu rezervacije na ${mail} prije polaska`,
    plain: ["Promijenjen je red vožnje u nedjelju", "Karta je vraćena na šalteru", "Prtljaga je stigla s kašnjenjem"],
    nationalId: (faker) =>
      drawn(
        () => faker.string.numeric(11),
        (text) => isOib(text).isValid,
      ),
  },
];

export function keptBackTables(): readonly LabelledTable[] {
  return [...lands.flatMap(tablesOf), ...traps()];
}

function fakerOf(locale: LocaleDefinition, seed: number): Faker {
  const faker = new Faker({ locale: [locale, en, base] });
  faker.seed(seed);
  return faker;
}

function tablesOf(land: Land, at: number): readonly LabelledTable[] {
  const faker = fakerOf(land.locale, 7_000 + at);
  return [
    labelledTable(land.people, peoplePlans(land, faker)),
    labelledTable(land.goods, goodsPlans(land, faker)),
    labelledTable(`xfer_${at}`, opaquePlans(land, faker)),
  ];
}

function peoplePlans({ words, ibanCountry, remark, plain, nationalId, phone }: Land, faker: Faker): readonly Plan[] {
  const whole = (): string => `${faker.person.firstName()} ${faker.person.lastName()}`;
  const text = (): string =>
    faker.datatype.boolean(0.25)
      ? remark(whole(), faker.internet.email(), faker.helpers.replaceSymbols(phone))
      : faker.helpers.arrayElement(plain);
  const maybe = (share: number, value: () => string) => () => (faker.datatype.boolean(share) ? value() : undefined);
  return [
    { name: words.given, label: "person_name", value: () => faker.person.firstName() },
    { name: words.family, label: "person_name", value: () => faker.person.lastName() },
    { name: words.whole, label: "person_name", value: maybe(0.6, whole) },
    { name: words.mail, label: "email", value: () => faker.internet.email() },
    { name: words.phone, label: "phone", value: () => faker.phone.number() },
    { name: words.street, label: "postal_address", value: () => faker.location.streetAddress() },
    {
      name: words.birth,
      label: "birth_date",
      type: "date",
      value: maybe(0.9, () => date(faker, (day, month, year) => `${year}-${month}-${day}`)),
    },
    ...(nationalId === undefined
      ? []
      : [{ name: words.id, label: "national_id", value: () => nationalId(faker) } as const]),
    { name: words.account, label: "iban", value: () => faker.finance.iban({ countryCode: ibanCountry }) },
    { name: words.remark, label: "free_text", value: maybe(0.3, text) },
    { name: words.town, label: "none", value: () => faker.location.city() },
    {
      name: words.when,
      label: "none",
      type: "date",
      value: () => faker.date.past({ years: 6 }).toISOString().slice(0, 10),
    },
  ];
}

function goodsPlans({ words, plain }: Land, faker: Faker): readonly Plan[] {
  return [
    { name: words.goods, label: "none", value: () => faker.commerce.productName() },
    { name: words.firm, label: "none", value: () => faker.company.name() },
    { name: "barcode", label: "none", value: () => faker.commerce.isbn({ separator: "" }) },
    { name: words.remark, label: "none", value: () => faker.helpers.arrayElement(plain) },
    { name: words.phone, label: "phone", value: nothing },
    { name: words.mail, label: "email", value: nothing },
  ];
}

function opaquePlans({ ibanCountry, phone, remark, plain }: Land, faker: Faker): readonly Plan[] {
  return [
    { name: "k01", label: "person_name", value: () => `${faker.person.lastName()}, ${faker.person.firstName()}` },
    { name: "k02", label: "email", value: () => faker.internet.email().toUpperCase() },
    { name: "k03", label: "phone", value: () => faker.helpers.replaceSymbols(phone) },
    { name: "k04", label: "postal_address", value: () => faker.location.streetAddress({ useFullAddress: true }) },
    { name: "k05", label: "iban", value: () => faker.finance.iban({ countryCode: ibanCountry, formatted: true }) },
    { name: "k06", label: "none", value: () => faker.location.city() },
    { name: "k07", label: "none", value: () => faker.company.name() },
    {
      name: "k08",
      label: "free_text",
      value: () =>
        faker.datatype.boolean(0.2)
          ? remark(faker.person.fullName(), faker.internet.email(), faker.helpers.replaceSymbols(phone))
          : faker.helpers.arrayElement(plain),
    },
  ];
}

function traps(): readonly LabelledTable[] {
  const faker = fakerOf(en, 99);
  return [
    labelledTable("shipments", [
      { name: "consignment_no", label: "none", value: () => luhned(`71${faker.string.numeric(13)}`) },
      {
        name: "waybill",
        label: "none",
        value: () =>
          `${faker.string.alpha({ length: 2, casing: "upper" })}${faker.string.numeric(9)}${faker.string.alpha({ length: 2, casing: "upper" })}`,
      },
      {
        name: "pallet",
        label: "none",
        value: () => `GB${faker.string.numeric(2)}${faker.string.alphanumeric({ length: 18, casing: "upper" })}`,
      },
      { name: "flight", label: "none", value: () => faker.airline.flightNumber({ addLeadingZeros: true }) },
      {
        name: "vessel_name",
        label: "none",
        value: () => `MS ${faker.person.firstName("female")} ${faker.person.lastName()}`,
      },
      { name: "vin", label: "none", value: () => faker.vehicle.vin() },
      { name: "departed", label: "none", value: () => faker.date.recent().toISOString() },
      { name: "port", label: "none", value: () => faker.location.city() },
      {
        name: "notified",
        label: "none",
        value: () =>
          `${faker.helpers.arrayElement(["alerts", "no-reply", "dispatch-bot", "system"])}@${faker.internet.domainName()}`,
      },
    ]),
    labelledTable("packages", [
      { name: "name", label: "none", value: () => faker.hacker.noun() },
      { name: "release", label: "none", value: () => faker.system.semver() },
      {
        name: "build_no",
        label: "none",
        value: () => `${faker.number.int(20)}.${faker.number.int(40)}.${faker.number.int(60)}.${faker.number.int(250)}`,
      },
      { name: "commit_id", label: "none", value: () => faker.git.commitSha() },
      { name: "maintainer_handle", label: "none", value: () => faker.internet.username() },
      { name: "published", label: "none", value: () => String(faker.date.past().getTime()) },
      { name: "artefact", label: "none", value: () => faker.system.filePath() },
      { name: "digest", label: "none", value: () => faker.string.hexadecimal({ length: 64, prefix: "" }) },
    ]),
    labelledTable("catalogue", [
      { name: "title", label: "none", value: () => faker.music.songName() },
      { name: "book", label: "none", value: () => faker.book.title() },
      { name: "writer", label: "person_name", value: () => faker.book.author() },
      { name: "publisher", label: "none", value: () => faker.book.publisher() },
      { name: "colour", label: "none", value: () => faker.color.human() },
      { name: "beast", label: "none", value: () => faker.animal.type() },
      {
        name: "born_on",
        label: "none",
        type: "date",
        value: () => faker.date.past({ years: 3 }).toISOString().slice(0, 10),
      },
      { name: "blurb", label: "none", value: () => faker.commerce.productDescription() },
      {
        name: "first_published",
        label: "none",
        type: "date",
        value: () => faker.date.past({ years: 120 }).toISOString().slice(0, 10),
      },
    ]),
    labelledTable("sessions", [
      { name: "origin", label: "ip_address", value: () => faker.internet.ipv4() },
      { name: "visitor_v6", label: "ip_address", value: () => faker.internet.ipv6() },
      { name: "user_agent", label: "none", value: () => faker.internet.userAgent() },
      { name: "hw_address", label: "none", value: () => faker.internet.mac() },
      { name: "token", label: "none", value: () => faker.internet.jwt() },
      { name: "wallet_address", label: "none", value: () => faker.finance.bitcoinAddress() },
      { name: "imei_no", label: "none", value: () => faker.phone.imei() },
      {
        name: "context",
        label: "free_text",
        type: "nested",
        value: () =>
          JSON.stringify({ actor: faker.person.fullName(), mail: faker.internet.email(), from: faker.internet.ipv4() }),
      },
      {
        name: "flags",
        label: "none",
        type: "nested",
        value: () => JSON.stringify({ beta: faker.datatype.boolean(), level: faker.number.int(9) }),
      },
    ]),
    labelledTable("till", [
      { name: "payment_card", label: "card_number", value: () => faker.finance.creditCardNumber({ issuer: "visa" }) },
      {
        name: "kortnr",
        label: "card_number",
        value: () => faker.finance.creditCardNumber({ issuer: "mastercard" }).replaceAll("-", ""),
      },
      {
        name: "v3",
        label: "card_number",
        value: () =>
          faker.finance.creditCardNumber({
            issuer: faker.helpers.arrayElement(["visa", "mastercard", "american_express"]),
          }),
      },
      { name: "card_expiry", label: "none", value: () => `${faker.string.numeric(2)}/${faker.string.numeric(2)}` },
      { name: "cvv_present", label: "none", type: "boolean", value: () => "true" },
      { name: "receipt_no", label: "none", value: (row) => luhned(`5412${String(75_000_000_000 + row * 3)}`) },
      { name: "iban_valid", label: "none", value: () => faker.helpers.arrayElement(["yes", "no"]) },
      { name: "amount_due", label: "none", value: () => faker.finance.amount() },
      { name: "member_card", label: "none", value: () => luhned(`9${faker.string.numeric(14)}`) },
    ]),
    labelledTable("staff_directory", [
      { name: "display", label: "person_name", value: () => faker.person.fullName() },
      { name: "manager", label: "person_name", value: () => faker.person.fullName() },
      { name: "job", label: "none", value: () => faker.person.jobTitle() },
      { name: "dept", label: "none", value: () => faker.commerce.department() },
      { name: "desk_ext", label: "none", value: () => faker.string.numeric(4) },
      { name: "home_addr", label: "postal_address", value: () => faker.location.streetAddress(true) },
      { name: "emergency_contact_tel", label: "phone", value: () => faker.phone.number() },
      { name: "bio", label: "none", value: () => faker.lorem.sentence() },
      { name: "birth_country", label: "none", value: () => faker.location.country() },
      { name: "login", label: "none", value: () => faker.internet.username().toLowerCase() },
      { name: "gender", label: "none", value: () => faker.person.sex() },
      {
        name: "starts",
        label: "none",
        type: "date",
        value: () => faker.date.past({ years: 20 }).toISOString().slice(0, 10),
      },
    ]),
  ];
}

function luhned(digits: string): string {
  const sum = [...digits].toReversed().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
