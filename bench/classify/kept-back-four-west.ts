/**
 * Western Europe in the fourth kept-back set, a set written before its results were seen, to be judged once: Portugal,
 * the Netherlands, France, Spain, Germany, Austria and Switzerland.
 */
import type { LabelledTable } from "./labelled-column.ts";
import {
  amount,
  col,
  date,
  hash,
  ipAddress,
  moment,
  none,
  numbered,
  oneOf,
  oneOfThese,
  shaped,
  tableOf,
  unixTime,
  version,
  whole,
} from "./kept-back-four-makers.ts";
import {
  ahv,
  bsn,
  card,
  dni,
  gtin,
  iban,
  inFours,
  luhnNumber,
  nif,
  portugueseIban,
  spanishIban,
  svnr,
} from "./kept-back-four-numbers.ts";
import {
  bornOn,
  familyFirst,
  familyOf,
  givenOf,
  mailFrom,
  named,
  numberOf,
  people,
  phoneIn,
  phones,
  streetIn,
  townIn,
} from "./kept-back-four-people.ts";

const subscribers = people("pt", "cli_assinantes");
const portugal = tableOf("cli_assinantes", [
  none("id_assinante", numbered("", 700_412, 7)),
  col("nm_titular", "person_name", named(subscribers)),
  col("nif_tit", "national_id", nif, 0.06),
  col("tlm_contacto", "phone", phones("pt"), 0.1, 0.05),
  col("morada_inst", "postal_address", (dice) => {
    const floor = dice.pick(["", ", 2.º Esq.", ", r/c Dto.", " - 4º B"]);
    return `${streetIn(dice, "pt")}, ${dice.int(1, 240)}${floor}, ${dice.shape("%###-###")} ${townIn(dice, "pt")}`;
  }),
  none("dt_ades", date("dd-mm-yyyy", 2009, 2024)),
  none("cod_tarifario", oneOf("M4O-200, M4O-500, VOZ-ILIM, FIBRA1G, TV140, NET24, EMP-S")),
  none("nr_serie_router", shaped("ZTEG~~~~~~~~", "HWTC%#######")),
  none("vers_firmware", version),
  col("iban_dd", "iban", portugueseIban, 0.2),
  none("tlm_modelo", oneOf("Galaxy A54, iPhone 13, Redmi Note 12, Nokia 105, Moto G54, Pixel 7a, Xperia 10"), 0.3),
  none("consent_email", oneOf("S, N, S, S"), 0.1),
]);

const reporters = people("nl", "mldngen_openb_ruimte");
const netherlands = tableOf("mldngen_openb_ruimte", [
  none("zaaknr", shaped("Z-2023-#######", "Z-2024-#######")),
  col("bsn_melder", "national_id", bsn, 0.3),
  col("c17", "email", mailFrom(reporters), 0.15, 0.04),
  col("melder_straat_hsnr", "postal_address", (dice) => {
    const extra = dice.pick(["", "", "a", "-II", " bis"]);
    return `${streetIn(dice, "nl")} ${dice.int(1, 310)}${extra}`;
  }),
  none(
    "omschr_melding",
    (dice) =>
      `${dice.pick(["Losse stoeptegel", "Lantaarnpaal defect", "Volle container", "Gat in het wegdek", "Zwerfafval"])} ${dice.pick(
        ["naast de speeltuin", "bij de bushalte", "langs het fietspad", "achter de sporthal", "op de parkeerplaats"],
      )}, ${dice.pick(["al twee weken", "graag snel herstellen", "gevaarlijk voor fietsers", "sinds de storm"])}.`,
    0.05,
  ),
  none("wijk", oneOf("Centrum, Stadshagen, Berkum, Assendorp, Wipstrik, Holtenbroek, Aa-landen, Westenholte")),
  none("kvk_aannemer", shaped("0#######", "5#######", "6#######")),
  none(
    "aannemer",
    oneOf("BAM Infra Regionaal, Gebr. van Dijk B.V., Heijmans Wegen, De Groot & Zn., KWS, Jansma Infra BV"),
  ),
  none("dat_afgehandeld", date("yyyy-mm-dd", 2023, 2024), 0.3),
  none("lat_long", shaped("52.5#####, 6.0#####", "52.4#####, 6.1#####")),
  none("behandelcode", whole(10, 48)),
]);

const buyers = people("fr", "cmd_web_v2");
const france = tableOf("cmd_web_v2", [
  none("no_cde", luhnNumber("450########")),
  col("mail_cli", "email", mailFrom(buyers), 0.02),
  col("x3", "card_number", card, 0.25, 0.02),
  col("nomLivraison", "person_name", (_, row) => {
    const { woman, given, family } = buyers(row);
    return `${woman ? "Mme" : "M."} ${family.toUpperCase()} ${given}`;
  }),
  col("tel_liv", "phone", phones("fr"), 0.15, 0.05),
  none("siret_vendeur", luhnNumber("4############", "5############", "8############")),
  none("gencod", gtin("376#########", "327#########")),
  none("lib_produit", (dice) => {
    const kind = dice.pick([
      "Robe midi",
      "Lampe de chevet",
      "Sac à dos",
      "Cocotte fonte",
      "Parfum",
      "Coussin",
      "Montre",
    ]);
    return `${kind} ${dice.pick(["Camille", "Margaux", "Victor", "Louise", "Jules", "Odette"])} ${dice.pick(["bleu nuit", "écru", "24 cm", "50 ml", "noir"])}`;
  }),
  none("no_suivi", shaped("6A###########", "8R###########", "XY#########FR")),
  none("point_retrait_ville", oneOf("Rennes, Vannes, Lorient, Brest, Quimper, Laval, Le Mans, Angers")),
  none("dt_maj", moment("yyyy-mm-dd", 2022, 2024, "T", "Z")),
]);

const guests = people("es", "reservas_htl", 1945, 2003);
const spain = tableOf("reservas_htl", [
  none("localizador", shaped("??#?##", "?##??#")),
  col(
    "huesped",
    "person_name",
    (dice, row) => `${guests(row).family} ${people("es", "second")(dice.int(0, 900)).family}, ${guests(row).given}`,
  ),
  col("dni_nie", "national_id", dni, 0.08, 0.05),
  col("telef2", "phone", phones("es"), 0.45, 0.06),
  col("c22", "iban", (dice) => inFours(spanishIban(dice)), 0.3),
  none("hab", shaped("1##", "2##", "3##", "4##")),
  none("f_entrada", date("dd/mm/yyyy", 2021, 2025)),
  none(
    "agencia",
    oneOf("Viajes El Corte Azul, Booking, Hermanos Navarro S.L., Barceló Grupos, Viajes Carmen S.A., Directo"),
    0.1,
  ),
  none("regimen", oneOf("SA, AD, MP, PC, TI")),
  none("importe_tot", amount(55, 2400, ",")),
]);

const actors = people("de", "mandant_audit_log", 1960, 1999, "nordwerk-logistik.de");
const germany = tableOf("mandant_audit_log", [
  none("ereignis_id", (dice) => dice.shape("~~~~~~~~-~~~~-4~~~-a~~~-~~~~~~~~~~~~")),
  none("zeitpunkt", moment("yyyy-mm-dd", 2023, 2024, "T", ".###Z")),
  col("src", "ip_address", ipAddress([84, 91, 93, 217, 178, 46], "2003:~~~~:~~~~", 0.25), 0.03, 0.01),
  col("akteur", "email", mailFrom(actors), 0.05, 0.01),
  none(
    "dienst_konto",
    oneOf("svc_backup, svc-mail-relay, root, postgres, batch01, sap_rfc, jenkins, www-data, monitoring"),
    0.4,
  ),
  none("build", version),
  none("commit_sha", hash(40)),
  none("aktion", oneOf("login.ok, login.fehler, rolle.geaendert, export.csv, mandant.angelegt, token.erneuert")),
  col(
    "details",
    "free_text",
    (dice, row) => {
      const { given, family, mail } = actors(row);
      return dice.pick([
        `Rolle "Buchhaltung" an ${given} ${family} (${mail}) vergeben`,
        `Einladung an ${mail} verschickt, Frist ${dice.int(3, 14)} Tage`,
        `Passwort durch ${given} ${family} zurückgesetzt`,
        "Export mit 1.204 Zeilen abgeschlossen",
        `Vertretung eingetragen: ${family}, erreichbar unter ${phoneIn(dice, "de")}`,
      ]);
    },
    0.2,
  ),
]);

const patients = people("at", "patientenstamm", 1932, 2016);
const doctors = people("at", "hausarzt", 1955, 1988);
const austria = tableOf("patientenstamm", [
  none("pat_id", numbered("P", 300_118)),
  col("svnr", "national_id", numberOf(patients, svnr), 0.03),
  col("zuname", "person_name", familyOf(patients)),
  col("vn", "person_name", givenOf(patients)),
  col("gebDat", "birth_date", bornOn(patients, "dd.mm.yyyy"), 0.02),
  col("notfalltel", "phone", phones("at"), 0.25, 0.06),
  col("hausarzt", "person_name", (_, row) => `Dr. ${doctors(row % 60).given} ${doctors(row % 60).family}`, 0.2),
  col("bankverb", "iban", (dice) => inFours(iban(dice, "AT", "%###############")), 0.5, 0.04),
  none("station", oneOf("Interne 1, Chirurgie B, Unfall, Gyn, Kinder, HNO, Neuro 2, Palliativ")),
  none("icd10", shaped("I2#.%", "J4#.#", "K5#", "M1#.%", "S7#.##", "E1#.9")),
  none("aufn_zeit", moment("dd.mm.yyyy", 2022, 2024)),
  none("vers_traeger", oneOf("ÖGK-W, ÖGK-St, BVAEB, SVS, KFA, Merkur, Wiener Städt.")),
  none("geburtsgewicht_g", whole(2400, 4600), 0.8),
]);

const staff = people("ch", "lohnlauf", 1957, 2003);
const switzerland = tableOf("lohnlauf", [
  none("persNr", numbered("10", 4_410, 3)),
  col("ahv_nr", "national_id", ahv, 0.01),
  col("mitarb", "person_name", familyFirst(staff, ", ")),
  col("lohnkto", "iban", (dice) => iban(dice, "CH", "00###%###########"), 0.02),
  col("natel", "phone", phones("ch"), 0.2, 0.04),
  none(
    "funktion",
    oneOf("Sachbearbeiterin, Polymechaniker, Leiter Einkauf, Logistiker EFZ, Köchin, Praktikant, CFO, Kranführer"),
  ),
  none("kst", shaped("4###", "52##")),
  none("eintritt", date("dd.mm.yyyy", 1988, 2024)),
  none("pensum", oneOf("100%, 80%, 60%, 50%, 90%")),
  none("bruttoCHF", amount(3900, 14_500)),
]);

const plainTimes = tableOf("kassa_boekingen", [
  none("bon", luhnNumber("30%%##########")),
  none("ts_epoch", unixTime),
  none("kassa_id", oneOfThese("K01", "K02", "K03", "ZB1")),
  none("artikelnr", shaped("06-########", "06-41######")),
  none(
    "omschrijving",
    oneOf("Hagelslag puur, Jan Smit kaas 48+, Verkade biskwie, Douwe Koffie 500g, Zeeuwse bolus, Unox worst"),
  ),
  none("filiaal_plaats", oneOf("Zwolle, Kampen, Hattem, Dalfsen, Ommen, Meppel")),
]);

export const west: readonly LabelledTable[] = [
  portugal,
  netherlands,
  france,
  spain,
  germany,
  austria,
  switzerland,
  plainTimes,
];
