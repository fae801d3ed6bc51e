/**
 * Eastern and southern Europe in the fourth kept-back set, a set written before its results were seen, to be judged
 * once: Romania, Poland, the Czech Republic, Hungary, Turkey, Greece, Bulgaria, Russia and Croatia.
 */
import type { LabelledTable } from "./labelled-column.ts";
import {
  amount,
  col,
  date,
  ipAddress,
  moment,
  none,
  numbered,
  oneOf,
  shaped,
  tableOf,
  whole,
} from "./kept-back-four-makers.ts";
import {
  amka,
  articleNumber,
  birthNumber,
  card,
  cnp,
  croatianIban,
  companyInn,
  egn,
  iban,
  inFours,
  isbnTen,
  kimlik,
  luhnNumber,
  oib,
  pesel,
  polishIban,
  snils,
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

const inpatients = people("ro", "internari", 1930, 2019);
const doctors = people("ro", "medici", 1956, 1990);
const romania = tableOf("internari", [
  none("nr_foaie", shaped("FO-##%##/2023", "FO-##%##/2024")),
  col("cnp_pac", "national_id", numberOf(inpatients, cnp), 0.02),
  col("numePrenume", "person_name", (_, row) => `${inpatients(row).family.toUpperCase()} ${inpatients(row).given}`),
  col("tel_apartinator", "phone", phones("ro"), 0.2, 0.06),
  col("medic_curant", "person_name", (_, row) => `Dr. ${doctors(row % 45).family} ${doctors(row % 45).given}`, 0.05),
  none("sectie", oneOf("Cardiologie, ATI, Chirurgie gen., Pediatrie, Neurologie, Ortopedie, O.R.L., Boli inf.")),
  none("diag_cod", shaped("I%#.#", "K35.#", "J18.%", "S72.0")),
  none("data_int", moment("dd.mm.yyyy", 2022, 2024)),
  col(
    "obs",
    "free_text",
    (dice, row) => {
      const { woman, family, given } = inpatients(row);
      return dice.pick([
        `Pacienta/ul ${family} ${given} refuză externarea; anunțat ${woman ? "soțul" : "soția"} la ${phoneIn(dice, "ro")}`,
        `Aparținător: ${people("ro", "kin")(row).family} ${people("ro", "kin")(row).given}, ${phoneIn(dice, "ro")}`,
        "Alergie la penicilină. Regim hiposodat.",
        `Domiciliu de reședință ${streetIn(dice, "ro")} nr. ${dice.int(1, 90)}, ${townIn(dice, "ro")}`,
        `Cerere copie dosar trimisă la ${inpatients(row).mail}`,
      ]);
    },
    0.35,
  ),
]);

const employees = people("pl", "KADRY_PRAC", 1957, 2003);
const poland = tableOf("KADRY_PRAC", [
  none("ID_PRAC", numbered("", 10_231, 2)),
  col("NAZW", "person_name", familyOf(employees), 0.01),
  col("IMIE1", "person_name", givenOf(employees), 0.01),
  col("PESEL_NR", "national_id", numberOf(employees, pesel), 0.02),
  col("UR", "birth_date", bornOn(employees, "yyyy-mm-dd"), 0.03),
  col("RACH_WYN", "iban", polishIban, 0.03),
  none(
    "STANOWISKO",
    oneOf("Magazynier, Główna księgowa, Spawacz MIG, Specjalista ds. zakupów, Kierowca C+E, Stażysta, Prezes"),
  ),
  none("DT_ZATR", date("yyyy-mm-dd", 1995, 2024)),
  none("KOD_DZ", oneOf("PR-01, KS-02, MAG-3, UR, ZAK, BHP")),
  none(
    "NAZWA_KONTA",
    oneOf("Wynagrodzenia brutto, Składki ZUS pracodawcy, PPK, Zaliczki, Koszty delegacji, Rozrachunki"),
  ),
]);

const pupils = people("cz", "zaci", 2005, 2017);
const czechia = tableOf("zaci", [
  col("rc", "national_id", numberOf(pupils, birthNumber), 0.04),
  col("jmeno_zaka", "person_name", named(pupils)),
  col("zz_mobil", "phone", phones("cz"), 0.1, 0.06),
  col("adresa_tp", "postal_address", (dice) => {
    const number = dice.pick([`${dice.int(2, 1900)}/${dice.int(1, 60)}`, `${dice.int(2, 400)}`]);
    return `${streetIn(dice, "cz")} ${number}, ${dice.shape("%## ##")} ${townIn(dice, "cz")}`;
  }),
  none("trida", oneOf("1.A, 2.B, 3.A, 4.C, 5.A, 6.B, 7.A, 8.B, 9.A")),
  none("nastup", date("d. m. yyyy", 2012, 2024)),
  none("isbn_uc", (dice) => isbnTen(dice, "80")),
  none(
    "ucebnice",
    oneOf("Matýskova matematika 3, Český jazyk pro 5. roč., Fraus Přírodopis 7, Hravá chemie, Komenského čítanka"),
  ),
  none("prumer", amount(1, 3, ",")),
]);

const members = people("hu", "torzsvasarlo", 1944, 2005);
const hungary = tableOf("torzsvasarlo", [
  col("vevoNev", "person_name", familyFirst(members), 0.01),
  col("szulIdo", "birth_date", bornOn(members, "yyyy.mm.dd."), 0.2),
  col("mobil", "phone", phones("hu"), 0.15, 0.06),
  col("szallCim", "postal_address", (dice) => {
    const floor = dice.pick(["", ".", ". II/5.", "/A", ". fszt. 1."]);
    return `${dice.shape("%###")} ${townIn(dice, "hu")}, ${streetIn(dice, "hu")} ${dice.int(1, 130)}${floor}`;
  }),
  col("e_cim", "email", mailFrom(members), 0.25, 0.04),
  none("cikkszam", shaped("06-30-###-%##", "36 20 ### ####", "06-1-%##-####")),
  none(
    "gyarto",
    oneOf("Herz Szalámi, Pick Szeged, Gundel Kft., Nagy és Fia Bt., Kovács Pékség, Szerencsi, Bosch, Győri Keksz"),
  ),
  none("bolt_varos", oneOf("Debrecen, Szeged, Pécs, Győr, Miskolc, Kecskemét")),
  none("utolso_vas", moment("yyyy-mm-dd", 2022, 2025)),
  none("pont", whole(0, 12_400)),
]);

const lines = people("tr", "abone", 1948, 2004);
const turkey = tableOf("abone", [
  none("fatura_no", luhnNumber("5%##########", "4%##########")),
  col("tckn", "national_id", kimlik, 0.03, 0.02),
  col("adSoyad", "person_name", named(lines)),
  col("gsm", "phone", phones("tr"), 0.02, 0.05),
  col("son_giris_ip", "ip_address", ipAddress([78, 81, 85, 88, 95, 176, 212], "2a00:1880:~~~~", 0.08), 0.25, 0.01),
  col("kk_no", "card_number", (dice) => inFours(card(dice)), 0.5, 0.02),
  col("iade_hesap", "iban", (dice) => inFours(iban(dice, "TR", "000%%0################")), 0.4, 0.03),
  none("imei", luhnNumber("35############", "86############"), 0.15),
  none("sozlesme", date("dd.mm.yyyy", 2008, 2024)),
  none("bayi_il", oneOf("İstanbul, Ankara, İzmir, Kayseri, Rize, Muş, Edirne, Mersin")),
  none("tarife", oneOf("Yıldız 10GB, Genç 20, Esnaf Pro, Platin Sınırsız, Emekli Kolay, Kontrolsüz")),
]);

const citizens = people("gr", "aitiseis", 1940, 2004);
const greece = tableOf("aitiseis", [
  none("ar_prot", shaped("%####/2023", "%####/2024")),
  col("amka", "national_id", numberOf(citizens, amka), 0.1),
  col("onomatep", "person_name", familyFirst(citizens)),
  col("c09", "phone", phones("gr"), 0.2, 0.03),
  col(
    "dieuth_katoikias",
    "postal_address",
    (dice) => `${streetIn(dice, "gr")} ${dice.int(1, 220)}, ${dice.shape("1## ##")} ${townIn(dice, "gr")}`,
  ),
  none("hm_ypovolis", date("d/m/yyyy", 2021, 2025)),
  none("ypiresia", oneOf("Δημοτολόγιο, Πολεοδομία, Ταμείο, Καθαριότητα, Κοιμητήρια, Παιδικοί σταθμοί")),
  none("katastasi", oneOf("ΕΚΚΡΕΜΕΙ, ΕΓΚΡΙΘΗΚΕ, ΑΠΟΡΡΙΦΘΗΚΕ, ΣΕ ΕΛΕΓΧΟ")),
]);

const receivers = people("bg", "dostavki", 1950, 2004);
const bulgaria = tableOf("dostavki", [
  none("tovaritelnica", shaped("10512########", "53000########")),
  col("poluchatel", "person_name", named(receivers)),
  col("egn", "national_id", numberOf(receivers, egn), 0.6),
  col("adres_dost", "postal_address", (dice) => {
    const flat = dice.pick([
      "",
      `, вх. ${dice.pick(["А", "Б", "В"])}, ап. ${dice.int(1, 60)}`,
      `, ет. ${dice.int(1, 8)}`,
    ]);
    return `${townIn(dice, "bg")}, ${streetIn(dice, "bg")} ${dice.int(1, 150)}${flat}`;
  }),
  none("kurier_firma", oneOf("Еконт, Спиди, Иванов и синове ООД, Български пощи, Петров Транс ЕООД, Рапидо")),
  none("sklad_grad", oneOf("София, Пловдив, Варна, Хасково, Видин, Ямбол")),
  none("teglo_kg", amount(0, 32)),
  col(
    "belezhka",
    "free_text",
    (dice, row) => {
      const { given, family } = receivers(row);
      return dice.pick([
        `Да се остави при съсед: ${people("bg", "by")(row).given}, тел. ${phoneIn(dice, "bg")}`,
        `${given} ${family} ще вземе лично от офиса`,
        "Чупливо! Не обръщай.",
        `Звъни на ${phoneIn(dice, "bg")} преди доставка`,
        `Сменен адрес: ${streetIn(dice, "bg")} ${dice.int(1, 80)}`,
      ]);
    },
    0.4,
  ),
]);

const workers = people("ru", "zp_sotrudniki", 1956, 2003, "uralmetall.ru");
const russia = tableOf("zp_sotrudniki", [
  none("tab_nomer", shaped("00####", "01####")),
  col("fio", "person_name", (_, row) => {
    const { woman, given, family } = workers(row);
    const father = ["Андреев", "Сергеев", "Иванов", "Петров", "Николаев", "Викторов", "Павлов"][row % 7] ?? "Иванов";
    return `${family} ${given} ${father}${woman ? "на" : "ич"}`;
  }),
  col("snils", "national_id", snils, 0.04),
  col("data_rozhd", "birth_date", bornOn(workers, "dd.mm.yyyy"), 0.02),
  col("pochta_korp", "email", mailFrom(workers), 0.3, 0.02),
  none(
    "dolzhnost",
    oneOf("Слесарь 5 разряда, Главный бухгалтер, Кладовщик, Инженер-технолог, Водитель, Начальник смены"),
  ),
  none("data_priema", date("dd.mm.yyyy", 1992, 2024)),
  none("inn_org", companyInn),
  none("podrazdelenie", oneOf("Цех № 3, Бухгалтерия, Склад Волков, АХО, ОТК, Автопарк")),
]);

const clients = people("hr", "ugovori", 1945, 2003);
const croatia = tableOf("ugovori", [
  none("br_police", shaped("0#-%#######", "1#-%#######")),
  col("oib", "national_id", oib, 0.02),
  col("ime_osig", "person_name", givenOf(clients), 0.02),
  col("prez_osig", "person_name", familyOf(clients), 0.02),
  col("iban_isplate", "iban", croatianIban, 0.3),
  none("dat_sklapanja", date("d.m.yyyy.", 2003, 2024)),
  none("poslovnica", oneOf("Zagreb - Centar, Split, Rijeka, Osijek, Dubrovnik, Sisak, Karlovac")),
  none(
    "napomena",
    oneOf(
      "obnova bez pregleda, popust 10% za vjernost, čeka se račun servisa, vozilo na leasingu, šteta zatvorena, dopuna dokumentacije",
    ),
    0.4,
  ),
  none("ean_obrasca", (dice) => articleNumber(dice.shape("385#########"))),
]);

export const east: readonly LabelledTable[] = [
  romania,
  poland,
  czechia,
  hungary,
  turkey,
  greece,
  bulgaria,
  russia,
  croatia,
];
