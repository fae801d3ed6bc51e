/**
 * America and Asia in the fourth kept-back set, a set written before its results were seen, to be judged once: Brazil,
 * Mexico, Canada, Indonesia, Vietnam, the Emirates, India and Japan.
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
  aadhaar,
  card,
  cccd,
  cpf,
  curp,
  emiratesId,
  gtin,
  inFours,
  luhnNumber,
  myNumber,
  nik,
  sin,
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

const buyers = people("br", "pedidosLoja");
const brazil = tableOf("pedidosLoja", [
  none("nroPedido", luhnNumber("7001########")),
  col("cpfComprador", "national_id", (dice) => {
    const all = cpf(dice);
    return dice.chance(0.2) ? all : `${all.slice(0, 3)}.${all.slice(3, 6)}.${all.slice(6, 9)}-${all.slice(9)}`;
  }),
  col("contatoEletr", "email", mailFrom(buyers), 0.05, 0.05),
  col("destEnd", "postal_address", (dice) => {
    const flat = dice.pick(["", ` apto ${dice.int(11, 184)}`, " casa 2", ` bl. ${dice.pick(["A", "B"])}`]);
    return `${streetIn(dice, "br")}, ${dice.int(10, 2900)}${flat} - ${townIn(dice, "br")} - CEP ${dice.shape("%####-###")}`;
  }),
  col("cartaoPan", "card_number", card, 0.4, 0.01),
  none("ean", gtin("789#########", "790#########")),
  none(
    "descrProduto",
    oneOf("Tênis Olímpikus 39, Camiseta Santos FC, Panela Clock 4L, Perfume Malbec, Cuia Dona Helena, Boneca Emília"),
  ),
  none(
    "transportadora",
    oneOf("Jadlog, Correios SEDEX, Transportes Oliveira Ltda, Irmãos Souza Log, Loggi, Rodonaves"),
  ),
  none("criadoEm", moment("yyyy-mm-dd", 2021, 2024, "T", "-03:00")),
  col(
    "obsEntrega",
    "free_text",
    (dice, row) =>
      dice.pick([
        `Deixar na portaria com ${people("br", "door")(row).given}, tel ${phoneIn(dice, "br")}`,
        `Quem recebe é ${buyers(row).given} ${buyers(row).family}`,
        "Entregar só em horário comercial",
        `Ligar antes ${phoneIn(dice, "br")} falar com ${people("br", "kin")(row).given}`,
        `Nota fiscal p/ ${buyers(row).mail}`,
      ]),
    0.5,
  ),
]);

const drivers = people("mx", "polizas_auto", 1948, 2003);
const mexico = tableOf("polizas_auto", [
  none("num_poliza", shaped("AUT-######-%", "FLT-######-%")),
  col("curp_aseg", "national_id", numberOf(drivers, curp), 0.05),
  col(
    "nom_aseg",
    "person_name",
    (_, row) => `${drivers(row).given} ${drivers(row).family} ${people("mx", "mother")(row).family}`,
  ),
  col("tel_cel", "phone", phones("mx"), 0.12, 0.06),
  col("num_tc", "card_number", (dice) => inFours(card(dice)), 0.3, 0.01),
  none("serie_vin", shaped("3VW?*7AJ#?M######", "3N1?N7AD#?L######", "9BW?45U#?T######%")),
  none("vig_ini", date("dd/mm/yyyy", 2018, 2025)),
  none(
    "marca_submarca",
    oneOf("Nissan Versa, VW Jetta, Dodge Ram, Mercedes Clase A, Chevrolet Aveo, Ford Lobo, Seat León"),
  ),
  none("ofna", oneOf("GDL Centro, MTY San Pedro, CDMX Del Valle, Mérida Norte, Puebla Angelópolis")),
]);

const owners = people("ca", "role_taxe", 1938, 2000);
const quebec = tableOf("role_taxe", [
  none("matricule", shaped("%###-##-####-#-000-0000", "%###-##-####-#-001-0001")),
  col("nom_prop", "person_name", familyFirst(owners, ", "), 0.01),
  col("nas", "national_id", sin, 0.35),
  col("adrCivique", "postal_address", (dice) => {
    const door = dice.pick(["", "", ` app. ${dice.int(1, 12)}`]);
    return `${dice.int(10, 9800)}, ${streetIn(dice, "ca")}${door}, ${townIn(dice, "ca")} ${dice.pick(["G1K", "H7N", "J8T", "G7H", "G9A", "J4K"])} ${dice.shape("%")}${dice.pick(["A", "C", "L", "P", "X"])}${dice.shape("#")}`;
  }),
  col("courriel_avis", "email", mailFrom(owners), 0.4, 0.04),
  none("arrond", oneOf("Beauport, Charlesbourg, Limoilou, Sainte-Foy–Sillery, Les Rivières, Vanier")),
  none("cd_util", oneOf("1000, 1211, 2039, 4621, 6413, 9100")),
  none("dt_avis", date("yyyy-mm-dd", 2019, 2025)),
  none("courriel_envoye_le", moment("yyyy-mm-dd", 2022, 2025), 0.3),
  col(
    "rem_agent",
    "free_text",
    (dice, row) =>
      dice.pick([
        `${owners(row).woman ? "Mme" : "M."} ${owners(row).family} conteste l'évaluation, rappeler au ${phoneIn(dice, "ca")}`,
        `Entente de paiement avec ${owners(row).given} ${owners(row).family}, 6 versements`,
        "Dossier complet, rien à signaler.",
        `Nouveau propriétaire: ${people("ca", "new")(row).given} ${people("ca", "new")(row).family}`,
        `Copie envoyée à ${owners(row).mail}`,
      ]),
    0.45,
  ),
]);

const shoppers = people("id", "tbl_pelanggan", 1958, 2006);
const indonesia = tableOf("tbl_pelanggan", [
  none("id_plg", numbered("PLG", 200_045, 3)),
  col("nm_lengkap", "person_name", named(shoppers), 0.02),
  col("no_ktp", "national_id", numberOf(shoppers, nik), 0.15),
  col("no_hp_wa", "phone", phones("id"), 0.05, 0.05),
  col(
    "alamat",
    "postal_address",
    (dice) =>
      `${streetIn(dice, "id")} No. ${dice.int(1, 210)} RT ${dice.shape("00%/01#")}, ${townIn(dice, "id")} ${dice.shape("%####")}`,
  ),
  col("tgl_lhr", "birth_date", bornOn(shoppers, "dd-mm-yyyy"), 0.2),
  none("kode_sku", shaped("BJ-####-??", "ELK-####-?", "SPT-####-%#")),
  none(
    "nama_toko",
    oneOf("Toko Santoso Jaya, Budi Elektronik, Batik Ibu Ratna, Warung Siti, Berkah Abadi, Sinar Dunia"),
  ),
  none("kurir", oneOf("JNE REG, J&T, SiCepat HALU, Pos Kilat, Anteraja, Gosend")),
]);

const pupils = people("vn", "hoc_sinh", 2006, 2016);
const parents = people("vn", "phu_huynh", 1970, 1992);
const vietnam = tableOf("hoc_sinh", [
  col("ho_ten", "person_name", familyFirst(pupils)),
  col("ngay_sinh", "birth_date", bornOn(pupils, "dd/mm/yyyy"), 0.02),
  col("so_cccd", "national_id", numberOf(parents, cccd), 0.1),
  col("sdt_ph", "phone", phones("vn"), 0.08, 0.05),
  col(
    "noi_o",
    "postal_address",
    (dice) =>
      `${dice.pick(["", "So "])}${dice.int(1, 480)}${dice.pick(["", "/12", "B"])} ${streetIn(dice, "vn")}, P.${dice.int(1, 16)}, ${townIn(dice, "vn")}`,
  ),
  none("lop", oneOf("6A1, 6A2, 7A3, 8A1, 9A4, 10T, 11V")),
  none("truong", oneOf("THCS Nguyen Du, THPT Le Hong Phong, THCS Tran Van On, THPT Chu Van An, THCS Vo Truong Toan")),
  none("ngay_nhap_hoc", date("dd/mm/yyyy", 2018, 2024)),
  none("diem_tb", amount(4, 9)),
]);

const sick = people("ae", "mareed_ziyara", 1945, 2018);
const emirates = tableOf("mareed_ziyara", [
  none("raqm_malaf", shaped("MRN%######", "MRN0######")),
  col("ism_mareed", "person_name", named(sick), 0.02),
  col("raqm_hawiya", "national_id", numberOf(sick, emiratesId), 0.06),
  col("jawwal", "phone", phones("ae"), 0.08, 0.05),
  col("bareed", "email", mailFrom(sick), 0.4, 0.04),
  none("takhassus", oneOf("Atfal, Qalb, 3uyoon, Asnan, Batiniya, Jildiya, 3izam")),
  none("far3", oneOf("Dubai - Deira, Sharjah, Al Ain, Abu Dhabi - Khalidiya, Ajman")),
  none("tareekh_ziyara", moment("dd/mm/yyyy", 2022, 2025)),
  none("sharikat_tameen", oneOf("Daman, Orient, Al Buhaira, Nasser & Sons TPA, Oman Ins., Sukoon")),
  col(
    "mulahazat",
    "free_text",
    (dice, row) =>
      dice.pick([
        `Itasalna bil ${people("ae", "kin")(row).given} ${people("ae", "kin")(row).family} ${phoneIn(dice, "ae")} wa la radd`,
        `Al mareed ${sick(row).given} yureed taqreer 3ala ${sick(row).mail}`,
        "Mow3id jadeed ba3d usbu3ayn, sayim",
        `Al walid: ${people("ae", "father")(row).given} ${sick(row).family}, jawwal ${phoneIn(dice, "ae")}`,
        `Sakin fi ${streetIn(dice, "ae")} villa ${dice.int(1, 90)}, ${townIn(dice, "ae")}`,
      ]),
    0.3,
  ),
]);

const leads = people("in", "leads_mstr", 1952, 2004);
const india = tableOf("leads_mstr", [
  none("lead_id", shaped("LD2023######", "LD2024######")),
  col("grahak_naam", "person_name", named(leads), 0.02, 0.05),
  col("mob1", "phone", phones("in"), 0.04, 0.06),
  col("uid_no", "national_id", (dice) => (dice.chance(0.5) ? inFours(aadhaar(dice)) : aadhaar(dice)), 0.3),
  col("janm_tithi", "birth_date", bornOn(leads, "dd-mm-yyyy"), 0.25),
  col(
    "addr_ln1",
    "postal_address",
    (dice) =>
      `${dice.pick(["H.No.", "Flat", "Plot No."])} ${dice.int(1, 900)}${dice.pick(["", "-A", "/3"])}, ${streetIn(dice, "in")}, ${townIn(dice, "in")} - ${dice.shape("%#####")}`,
  ),
  col("eml_id", "email", mailFrom(leads), 0.3, 0.05),
  none("gstin_firm", shaped("27AA?C?####?1Z*", "09AB?F?####?1Z*"), 0.3),
  none("utpad", oneOf("Gold Loan, Krishi Tractor EMI, Jeevan Suraksha, Tata Nexon, Lakshmi Deposit, Home Loan Plus")),
  none("lead_src", oneOf("JustDial, walkin, FB_ADS, ref, website, tele-calling, IVR")),
  none("shakha_pin", shaped("4110##", "3020##", "2260##")),
]);

const shain = people("jp", "shain_master", 1960, 2002, "hoshino-seiki.co.jp");
const japan = tableOf("shain_master", [
  none("shain_cd", shaped("0####", "1####")),
  col("shimei_romaji", "person_name", (_, row) => `${shain(row).family.toUpperCase()} ${shain(row).given}`),
  col("kojin_bango", "national_id", myNumber, 0.1),
  col("seinengappi", "birth_date", bornOn(shain, "yyyy/mm/dd"), 0.01),
  col(
    "jusho",
    "postal_address",
    (dice) => `${townIn(dice, "jp")} ${streetIn(dice, "jp")} ${dice.int(1, 9)}-${dice.int(1, 30)}-${dice.int(1, 20)}`,
  ),
  col("renraku_mail", "email", mailFrom(shain), 0.1, 0.02),
  none("yakushoku", oneOf("kacho, bucho, shunin, hira, torishimariyaku, keiyaku, arubaito")),
  none("busho", oneOf("Seizo 1-ka, Eigyo Honbu, Jinji, Keiri, Hinshitsu Kanri, Soumu")),
  none("nyusha_bi", date("yyyy/mm/dd", 1984, 2024)),
  none("kyoten", oneOf("Nagoya, Osaka, Hamamatsu, Okayama, Sendai")),
]);

const riders = people("br", "acessos_app", 1975, 2006);
const taxi = tableOf("acessos_app", [
  none("id_evt", (dice) => dice.shape("~~~~~~~~~~~~~~~~")),
  col("end_rede", "ip_address", ipAddress([177, 179, 186, 187, 189, 200, 201], "2804:14d:~~~~", 0.35), 0.02, 0.01),
  col("sobrenome_cli", "person_name", familyOf(riders), 0.1),
  none("so_versao", oneOf("Android 13, Android 14, iOS 17.4.1, iOS 16.7.2, Android 12")),
  none("rota_url", shaped("/v2/corridas/######", "/v2/conta", "/v2/pagto/####")),
  none("ms", whole(12, 2900)),
]);

export const world: readonly LabelledTable[] = [
  brazil,
  mexico,
  quebec,
  indonesia,
  vietnam,
  emirates,
  india,
  japan,
  taxi,
];
