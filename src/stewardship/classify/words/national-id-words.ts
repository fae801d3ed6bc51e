/** Words for numbers that a state gives to a person, in names of columns. Data only; the rules are in national-id.ts. */
import { wordsOfLanguages } from "./word-list.ts";

/** Names that mean such a number and nothing else. */
export const nationalIdWords = wordsOfLanguages({
  English: `ssn social_security socialsecuritynumber national_id nationalidnumber nationalnumber national_insurance nino
  national_insurance_number passport passportnumber passportno passport_no idcard id_card idcardnumber identitycard identitynumber citizenid
  personal_id personalid personalcode personal_code personalidentitynumber drivers_license driverlicense drivinglicence driving_licence
  drivinglicense dl_no dlno sin_number social_insurance govt_id government_id nric hkid fin_no nrc_no ppsn pps itin medicare_no nhs_no
  nhs_number nhsno tfn tax_file_number ird_no natid nat_id voter_id voterid id_document identity_document idnumber_za residence_permit`,
  German: `sozialversicherung sozialversicherungsnummer sozialversicherungsnr svnr svnummer sv_nr sv_nummer steuerid steuer_id steueridnr idnr steuer_idnr
  steuerliche_identifikationsnummer personalausweis personalausweisnr ausweisnummer ausweisnr reisepass reisepassnummer passnummer passnr
  fuhrerschein fuhrerscheinnummer fuhrerscheinnr ahv ahvnummer ahvnr ahv_nr rvnr rentenversicherungsnummer krankenversichertennummer kvnr`,
  French: `insee nir numero_secu securite_sociale numsecu num_secu nss_assure nosecu passeport carte_identite cartedidentite permis_conduire cni numcni
  numero_avs avs numero_fiscal numnational registre_national niss cin_no`,
  Spanish: `dni nie curp cedula ced cedula_identidad cedula_ciudadania rut cuil documento_identidad numeroidentidad nro_doc nrodoc nro_documento
  num_doc numdoc num_documento nrodocumento pasaporte carnet_identidad seguridad_social naf imss nss rfc_persona clave_elector ine_clave dui licencia_conducir ci_nro`,
  Catalan: "dni document_identitat",
  Portuguese:
    "cpf cpfcnpj rg_numero numrg cartao_cidadao cartaocidadao bilhete_identidade bilhetedeidentidade pis pasep pispasep nis passaporte titulo_eleitor cnh numero_contribuinte niss utente_sns nus num_utente cns_sus",
  Italian:
    "codice_fiscale codfisc cod_fiscale codicefisc codfis carta_identita passaporto patente_guida numero_patente",
  Romanian:
    "cnp cod_numeric_personal codnumericpersonal idnp buletin serie_buletin seriebuletin seria_ci nr_ci serie_ci pasaport serienrbuletin",
  Dutch:
    "bsn burgerservicenummer sofinummer sofinr rijksregisternummer rijksregisternr rijksregister rrn rrnr insz paspoort paspoortnr rijbewijs rijbewijsnr identiteitskaart",
  Swedish: "personnummer persnr personnr samordningsnummer passnummer korkortsnummer",
  Norwegian: "fodselsnummer fødselsnummer fnr fodselsnr personnummer passnummer",
  Danish: "cpr cprnr cpr_nummer cprnummer pasnummer",
  Finnish: "hetu henkilotunnus sotu passinumero",
  Icelandic: "kennitala kt_nr",
  Estonian: "isikukood passinumber",
  Latvian: "personas_kods personaskods perskods pases_numurs",
  Lithuanian: "asmens_kodas asmenskodas asmenskodas ak_kodas paso_numeris",
  Polish: "pesel dowod_osobisty nr_dowodu numer_dowodu seria_dowodu paszport nr_paszportu",
  Czech: "rodne_cislo rodnecislo rodc cislo_op cislo_pasu obcansky_prukaz cislo_pojistence",
  Slovak: "rodne_cislo rodnecislo rodnec rodnecisla cislo_op",
  Hungarian:
    "taj taj_szam tajszam szemelyi_szam szemelyiszam szig_szam adoazonosito ado_azonosito utlevelszam szemelyi_igazolvany",
  Slovenian: "emso emšo davcna_stevilka stevilka_potnega",
  Croatian: "oib jmbg maticni_broj maticnibroj jmb brojosobne osobna_iskaznica broj_putovnice licna_karta broj_licne",
  Serbian: "јмбг матични_број лична_карта",
  Macedonian: "матичен_број ембг embg maticen_broj",
  Albanian: "nid_shtetas karta_identitetit numri_personal leternjoftim nrpersonal",
  Bulgarian: "егн egn лична_карта единен_граждански_номер",
  Russian: "снилс паспорт инн_физ snils pasport passport_rf seriya_pasporta номер_паспорта серия_паспорта иин",
  Ukrainian: "рнокпп іпн паспорт rnokpp ipn",
  Kazakh: "жсн иин iin zhsn",
  Greek: "αμκα αδτ αφμ_φυσικού ταυτότητα amka adt",
  Turkish: "tckn tckimlik tckimlikno tc_kimlik kimlikno kimlik_no kimliknumarasi tc_no tcno pasaport_no pasaportno",
  Azerbaijani: "finkod fin_kod sv_nomre",
  Uzbek: "pinfl jshshir pasport_seriya",
  Irish: "uimhir_psp",
  Maltese: "karta_identita numru_identita numru_tal_karta",
  Arabic:
    "رقم_الهوية الهوية_الوطنية رقم_الاقامة جواز_السفر رقم_الجواز الرقم_القومي الرقم_الوطني رقم_البطاقة iqama raqm_qawmi national_no",
  Persian: "کد_ملی کدملی شماره_ملی kod_melli kodemelli codemelli code_melli",
  Urdu: "cnic cnic_no nicop شناختی_کارڈ",
  Hebrew: "תעודת_זהות מספר_זהות דרכון teudat_zehut teudatzehut tz_number",
  Hindi: "आधार aadhaar aadhar adhaar aadhaar_no uid_no",
  Bengali: "জাতীয়_পরিচয়পত্র nid_no nid_number",
  Tagalog: "sss_no sss_number philsys umid gsis_no philhealth",
  Thai: "เลขบัตรประชาชน เลขประจำตัวประชาชน บัตรประชาชน หนังสือเดินทาง",
  Vietnamese: "cmnd cccd so_cmnd so_cccd can_cuoc ho_chieu",
  Indonesian: "no_ktp nik_ktp nomor_ktp ktp noktp nomor_induk_kependudukan paspor no_paspor",
  Malay: "no_kp mykad no_ic nokp kad_pengenalan no_kad_pengenalan no_pasport",
  Chinese: "身份证 身份证号 身份证号码 证件号码 证件号 护照 护照号 shenfenzheng zhengjianhao 身分證 身分證字號",
  Japanese: "マイナンバー 個人番号 パスポート 旅券番号 免許証 運転免許 mynumber my_number kojin_bango",
  Korean: "주민번호 주민등록번호 여권번호 운전면허 jumin rrn jumin_no",
  Swahili: "nambari_ya_kitambulisho kitambulisho nida_no namba_ya_nida",
  Amharic: "መታወቂያ fayda",
  African: "bvn nin_no kra_pin ghana_card said_number sa_id rsa_id id_no_za",
  Georgian: "პირადი_ნომერი პირადი_ნომ piradi_nomeri",
  Armenian: "սոցքարտ հծհ",
  Mongolian: "регистрийн_дугаар регистр",
});

/** Names that may also mean something else, so that the values have to agree. */
export const vagueIdWords = wordsOfLanguages({
  English: `taxid tax_id taxnumber taxno tax_no tin idnumber id_number id_no idno sin identification identity personnumber fiscalcode
  documentnumber document_number docnumber docno doc_no govid governmentid persid perid nik nif pnr vat pan taxpayer_id nin nid gov_no citizen tax_ref utr nrc
  nic fin bi ci cin rg nis naf nss ni_number license_no licenseno licence_no`,
  Others:
    "rc cf secu kimlik cedula identificacion doc documento abtax stcd steuernummer steuernr ust afm cui cif nit ruc cuit inn инн rfc npwp 证件 ت_ش",
});
