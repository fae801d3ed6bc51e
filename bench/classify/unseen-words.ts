/**
 * The words of the set that nobody had tuned on at first, by country, written by hand without a generator of names. They are those
 * of no other set.
 */
import { validate as isEgn } from "stdnum/lib/cjs/bg/egn.js";
import { validate as isIsikukood } from "stdnum/lib/cjs/ee/ik.js";
import { validate as isAmka } from "stdnum/lib/cjs/gr/amka.js";
import { validate as isPps } from "stdnum/lib/cjs/ie/pps.js";
import { validate as isAsmens } from "stdnum/lib/cjs/lt/asmens.js";
import { validate as isFodselsnummer } from "stdnum/lib/cjs/no/fodselsnummer.js";
import { validate as isEmso } from "stdnum/lib/cjs/si/emso.js";
import { validate as isRc } from "stdnum/lib/cjs/sk/rc.js";

export interface Land {
  readonly code: string;
  readonly given: readonly string[];
  readonly family: readonly string[];
  /** The same, as people write them without a keyboard of their own. */
  readonly mailNames: readonly string[];
  readonly mailHosts: readonly string[];
  /** `{}` is the number. */
  readonly streets: readonly string[];
  /** Postal code and town, as they follow a street. */
  readonly places: readonly string[];
  readonly towns: readonly string[];
  readonly firms: readonly string[];
  readonly goods: readonly string[];
  readonly phones: readonly string[];
  readonly iban: string;
  /** With `{name}`, `{mail}` and `{phone}`. */
  readonly remarks: readonly string[];
  readonly plain: readonly string[];
  /** A day of birth, as `yymmdd`, and the year; a valid one is drawn. */
  nationalId(born: Born, digits: (count: number) => string): string;
  isNationalId(text: string): boolean;
  readonly columns: Readonly<Record<Role, string>>;
  readonly tables: readonly [people: string, goods: string, visits: string];
}

export interface Born {
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

export type Role =
  | "given"
  | "family"
  | "whole"
  | "contact"
  | "mail"
  | "otherMail"
  | "phone"
  | "otherPhone"
  | "street"
  | "whereTo"
  | "birth"
  | "national"
  | "iban"
  | "remark"
  | "town"
  | "firm"
  | "good"
  | "code"
  | "made"
  | "state"
  | "sum";

const list = (text: string): readonly string[] => text.split("|");

export const lands: readonly Land[] = [
  {
    code: "NO",
    given: list(
      "Ingrid|Sigurd|Ragnhild|Torbjørn|Solveig|Eivind|Gunnhild|Halvard|Astrid|Øystein|Marit|Kjetil|Live|Trygve",
    ),
    family: list("Haugen|Bakke|Nordby|Solberg|Moen|Strand|Lien|Hagen|Eide|Tangen|Myhre|Rønning|Aasen|Fjeld|Skogstad"),
    mailNames: list("ingrid.haugen|sigurdb|r.nordby|torbjorn|solveig_moen|eivind1987|halvard.lien|astrid|oystein.eide"),
    mailHosts: list("online.no|hotmail.no|fjordpost.no|nordnett.example"),
    streets: list("Storgata {}|Kirkeveien {}|Bjørkelia {}|Sjøgata {} B|Gamle Drammensvei {}|Havnegata {}|Åsveien {}"),
    places: list("0155 Oslo|5003 Bergen|7010 Trondheim|9008 Tromsø|4006 Stavanger|8005 Bodø"),
    towns: list("Hamar|Lillehammer|Ålesund|Kongsberg|Narvik|Molde|Horten|Drøbak|Egersund"),
    firms: list(
      "Fjordlaks AS|Nordby Bygg AS|Haugen Transport|Solberg & Sønn AS|Tromsø Kraft|Bakke Regnskap|Kystfisk ANS|Bergen Glass",
    ),
    goods: list("Ullgenser|Tørrfisk 500 g|Brunost|Turstøvler|Regnjakke|Kaffekopp|Termos 1 l|Skismøring|Hodelykt"),
    phones: list("+47 9## ## ###|4## ## ###|+479#######|9## ## ###"),
    iban: "###########",
    remarks: list(
      "{name} ringte og vil ha svar på {mail} før helgen|Pasienten ønsker at vi ringer {phone} etter klokken fire|Send faktura til {mail} og ikke i posten",
    ),
    plain: list(
      "Timen er flyttet til neste uke|Møtte ikke til avtalt tid|Alt er i orden med søknaden|Venter på svar fra kommunen",
    ),
    nationalId: ({ day, month, year }, digits) => `${day}${month}${year.slice(2)}${digits(5)}`,
    isNationalId: (text) => isFodselsnummer(text).isValid,
    columns: {
      given: "fornavn_pasient",
      family: "etternavn",
      whole: "fullt_navn",
      contact: "pårørende",
      mail: "epostadresse",
      otherMail: "varsling",
      phone: "mobil",
      otherPhone: "ring_til",
      street: "gateadresse",
      whereTo: "leveres_til",
      birth: "født_dato",
      national: "fødselsnr",
      iban: "konto_utland",
      remark: "merknad",
      town: "poststed",
      firm: "leverandør",
      good: "varenavn",
      code: "strekkode",
      made: "opprettet",
      state: "status",
      sum: "beløp",
    },
    tables: ["pasienter", "varer", "timer"],
  },
  {
    code: "SK",
    given: list("Zuzana|Marek|Lucia|Jozef|Katarína|Miroslav|Ľubica|Štefan|Monika|Ondrej|Božena|Radovan|Alžbeta|Dušan"),
    family: list(
      "Kováčová|Horváth|Balážová|Tóth|Vargová|Lukáč|Hudáková|Polák|Šimková|Gregor|Kollárová|Bartoš|Mináriková|Chovanec",
    ),
    mailNames: list("zuzana.kovacova|marekh|lucia.b|jozef_toth|k.vargova|mirolukac|lubica22|stefan.polak|monika"),
    mailHosts: list("azet.sk|centrum.sk|zoznam.sk|firma-sk.example"),
    streets: list("Hlavná {}|Štúrova {}|Námestie slobody {}|Mlynská {}/A|Obchodná {}|Na Hrádzi {}|Družstevná {}"),
    places: list("811 01 Bratislava|040 01 Košice|010 01 Žilina|949 01 Nitra|974 01 Banská Bystrica"),
    towns: list("Trnava|Prešov|Martin|Poprad|Zvolen|Levice|Komárno|Trenčín|Skalica"),
    firms: list(
      "Tatramlyn s.r.o.|Horváth Stav s.r.o.|Pekáreň Polák|Dunajtrans a.s.|Kováč a synovia|Slovplast a.s.|Liptov Drevo|Vináreň Tokaj",
    ),
    goods: list(
      "Drevená stolička|Bryndza 250 g|Pracovné rukavice|Lampa stolová|Vŕtačka príklepová|Káva zrnková|Záhradná hadica",
    ),
    phones: list("+421 9## ### ###|09## ### ###|+4219########|02/#### ####"),
    iban: "####################",
    remarks: list(
      "Volala {name} a žiada odpoveď na {mail} do stredy|Prosí zavolať na číslo {phone} poobede|Faktúru treba poslať na {mail} ešte dnes",
    ),
    plain: list(
      "Platba prišla s oneskorením|Reklamácia bola uzavretá|Tovar čaká v sklade na odvoz|Zmluva sa predlžuje o rok",
    ),
    nationalId: ({ day, month, year }, digits) => `${year.slice(2)}${month}${day}/${digits(4)}`,
    isNationalId: (text) => isRc(text).isValid,
    columns: {
      given: "meno",
      family: "priezvisko",
      whole: "meno_a_priezvisko",
      contact: "zodpovedna_osoba",
      mail: "mailova_adresa",
      otherMail: "komu_poslat",
      phone: "tel_cislo",
      otherPhone: "klapka_domov",
      street: "ulica",
      whereTo: "trvale_bydlisko",
      birth: "datum_narodenia",
      national: "rodne_cislo",
      iban: "cislo_uctu",
      remark: "poznamky",
      town: "obec",
      firm: "dodavatel",
      good: "nazov_tovaru",
      code: "ean",
      made: "vytvorene",
      state: "stav",
      sum: "suma",
    },
    tables: ["klienti", "tovar", "navstevy"],
  },
  {
    code: "EE",
    given: list("Kadri|Jaan|Liis|Tõnu|Maarika|Rein|Piret|Kalev|Signe|Urmas|Ülle|Priit|Eha|Madis"),
    family: list("Tamm|Saar|Sepp|Mägi|Kask|Kukk|Rebane|Ilves|Pärn|Koppel|Oja|Lepik|Raudsepp|Kuusk|Põder"),
    mailNames: list("kadri.tamm|jaansaar|liis.s|tonu_magi|m.kask|rein77|piret.rebane|kalev|urmas.oja"),
    mailHosts: list("mail.ee|hot.ee|online.ee|kontor.example"),
    streets: list("Pärnu mnt {}|Kooli tn {}-#|Tartu mnt {}|Kesk {}|Lai {}|Põllu põik {}|Ranna tee {}"),
    places: list("10148 Tallinn|51005 Tartu|80010 Pärnu|20304 Narva|93811 Kuressaare"),
    towns: list("Viljandi|Rakvere|Võru|Haapsalu|Jõhvi|Paide|Valga|Põlva|Kärdla"),
    firms: list("Saare Kala OÜ|Tamm ja Pojad|Põhja Puit AS|Sepp Ehitus OÜ|Tartu Piim|Ilves Transport OÜ|Merekiir AS"),
    goods: list("Villane sall|Rukkileib|Puidust kauss|Kummikud|Termopudel|Laualamp|Aiakäärid|Küünal"),
    phones: list("+372 5### ####|5### ####|+3725#######|6## ####"),
    iban: "################",
    remarks: list(
      "{name} palus vastata aadressil {mail} enne reedet|Helistada numbril {phone} pärast lõunat|Arve saata aadressile {mail} kuu lõpus",
    ),
    plain: list(
      "Leping on allkirjastamata|Kaup jõudis hilinemisega kohale|Ootab juhataja otsust|Soovib aega järgmisesse nädalasse",
    ),
    nationalId: ({ day, month, year }, digits) =>
      `${year < "2000" ? "4" : "6"}${year.slice(2)}${month}${day}${digits(4)}`,
    isNationalId: (text) => isIsikukood(text).isValid,
    columns: {
      given: "eesnimi",
      family: "perenimi",
      whole: "taisnimi",
      contact: "kontaktisik",
      mail: "e_post",
      otherMail: "teavitus",
      phone: "telefon",
      otherPhone: "lisanumber",
      street: "aadress",
      whereTo: "elukoht",
      birth: "sunniaeg",
      national: "isikukood",
      iban: "arvelduskonto",
      remark: "markus",
      town: "linn",
      firm: "tarnija",
      good: "toote_nimetus",
      code: "ribakood",
      made: "loodud",
      state: "olek",
      sum: "summa",
    },
    tables: ["kliendid", "tooted", "vastuvotud"],
  },
  {
    code: "LT",
    given: list(
      "Rūta|Mindaugas|Eglė|Vytautas|Gintarė|Tomas|Aušra|Saulius|Birutė|Darius|Živilė|Kęstutis|Jurga|Algirdas",
    ),
    family: list(
      "Kazlauskas|Petrauskienė|Jankauskaitė|Stankevičius|Žukauskas|Butkutė|Paulauskas|Urbonienė|Navickas|Rimkutė|Balčiūnas",
    ),
    mailNames: list("ruta.k|mindaugas|egle.jank|vytautas_s|gintare.zuk|tomasb|ausra.p|saulius|birute.u"),
    mailHosts: list("takas.lt|one.lt|inbox.lt|imone.example"),
    streets: list("Gedimino pr. {}|Vilniaus g. {}-#|Laisvės al. {}|Ąžuolų g. {}|Taikos pr. {}|Pušyno g. {}A"),
    places: list("LT-01103 Vilnius|LT-44249 Kaunas|LT-91224 Klaipėda|LT-76352 Šiauliai"),
    towns: list("Panevėžys|Alytus|Marijampolė|Utena|Palanga|Telšiai|Druskininkai|Birštonas"),
    firms: list(
      "UAB Baltic Mediena|Kazlauskas ir partneriai|AB Klaipėdos žuvis|UAB Žalia oda|Butkaus kepykla|UAB Statyba LT",
    ),
    goods: list("Lininė staltiesė|Juoda duona|Gintaro karoliai|Guminiai batai|Sodo kėdė|Stalinė lempa|Žvakė"),
    phones: list("+370 6## #####|86#######|+3706#######|8 5 ### ####"),
    iban: "################",
    remarks: list(
      "{name} prašo atsakyti adresu {mail} iki rytojaus|Paskambinti numeriu {phone} po pietų|Sąskaitą siųsti į {mail} mėnesio gale",
    ),
    plain: list(
      "Sutartis dar nepasirašyta|Prekės atkeliavo pavėluotai|Laukia vadovo sprendimo|Vizitas perkeltas į kitą savaitę",
    ),
    nationalId: ({ day, month, year }, digits) =>
      `${year < "2000" ? "3" : "5"}${year.slice(2)}${month}${day}${digits(4)}`,
    isNationalId: (text) => isAsmens(text).isValid,
    columns: {
      given: "vardas",
      family: "pavarde",
      whole: "vardas_pavarde",
      contact: "atsakingas",
      mail: "el_pastas",
      otherMail: "pranesti",
      phone: "telefono_nr",
      otherPhone: "skambinti",
      street: "gatve",
      whereTo: "gyvenamoji_vieta",
      birth: "gimimo_data",
      national: "asmens_kodas",
      iban: "saskaita",
      remark: "pastabos",
      town: "miestas",
      firm: "tiekejas",
      good: "pavadinimas",
      code: "kodas",
      made: "sukurta",
      state: "busena",
      sum: "kaina",
    },
    tables: ["pacientai", "prekes", "vizitai"],
  },
  {
    code: "GR",
    given: list("Ελένη|Γιώργος|Αικατερίνη|Δημήτρης|Σοφία|Νικόλαος|Βασιλική|Παναγιώτης|Ιωάννα|Σπύρος|Θεοδώρα|Μιχάλης"),
    family: list("Παπαδόπουλος|Νικολάου|Γεωργίου|Βλάχος|Οικονόμου|Καραγιάννης|Μακρής|Παππάς|Αντωνίου|Χατζής|Σαμαράς"),
    mailNames: list("eleni.p|giorgos|k.georgiou|dimitris_v|sofia.oik|nikos82|vasiliki|panos.makris|ioanna.pappa"),
    mailHosts: list("otenet.gr|forthnet.gr|mail.gr|etairia.example"),
    streets: list("Ερμού {}|Λεωφόρος Κηφισίας {}|Πατησίων {}|Αγίου Δημητρίου {}|Εγνατία {}|Βενιζέλου {}"),
    places: list("105 63 Αθήνα|546 24 Θεσσαλονίκη|262 21 Πάτρα|712 02 Ηράκλειο"),
    towns: list("Λάρισα|Βόλος|Ιωάννινα|Καβάλα|Χανιά|Καλαμάτα|Ρόδος|Τρίκαλα"),
    firms: list("Ελαιώνες ΑΕ|Αφοι Παππά ΟΕ|Νικολάου Τεχνική ΕΠΕ|Αιγαίο Μεταφορές|Φούρνος Βλάχος|Κρητικά Προϊόντα ΑΕ"),
    goods: list("Ελαιόλαδο 1 λίτρο|Φέτα βαρελίσια|Ξύλινο τραπέζι|Σαπούνι ελιάς|Κεραμική κούπα|Μέλι θυμαρίσιο"),
    phones: list("+30 69# ### ####|69########|+3021########|21# ### ####"),
    iban: "#######################",
    remarks: list(
      "Η {name} ζήτησε απάντηση στο {mail} μέχρι την Παρασκευή|Να καλέσουμε στο {phone} το απόγευμα|Το τιμολόγιο να σταλεί στο {mail} σήμερα",
    ),
    plain: list("Το ραντεβού μεταφέρθηκε για αύριο|Η πληρωμή έγινε με καθυστέρηση|Αναμένεται έγκριση από τη διεύθυνση"),
    nationalId: ({ day, month, year }, digits) => `${day}${month}${year.slice(2)}${digits(5)}`,
    isNationalId: (text) => isAmka(text).isValid,
    columns: {
      given: "onoma",
      family: "eponymo",
      whole: "onomateponymo",
      contact: "ypefthynos",
      mail: "ilektroniko_taxydromeio",
      otherMail: "enimerosi",
      phone: "tilefono",
      otherPhone: "kinito",
      street: "diefthynsi",
      whereTo: "katoikia",
      birth: "imerominia_gennisis",
      national: "amka",
      iban: "iban_logariasmou",
      remark: "paratiriseis",
      town: "poli",
      firm: "promitheftis",
      good: "perigrafi",
      code: "kodikos",
      made: "imerominia_eggrafis",
      state: "katastasi",
      sum: "poso",
    },
    tables: ["pelates", "proionta", "episkepseis"],
  },
  {
    code: "BG",
    given: list("Десислава|Георги|Радка|Димитър|Цветелина|Стоян|Милена|Петър|Йорданка|Красимир|Елица|Огнян"),
    family: list("Иванова|Петров|Георгиева|Димитров|Стоянова|Николов|Тодорова|Колев|Ангелова|Маринов|Христова|Вълчев"),
    mailNames: list("desi.ivanova|georgi|radka.g|dimitar_d|cveti|stoyan.n|milena88|petar.kolev|kras"),
    mailHosts: list("abv.bg|mail.bg|dir.bg|firma.example"),
    streets: list(
      'ул. "Шипка" {}|бул. Витоша {}|ж.к. Младост бл. {} ап. #|ул. Раковски {}|ул. Иван Вазов {}|пл. Свобода {}',
    ),
    places: list("1000 София|4000 Пловдив|9000 Варна|8000 Бургас|7000 Русе"),
    towns: list("Плевен|Сливен|Добрич|Шумен|Перник|Хасково|Ямбол|Пазарджик"),
    firms: list("Балкан Транс ООД|Петров и син ЕООД|Розова долина АД|Иванови Строй|Черноморска риба ООД|Колев Консулт"),
    goods: list("Розово масло|Кисело мляко|Вълнено одеяло|Градински стол|Работни обувки|Керамична паница"),
    phones: list("+359 88 ### ####|088# ######|+35989#######|02 ### ####"),
    iban: "????##############",
    remarks: list(
      "Обади се {name} и чака отговор на {mail} до петък|Да се позвъни на {phone} следобед|Фактурата да се прати на {mail} днес",
    ),
    plain: list(
      "Договорът е удължен с една година|Плащането закъсня|Чака решение от управителя|Часът е преместен за другата седмица",
    ),
    nationalId: ({ day, month, year }, digits) =>
      `${year.slice(2)}${year < "2000" ? month : String(Number(month) + 40)}${day}${digits(4)}`,
    isNationalId: (text) => isEgn(text).isValid,
    columns: {
      given: "sobstveno_ime",
      family: "familia",
      whole: "trite_imena",
      contact: "lice_za_kontakt",
      mail: "elektronna_poshta",
      otherMail: "izvestie",
      phone: "gsm",
      otherPhone: "domashen",
      street: "ulitsa",
      whereTo: "adres_dostavka",
      birth: "data_razhdane",
      national: "egn",
      iban: "smetka",
      remark: "zabelezhka",
      town: "grad",
      firm: "dostavchik",
      good: "artikul",
      code: "barkod",
      made: "sazdaden",
      state: "sastoyanie",
      sum: "stoynost",
    },
    tables: ["klienti_bg", "stoki", "poseshteniya"],
  },
  {
    code: "SI",
    given: list("Mojca|Janez|Špela|Matjaž|Nataša|Gašper|Alenka|Blaž|Urška|Primož|Tadeja|Žiga|Polona|Klemen"),
    family: list("Novak|Krajnc|Zupančič|Potočnik|Mlakar|Kos|Golob|Turk|Hribar|Kavčič|Rozman|Oblak|Žagar|Vidmar"),
    mailNames: list("mojca.novak|janezk|spela.z|matjaz_p|n.mlakar|gasper|alenka.golob|blaz21|urska.h"),
    mailHosts: list("siol.net|volja.net|t-2.net|podjetje.example"),
    streets: list("Slovenska cesta {}|Prešernova ulica {}|Trubarjeva {}|Na klancu {}|Dolenja vas {}|Gorazdova {}a"),
    places: list("1000 Ljubljana|2000 Maribor|3000 Celje|6000 Koper|4000 Kranj"),
    towns: list("Ptuj|Velenje|Bled|Škofja Loka|Postojna|Piran|Idrija|Brežice"),
    firms: list(
      "Novak Gradnje d.o.o.|Alpska Mlekarna d.d.|Žaga Hribar|Golob Transport s.p.|Primorski Vinar|Kos in hči d.o.o.",
    ),
    goods: list("Leseni stol|Med kostanjev|Pohodni čevlji|Namizna svetilka|Vrtna cev|Volnena odeja|Bučno olje"),
    phones: list("+386 41 ### ###|031 ### ###|+38640######|01 ### ## ##"),
    iban: "###############",
    remarks: list(
      "Stranka {name} prosi za odgovor na {mail} do petka|Pokličite na {phone} po tretji uri|Račun pošljite na {mail} še danes",
    ),
    plain: list(
      "Termin je prestavljen na naslednji teden|Plačilo je zamujalo|Čaka na odločitev vodje|Pogodba je podaljšana za leto dni",
    ),
    nationalId: ({ day, month, year }, digits) => `${day}${month}${year.slice(1)}50${digits(4)}`,
    isNationalId: (text) => isEmso(text).isValid,
    columns: {
      given: "ime_stranke",
      family: "priimek",
      whole: "ime_in_priimek",
      contact: "skrbnik",
      mail: "enaslov",
      otherMail: "obvesti",
      phone: "gsm_stevilka",
      otherPhone: "stacionarni",
      street: "naslov_bivalisca",
      whereTo: "kam_dostaviti",
      birth: "datum_rojstva",
      national: "emso",
      iban: "trr",
      remark: "opomba",
      town: "kraj",
      firm: "dobavitelj",
      good: "naziv_izdelka",
      code: "crtna_koda",
      made: "ustvarjeno",
      state: "stanje",
      sum: "znesek",
    },
    tables: ["stranke", "izdelki", "obiski"],
  },
  {
    code: "IE",
    given: list("Aoife|Cormac|Niamh|Declan|Sinéad|Fergus|Gráinne|Eoin|Róisín|Padraig|Orla|Tadhg|Maeve|Diarmuid"),
    family: list(
      "O'Sullivan|Gallagher|Ní Bhriain|Doyle|McCarthy|Byrne|O'Reilly|Fitzpatrick|Kavanagh|Brennan|Quinn|Mac Giolla",
    ),
    mailNames: list("aoife.os|cormacg|niamh.d|declan_doyle|s.mccarthy|fergus|grainne.b|eoin99|roisin.q"),
    mailHosts: list("eircom.net|iol.ie|company.example|indigo.ie"),
    streets: list(
      "{} Dame Street|{} Seaview Terrace|Rose Cottage, Ballymore|{} The Paddocks|{} Patrick's Quay|Apt #, {} Custom House Sq",
    ),
    places: list("Dublin 2|Cork T12 XY00|Galway|Co. Kerry|Limerick"),
    towns: list("Sligo|Ennis|Tralee|Athlone|Wexford|Kilkenny|Navan|Dundalk"),
    firms: list(
      "Gallagher Plumbing Ltd|Atlantic Seafoods|O'Reilly & Daughters|Shannon Freight DAC|Byrne Motors|The Linen Hall|Quinn Accountants",
    ),
    goods: list("Aran jumper|Brown bread mix|Oak side table|Wax candle|Tweed cap|Garden spade|Stoneware mug"),
    phones: list("+353 8# ### ####|08# ### ####|+3538########|(01) ### ####"),
    iban: "????##############",
    remarks: list(
      "{name} rang and would like an answer to {mail} by Friday|Please call back on {phone} after lunch|Invoice to be sent to {mail} this week",
    ),
    plain: list(
      "Appointment moved to next week|Payment arrived late again|Waiting for the landlord to sign|Parcel was left with the porter",
    ),
    nationalId: (_born, digits) => `${digits(7)}${"ABCDEFGHIJKLMNOPQRSTUVW"[Number(digits(2)) % 23] ?? "A"}`,
    isNationalId: (text) => isPps(text).isValid,
    columns: {
      given: "forename",
      family: "surname",
      whole: "tenant",
      contact: "next_of_kin",
      mail: "e_mail_addr",
      otherMail: "cc_to",
      phone: "mobile_no",
      otherPhone: "landline",
      street: "address_line_1",
      whereTo: "premises",
      birth: "dob",
      national: "pps_number",
      iban: "acct_iban",
      remark: "case_notes",
      town: "county_town",
      firm: "contractor",
      good: "item_desc",
      code: "sku",
      made: "logged_at",
      state: "stage",
      sum: "rent",
    },
    tables: ["tenants", "stock_items", "call_outs"],
  },
];
