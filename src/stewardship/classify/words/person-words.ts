/** Words for names of people in names of columns, by language. Data only; the rules are in person-name.ts. */
import { wordsOfLanguages } from "./word-list.ts";

/** Names of columns that hold a person's name or a part of one, and nothing else. */
export const personNameWords = wordsOfLanguages({
  English: `firstname lastname fname lname fnm lnm mnm surname srnm forename givenname familyname fullname fullnm middlename maidenname
  nickname birthname personname knownas custnm custname custnme empnm empname fthrnm nmnenm firstnm lastnm frstnm lstnm frstname lstname
  fathername mothername mothersmaidenname spousename displayname name_first name_last name_middle firstlast middleinitial preferredname
  middle_initial alphaname initials_surname surnames forenames customerfirst customerlast contactfirst contactlast billingfirst
  billinglast shippingfirst shippinglast userfirst userlast`,
  German:
    "vorname vornamen nachname familienname zuname rufname geburtsname auftraggeber vorn nachn vorna nachn vname nname famname vuname",
  French:
    "prenom prenoms nom_famille nom_de_famille nom_complet nomprenom nom_prenom nom_usage nom_naissance patronyme nom_jeune_fille",
  Spanish: `nombre_completo apellido apellidos primer_nombre primer_apellido segundo_apellido segundo_nombre nombres appaterno apmaterno
  ap_paterno ap_materno apaterno amaterno nomapellidos apellnom nombreyapellido apenom`,
  Catalan: "cognom cognoms nom_complet",
  Galician: "apelidos nomecompleto",
  Basque: "abizena abizenak izen_abizenak",
  Portuguese:
    "nome_completo sobrenome apelido prenome nome_mae nome_pai nmcliente nmfunc nmmae nmpai nomesocial nm_pessoa nomecliente nomepaciente ultimo_nome primeiro_nome",
  Italian: "cognome nome_cognome cognome_nome nominativo nomecompleto cognnome",
  Romanian: "prenume nume_complet nume_familie nume_si_prenume numeprenume nume_prenume",
  Dutch:
    "voornaam achternaam tussenvoegsel roepnaam voornamen familienaam naam_voornaam voorletters naam_volledig meisjesnaam voorvoegsel",
  Swedish: "fornamn efternamn tilltalsnamn fullstandigtnamn mellannamn slaktnamn",
  Norwegian: "fornavn etternavn mellomnavn fullt_navn",
  Danish: "fornavn fornavne efternavn mellemnavn fulde_navn",
  Finnish: "etunimi etunimet sukunimi kutsumanimi kokonimi",
  Icelandic: "fornafn eftirnafn fullt_nafn millinafn kenninafn",
  Estonian: "eesnimi perekonnanimi perenimi taisnimi isikunimi",
  Latvian: "uzvards varduzvards vards_uzvards vardsuzvards",
  Lithuanian: "pavarde vardaspavarde vardas_pavarde",
  Polish: "imie nazwisko imienazwisko imie_nazwisko imiona nazwisko_rodowe imie_i_nazwisko",
  Czech: "prijmeni krestni krestnijmeno jmenoprijmeni jmeno_a_prijmeni rodneprijmeni celejmeno",
  Slovak: "priezvisko krstne_meno menoapriezvisko meno_priezvisko celemeno",
  Hungarian: "vezeteknev keresztnev utonev csaladnev teljesnev teljes_nev anyja_neve leanykori_nev szuletesi_nev",
  Slovenian: "priimek imepriimek ime_in_priimek",
  Croatian: "prezime imeprezime ime_prezime ime_i_prezime imeoca imeroditelja prez",
  Serbian: "презиме име_и_презиме имеоца",
  Macedonian: "презиме име_и_презиме",
  Bulgarian: "фамилия собствено_име презиме трите_имена sobstvenoime bashtinoime triteimena",
  Russian: "фамилия отчество фио familiya otchestvo fio имя_отчество",
  Ukrainian: "прізвище по_батькові піб прізвищеімя prizvyshche prizvishche pib",
  Belarusian: "прозвішча імя_па_бацьку prozvishcha",
  Greek:
    "επώνυμο ονοματεπώνυμο πατρώνυμο μικρό_όνομα eponymo onomateponymo mikroonoma patronymo epitheto onomatepwnymo",
  Turkish: "soyad soyadi adsoyad adi_soyadi ad_soyad isim_soyisim soyisim anneadi babaadi",
  Azerbaijani: "soyad ataadi",
  Uzbek: "familiya familiyasi otasining_ismi",
  Kazakh: "тегі аты_жөні tegi",
  Mongolian: "овог овог_нэр",
  Albanian: "mbiemri mbiemer emermbiemer emri_mbiemri emriplote",
  Maltese: "kunjom isem_u_kunjom",
  Irish: "sloinne ainm_iomlan ceadainm",
  Welsh: "cyfenw enw_llawn enw_cyntaf",
  Arabic: "الاسم_الكامل اسم_العائلة الاسم_الأول اللقب الاسم_الثلاثي اسم_العميل اسم_الأب اسم_الأم اسم_المريض الاسم_بالكامل",
  Persian: "نام_خانوادگی نام_پدر nam_khanevadegi namkhanevadegi khanevadegi nam_pedar",
  Urdu: "والد_کا_نام walid_ka_naam",
  Hebrew: "שם_פרטי שם_משפחה שם_מלא שם_האב",
  Hindi: "उपनाम पिता_का_नाम पूरा_नाम pita_ka_naam pura_naam",
  Bengali: "পুরো_নাম পিতার_নাম",
  Thai: "นามสกุล ชื่อสกุล ชื่อจริง ชื่อเล่น ชื่อ_นามสกุล namsakul",
  Vietnamese: "ho_ten ho_va_ten ten_dem ho_dem hoten",
  Indonesian: "nama_lengkap nama_depan nama_belakang nama_ibu nama_ayah nama_panggilan",
  Malay: "nama_penuh nama_bapa nama_pekerja",
  Tagalog: "apelyido buong_pangalan",
  Chinese: "姓名 姓氏 名字 联系人 收货人 收件人 真实姓名 xingming lianxiren",
  Japanese: "氏名 姓 苗字 名字 フリガナ ふりがな カナ氏名 お名前 shimei sei_mei furigana",
  Korean: "성명 성함 이름 성씨 seongmyeong",
  Swahili: "jina_kamili jina_la_kwanza jina_la_ukoo",
  Amharic: "ሙሉ_ስም የአባት_ስም",
  Afrikaans: "voornaam van_naam noemnaam volle_naam",
  Zulu: "isibongo",
  Somali: "magaca_buuxa",
  Georgian: "გვარი სახელი_გვარი gvari",
  Armenian: "ազգանուն անուն_ազգանուն azganun",
});

/** Words for a name of anything. */
export const plainNameWords = wordsOfLanguages({
  Germanic: "name nm nme naam namn navn nafn nam",
  Romance: "nom nombre nome nume isem",
  Slavic: "jmeno meno ime imie nazwa nazev имя имʼя имя название назва імя іме imya imia",
  Baltic: "vardas vards nimi",
  Uralic: "nev neve",
  Turkic: "ad adi isim ism ismi аты есім",
  Greek: "όνομα onoma",
  Albanian: "emri emer",
  Celtic: "ainm enw",
  Semitic: "اسم الاسم שם ism",
  Iranian: "نام nam",
  Indic: "नाम naam নাম நாம் பெயர்",
  Asian: "ชื่อ ten nama pangalan namae 名前 名 nama",
  African: "jina suna igama oruko magac ስም",
  Mongolian: "нэр ner",
  Caucasian: "სახელი անուն saxeli",
  English: "names first last given middle who other_names",
});

/** Names of columns that have the family name, so that the one that is only called name has the given name. */
export const familyNameWords = wordsOfLanguages({
  English: "lastname surname familyname lname lnm lstnm lastnm srnm",
  German: "nachname familienname zuname nachn nname",
  Romance:
    "nomfamille nom_de_famille apellido apellidos ap_paterno cognome sobrenome apelido numefamilie cognom apelidos",
  Germanic: "achternaam efternamn etternavn efternavn familienaam eftirnafn",
  Slavic: "nazwisko prijmeni priezvisko prezime priimek фамилия прізвище презиме familiya прозвішча",
  Others: `sukunimi perekonnanimi perenimi uzvards pavarde vezeteknev csaladnev soyad soyadi soyisim mbiemri mbiemer kunjom eponymo επώνυμο
  khanevadegi שם_משפחה اسم_العائلة نام_خانوادگی นามสกุล გვარი ազգանուն abizena sloinne cyfenw apelyido`,
});
