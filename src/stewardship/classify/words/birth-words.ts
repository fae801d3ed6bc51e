/** Words for the day of somebody's birth in names of columns, by language. Data only; the rules are in birth-date.ts. */
import { wordsOfLanguages } from "./word-list.ts";

export const birthWords = wordsOfLanguages({
  English:
    "birthdate date_of_birth birthday dob birthdt brthdt bday bdate date_born year_of_birth birthyear yob born born_on birthdte",
  German: "geburtsdatum geburtstag gebdat gebdatum gbdat geburtsjahr geburt gebtag gebjahr",
  French: "date_naissance naissance datenaiss datnaiss datnais dtnaiss ddn ne_le nee_le annee_naissance",
  Spanish: "nacimiento fechanac fecnac fecnacimiento fecnacim fnac nacido fchnac",
  Catalan: "naixement datanaix",
  Galician: "nacemento",
  Basque: "jaiotza jaiotze_data jaioteguna",
  Portuguese: "nascimento datanasc dtnasc dtnascimento nasc anonasc",
  Italian: "nascita datanasc dtnascita datnasc",
  Romanian: "nastere nasterii datanast data_n dn_nastere nascut",
  Dutch: "geboortedatum geboortedag geboorte geboortejaar gebdat",
  Swedish: "fodelsedatum fodelsedag fodelsear fodelsedat",
  Norwegian: "fødselsdato fødselsdag fødselsår fødselsdat fdato fodselsdato",
  Danish: "fødselsdag fødedato fødedag",
  Finnish: "syntymaaika syntymapaiva syntymavuosi syntaika syntpvm",
  Icelandic: "fæðingardagur fæðingardags fæðingar faedingar faedingardagur faedingarar",
  Faroese: "føðingardagur",
  Estonian: "sunniaeg sunnikuupaev sunniaasta synniaeg synnikuupaev",
  Latvian: "dzimsanas dzimsanas_datums dzimsanasdiena dzdatums",
  Lithuanian: "gimimo gimimo_data gimtadienis gimdata",
  Polish: "urodzenia data_urodz dataur dturodz urodziny",
  Czech: "narozeni datnar datum_nar narozeniny rok_nar",
  Slovak: "narodenia narodenie datnar narodeniny",
  Hungarian: "szuletesi szuletes szuletesnap szuldatum szulido szulev szuldat",
  Slovenian: "rojstva rojstvo rojstni_datum rojdatum",
  Croatian: "rođenja rođenje rođendan rodjenja rodenja datum_rod datrod",
  Serbian: "рођења рођење рођендан rodjendan",
  Macedonian: "раѓање роденден raganje ragjanje",
  Bulgarian: "раждане рождение рожд_дата rozhdenden razhdane",
  Russian: "рождения рождение датарожд дата_рожд деньрождения data_rozhdeniya rozhdeniya rozhdenija rozhdenia",
  Ukrainian: "народження дата_нар narodzhennya narodzhennia",
  Belarusian: "нараджэння naradzhennya naradzhennia",
  Greek: "γέννησης γέννηση γεννήσεως γενέθλια gennisis gennisi gennhshs imerominia_gennisis",
  Turkish: "dogum dogum_tarihi dogum_gunu dogum_yili dogtar",
  Azerbaijani: "doğum_tarixi dogumtarixi",
  Uzbek: "tugilgan tugilgan_sana tugilgan_kun",
  Kazakh: "туған_күні туылған tugan_kuni",
  Kyrgyz: "туулган",
  Mongolian: "төрсөн төрсөн_огноо",
  Albanian: "datelindja datelindje ditelindja datelindjes lindjes",
  Maltese: "twelid data_tat_twelid",
  Irish: "data_breithe breithe dáta_breithe",
  Welsh: "dyddiad_geni geni",
  Arabic: "الميلاد ميلاد تاريخ_الميلاد milad mawlid tarikh_milad",
  Persian: "تولد تاریخ_تولد tavalod tavallod",
  Urdu: "پیدائش تاریخ_پیدائش paidaish",
  Hebrew: "לידה תאריך_לידה taarich_leida",
  Hindi: "जन्म जन्मतिथि जन्म_तिथि janm janmtithi janam_tithi",
  Bengali: "জন্ম জন্ম_তারিখ jonmo janma",
  Nepali: "जन्ममिति",
  Tamil: "பிறந்த பிறந்த_தேதி",
  Telugu: "పుట్టిన",
  Thai: "วันเกิด วันเดือนปีเกิด wankerd wankoed",
  Vietnamese: "ngay_sinh nam_sinh sinh_nhat ngsinh",
  Indonesian: "lahir tanggal_lahir tgl_lahir tgllhr",
  Malay: "tarikh_lahir tkh_lahir",
  Tagalog: "kapanganakan kaarawan",
  Chinese: "生日 出生 出生日期 shengri chusheng chushengriqi",
  Japanese: "生年月日 誕生日 seinengappi tanjobi tanjoubi",
  Korean: "생년월일 생일 출생일 saengnyeonwolil saengil",
  Swahili: "kuzaliwa tarehe_ya_kuzaliwa",
  Amharic: "የትውልድ_ቀን ትውልድ yetewlid",
  Hausa: "haihuwa ranar_haihuwa",
  Yoruba: "ojo_ibi",
  Zulu: "zokuzalwa usuku_lokuzalwa",
  Afrikaans: "geboortedatum verjaarsdag",
  Somali: "dhalashada taariikhda_dhalashada",
  Armenian: "ծննդյան ծննդյան_ամսաթիվ tsnndyan cnndyan",
  Georgian: "დაბადების დაბადების_თარიღი dabadebis",
});

/** Words that may also mean something else, so that the values have to agree. */
export const vagueBirthWords = wordsOfLanguages({
  English: "birth brth",
  German: "geb geboren",
  Italian: "nato nata",
  Polish: "ur",
  Czech: "narozen nar",
  Danish: "født",
  Swedish: "född",
  Finnish: "syntynyt",
  Turkish: "dogum",
  Russian: "рожд",
});

/** The place, the name or the weight at birth, and what is counted. */
export const otherBirthWords = wordsOfLanguages({
  English: `place city country town state weight rate name count order certificate reminder discount coupon bonus sent email campaign
  verified is has flag control birthplace birthname placeofbirth`,
  German: "ort land geburtsort geburtsname geburtsland gebort gebname",
  French: "lieu pays ville",
  Spanish: "lugar ciudad pais",
  Italian: "luogo comune provincia",
  Portuguese: "local cidade naturalidade",
  Romanian: "locul loc",
  Polish: "miejsce",
  Dutch: "plaats geboorteplaats",
  Swedish: "ort fodelseort",
  Czech: "misto",
  Slovak: "miesto",
  Hungarian: "hely szuletesihely szulhely",
  Croatian: "mjesto mesto",
  Russian: "место",
  Ukrainian: "місце",
  Greek: "τόπος",
  Turkish: "yeri dogumyeri",
  Indonesian: "tempat",
  Vietnamese: "noi_sinh noisinh",
  Estonian: "koht sunnikoht",
  Latvian: "vieta",
  Lithuanian: "vieta",
  Swahili: "mahali",
  Arabic: "مكان",
  Chinese: "出生地 地",
  Japanese: "出生地",
  Korean: "출생지",
});

/** Other things that are made, or said to be born. */
export const madeThings = wordsOfLanguages({
  English:
    "batch machine product company star tree plant device asset vehicle brand firm sensor process server container catalogue",
});

/** Animals are born, too, and have the same words for it. */
export const animalWords = wordsOfLanguages({
  English: `animal cattle cow pet horse dog cat herd calf livestock species bird breed puppy foal sheep pig poultry flock lamb heifer bull
  mare`,
  German: "tier hund katze pferd rind kuh herde kalb",
  French: "animal chien chat cheval vache troupeau",
  Spanish: "mascota perro gato caballo vaca ganado",
  Italian: "animale cane gatto cavallo",
  Portuguese: "gado cachorro cavalo",
  Polish: "zwierze pies kot kon krowa",
  Dutch: "dier hond kat paard koe",
  Swedish: "djur hund hast",
  Hungarian: "allat kutya macska",
  Russian: "животное собака кошка",
});

/** Other days in the life of a person, which are about as long ago as birthdays: days of hiring, weddings, baptism. */
export const otherDayWords = wordsOfLanguages({
  English: `hire hired hiring start started begin end ended join joined joining entry exit left leave created create creation updated
  update modified changed valid from to until since expiry expires expiration issue issued issuing release released publish published
  founded foundation incorporated registered registration register signup admission admitted discharge visit order ordered paid payment
  due invoice shipped delivery delivered contract signed signature login seen event wedding marriage married death died deceased
  graduation graduated built construction production purchase purchased acquired installed commissioned effective term termination
  service warranty booking arrival departure enrolled enrolment enrollment baptism accident diagnosis vaccination review approved
  license licence passed retired retirement promotion seniority opening closing closed opened posted recorded`,
  German: `eintritt austritt beginn ende anlage erstellt geandert gultig ab bis seit grundung erschienen einstellung kauf abschluss
  begda endda erdat aedat vertragsbeginn anmeldung zulassung baujahr heirat tod sterbedatum`,
  French:
    "embauche entree sortie debut fin creation modification inscription validite livraison fondation parution deces mariage achat",
  Spanish:
    "alta baja ingreso inicio fin contratacion creacion registro vencimiento pedido fundacion publicacion boda compra fallecimiento",
  Portuguese: "admissao cadastro inicio fim criacao validade vencimento pedido fundacao emissao compra obito casamento",
  Italian: "assunzione inizio fine creazione iscrizione scadenza rilascio fondazione acquisto decesso matrimonio",
  Romanian: "angajare angajarii inceput sfarsit creare inregistrare expirare fondare deces",
  Dutch: "indienst uitdienst begin einde ingang aangemaakt inschrijving geldig oprichting aankoop overlijden",
  Polish: "zatrudnienia rozpoczecia zakonczenia utworzenia rejestracji waznosci zalozenia zgonu",
  Swedish: "anstallning anstalld start slut skapad registrerad giltig grundad kop dod",
  Finnish: "alku loppu luotu rekisteroity aloitus perustettu",
  Czech: "nastup nastupu vznik konec vytvoreno registrace platnost zalozeni umrti",
  Hungarian: "belepes kilepes kezdet vege letrehozas regisztracio ervenyes alapitas halal",
  Croatian: "zaposlenja pocetak kraj kreirano registracije osnivanja smrti",
  Turkish: "giris baslangic bitis kayit olusturma kurulus olum ise_giris",
  Russian: "приема увольнения начала конца создания регистрации выдачи основания смерти",
  Indonesian: "masuk keluar mulai selesai dibuat daftar berdiri",
  Greek: "έναρξης λήξης πρόσληψης εγγραφής ίδρυσης",
  Estonian: "algus lopp loodud",
  Latvian: "sakuma beigu",
  Lithuanian: "pradzia pabaiga",
});
