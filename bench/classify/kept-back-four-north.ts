/**
 * Northern Europe and South Africa in the fourth kept-back set, a set written before its results were seen, to be
 * judged once: Sweden, Finland, Denmark, South Africa.
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
  shaped,
  tableOf,
  version,
  whole,
} from "./kept-back-four-makers.ts";
import {
  card,
  cpr,
  finnishIban,
  hetu,
  inFours,
  luhnNumber,
  personnummer,
  southAfricanId,
} from "./kept-back-four-numbers.ts";
import {
  bornOn,
  familyFirst,
  familyOf,
  mailFrom,
  named,
  numberOf,
  people,
  phoneIn,
  phones,
  streetIn,
  townIn,
} from "./kept-back-four-people.ts";

const holders = people("se", "fors_tagare");
const sweden = tableOf("fors_tagare", [
  none("forsNr", shaped("FH-##-######", "FB-##-######")),
  col("pnr", "national_id", numberOf(holders, personnummer), 0.02),
  col("efternamn_fornamn", "person_name", familyFirst(holders, ", ")),
  col("epost_prim", "email", mailFrom(holders), 0.12, 0.05),
  col("adr1", "postal_address", (dice) => {
    const start = `${streetIn(dice, "se")} ${dice.int(1, 120)}`;
    return `${start}${dice.pick(["", " A", " lgh 1203", " B"])}, ${dice.shape("%## ##")} ${townIn(dice, "se").toUpperCase()}`;
  }),
  none("tecknad", date("yyyy-mm-dd", 1998, 2024)),
  none("skadetyp", oneOf("Vattenskada, Inbrott, Brand, Glas, Maskinskada, Vilt, Stöld cykel, Rättsskydd")),
  col(
    "handl_not",
    "free_text",
    (dice, row) => {
      const { given, family, mail } = holders(row);
      return dice.pick([
        `Ringt ${given} ${family} på ${phoneIn(dice, "se")}, inget svar.`,
        `Kund vill ha beslut till ${mail} senast fredag`,
        `Besiktning bokad, grannen ${people("se", "neighbour")(row).given} ${people("se", "neighbour")(row).family} har nyckel`,
        "Väntar på offert från golvfirman.",
        `FK: ${given} bor tillfälligt på ${streetIn(dice, "se")} ${dice.int(1, 60)}, ${townIn(dice, "se")}.`,
      ]);
    },
    0.25,
  ),
  none("belopp_sek", whole(800, 240_000)),
  none("produkt", oneOf("Villa Plus, Hem Bas, Båt, Sommar, Kalle Anka Barn, Häst & Hund, Student")),
  none("orgnr_verkstad", luhnNumber("556######", "559######"), 0.5),
]);

const users = people("fi", "kirjautumiset", 1955, 2002);
const finland = tableOf("kirjautumiset", [
  none("tapahtuma_id", numbered("", 88_120_400, 13)),
  col("lahde_os", "ip_address", ipAddress([80, 85, 88, 91, 109, 193], "2001:14ba:~~~~", 0.3), 0.01, 0.01),
  col("kayttaja", "email", mailFrom(users), 0.03, 0.02),
  col("field_4", "phone", phones("fi"), 0.35, 0.03),
  none(
    "selain",
    (dice) =>
      `Mozilla/5.0 (${dice.pick(["Windows NT 10.0; Win64; x64", "X11; Linux x86_64", "iPhone; CPU iPhone OS 17_1 like Mac OS X"])}) ${dice.pick(["Chrome", "Firefox", "Edg"])}/${dice.int(98, 126)}.0.${dice.int(100, 6500)}.${dice.int(10, 180)}`,
  ),
  none("istunto", hash(32)),
  none("aikaleima", moment("d.m.yyyy", 2023, 2024, " klo ")),
  none("sovellusversio", version),
  none("palvelutili", oneOf("svc-varmistus, integraatio_hr, admin, cron, ajastin02, api-gw"), 0.7),
  none("tulos", oneOf("OK, OK, OK, VÄÄRÄ SALASANA, LUKITTU, MFA")),
]);

const customers = people("dk", "abonnement", 1938, 1999);
const denmark = tableOf("abonnement", [
  none("abo_nr", shaped("7%######", "8%######")),
  col("kunde_navn", "person_name", named(customers), 0.02),
  col("cpr", "national_id", numberOf(customers, cpr), 0.05),
  col("kol_12", "ip_address", ipAddress([2, 5, 62, 80, 87, 188], "2a05:f6c7:~~~~", 0.1), 0.2, 0.01),
  none("iccid", luhnNumber("8945020############")),
  none("imei", luhnNumber("35############", "86############"), 0.1),
  none("oprettet", date("dd-mm-yyyy", 2005, 2024)),
  none("hastighed", oneOf("1000/1000, 500/500, 100/20, 300/60, 50/10")),
  none("produktnavn", oneOf("Fri Tale 50GB, Bredbånd Basis, Familie+, Holger Data, Ung 20GB, Senior Let")),
  none("kundenr_opsagt_dato", date("dd-mm-yyyy", 2019, 2025), 0.7),
]);

const insured = people("za", "policy_hldr_mst", 1946, 1999);
const southAfrica = tableOf("policy_hldr_mst", [
  none("pol_no", shaped("LFE#########", "FNR#########")),
  col("attr3", "person_name", familyOf(insured)),
  col("id_no", "national_id", numberOf(insured, southAfricanId), 0.02, 0.04),
  col("dob", "birth_date", bornOn(insured, "yyyy/mm/dd"), 0.05),
  col("cell", "phone", phones("za"), 0.08, 0.06),
  col("res_addr_full", "postal_address", (dice) => {
    const flat = dice.pick(["", "", `Unit ${dice.int(1, 40)} `, `Flat ${dice.int(1, 30)}, `]);
    return `${flat}${dice.int(1, 400)} ${streetIn(dice, "za")}, ${townIn(dice, "za")}, ${dice.shape("0%##")}`;
  }),
  col("deb_ord_card", "card_number", (dice) => inFours(card(dice)), 0.3, 0.02),
  col("eml1", "email", mailFrom(insured), 0.2, 0.04),
  none("incept_dt", date("yyyy/mm/dd", 1999, 2024)),
  none("brkr_house", oneOf("Smith & Nkosi Brokers, Old Harbour Wealth, Botha Finansies Bk, PSG Umhlanga, Direct")),
  none("prem_zar", amount(89, 3200)),
  none("branch_city", oneOf("Durban, Cape Town, Sandton, George, Nelspruit, East London")),
  none("card_type", oneOf("VISA, MASTER, VISA DEBIT, DINERS")),
]);

const buyers = people("fi", "maksuliikenne", 1950, 2000);
const payments = tableOf("maksuliikenne", [
  none("viitenro", shaped("%## ##### #####", "%##########")),
  col("saajan_tili", "iban", (dice) => inFours(finnishIban(dice)), 0.02, 0.02),
  col("maksajan_tunnus", "national_id", numberOf(buyers, hetu), 0.4, 0.02),
  none("era_pvm", date("d.m.yyyy", 2022, 2025)),
  none("arkistointitunnus", shaped("2024##########??????", "2023##########??????")),
  none("summa", amount(4, 9000, ",")),
  col(
    "viesti",
    "free_text",
    (dice, row) => {
      const { given, family } = buyers(row);
      return dice.pick([
        `${given} ${family} vuokra ${dice.int(1, 12)}/2024`,
        `Lasku ${dice.int(10_000, 99_999)}`,
        `Palautus, os. ${streetIn(dice, "fi")} ${dice.int(1, 90)}, ${townIn(dice, "fi")}, puh. ${phoneIn(dice, "fi")}`,
        `Harrastusmaksu ${given}n puolesta, t. ${family}`,
        `Lahja: ${given} ${family}`,
      ]);
    },
    0.3,
  ),
  none("tila", oneOf("KIRJATTU, HYLÄTTY, ODOTTAA")),
]);

export const north: readonly LabelledTable[] = [sweden, finland, denmark, southAfrica, payments];
