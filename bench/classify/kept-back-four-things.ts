/**
 * Tables about things alone in the fourth kept-back set, a set written before its results were seen, to be judged
 * once: articles, towns, jobs of a computer, books and vehicles, with many traps.
 */
import type { LabelledTable } from "./labelled-column.ts";
import {
  amount,
  date,
  hash,
  moment,
  none,
  numbered,
  oneOf,
  shaped,
  tableOf,
  version,
  whole,
} from "./kept-back-four-makers.ts";
import { gtin, isbnTen, luhnNumber } from "./kept-back-four-numbers.ts";

const italianArticles = tableOf("articoli_anag", [
  none("cod_art", shaped("+39 02 ######", "333 #######", "02-####-###")),
  none("ean13", gtin("800#########", "803#########")),
  none(
    "marca",
    oneOf("Bertolini, De Rosa, Colnago, Fratelli Guzzi, Rossi 1920, Lucia Home, Ferrarelle, Alessi, Marta's"),
  ),
  none(
    "fornitore",
    oneOf("F.lli Bianchi S.r.l., Rossi Mario & C. snc, Gruppo Esposito SpA, Ditta Colombo Giuseppe, Adriatica Ricambi"),
  ),
  none("rev_disegno", version),
  none("lotto", shaped("L24###%", "L23###%", "L25#####")),
  none("dt_listino", date("dd/mm/yyyy", 2015, 2025)),
  none("ubicazione", shaped("A-##-##", "B-##-##", "VIA ##/##")),
]);

const places = tableOf("dim_city_ref", [
  none("city_id", numbered("", 1)),
  none(
    "city_name",
    oneOf(
      "Springfield, Charlotte, Jackson, Madison, Austin, Houston, Lincoln, Savannah, Augusta, Carson City, Elizabeth, St. George",
    ),
  ),
  none("zip", shaped("2####", "7####", "0####")),
  none("latitude", (dice) => `${dice.int(25, 48)}.${dice.shape("####")}`),
  none("dial_prefix", shaped("+1 ###", "+1-8##")),
  none("founded", date("yyyy-mm-dd", 1720, 1910), 0.2),
]);

const jobs = tableOf("job_runs", [
  none("run_key", hash(64)),
  none("owner", oneOf("airflow, svc_dwh_load, NT AUTHORITY\\SYSTEM, oracle, deploy-bot, postgres, etl_user, nobody")),
  none("agent_ver", version),
  none("f_11", (dice) => dice.shape("~~~~~~~~-~~~~-4~~~-8~~~-~~~~~~~~~~~~")),
  none("log_tail", (dice) => {
    const rows = dice.int(10, 99_000);
    return dice.pick([
      `loaded ${rows} rows into stg_customer_address in ${dice.int(2, 90)}s`,
      `WARN column email_address missing in source file, ${rows} rows skipped`,
      `checkpoint ${hash(8)(dice, 0)} written, phone table unchanged`,
      "ERROR ORA-01017: invalid username/password; logon denied",
    ]);
  }),
  none("started_ms", shaped("171%#########")),
  none("host", shaped("etl-prod-0%.int", "db%-fra.int", "wrk-##.int")),
]);

const books = tableOf("kirjasto_nimekkeet", [
  none("isbn13", gtin("978951######", "978952######")),
  none("isbn10", (dice) => isbnTen(dice, "951")),
  none(
    "nimeke",
    oneOf("Seitsemän veljestä, Tuntematon sotilas, Anna Karenina, Taikatalvi, Juha, Sinuhe egyptiläinen, Putkinotko"),
  ),
  none("kustantaja", oneOf("Otava, WSOY, Gummerus, Tammi, Karisto, Werner Söderström Oy")),
  none("hyllyluokka", shaped("84.2 ???", "59.3 ???", "30.1 ???")),
  none("hankittu", date("d.m.yyyy", 1991, 2024)),
]);

const meters = tableOf("liczniki_odczyty", [
  none("nr_fabryczny", shaped("9%########", "1%########", "AP-#######")),
  none("ppe", shaped("5903106########%##")),
  none("kol_7", whole(0, 99_999)),
  none("odczyt_dnia", moment("yyyy-mm-dd", 2021, 2025)),
  none("stacja_trafo", oneOf("Rzeszów Zachód, Boguchwała 2, Łańcut Długa, Tyczyn Szkoła, Krosno Mickiewicza")),
  none("taryfa", oneOf("G11, G12, C11, C21, B23")),
]);

const trucks = tableOf("T_FLOTA", [
  none("NR_INW", luhnNumber("9000####", "9001####")),
  none("DIEN_MODEL", oneOf("MAN TGX, Scania R450, Mercedes Actros, Iveco Daily, Ford Transit, Dacia Dokker")),
  none("KM", whole(1200, 890_000)),
  none("DATA_ITP", date("dd.mm.yyyy", 2023, 2026)),
  none("c5", oneOf("A, B, B, R, X")),
  none("COST_LEI", amount(90, 8700, ",")),
]);

export const things: readonly LabelledTable[] = [italianArticles, places, jobs, books, meters, trucks];
