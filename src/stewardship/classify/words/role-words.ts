/** The roles that people have for a business, in names of columns and tables. Data only. */
import { wordsOfLanguages } from "./word-list.ts";

/** Roles that firms can have, too. */
export const sharedRoleWords = wordsOfLanguages({
  English: `customer cust client contact subscriber recipient consignee insured policyholder borrower debtor payer payee holder agent buyer
  donor owner user account sender host lead party partner beneficiary benef applicant member mbr tenant artist remitter requester requestor
  nominee ship_to bill_to sold_to landlord lessee lessor`,
  German:
    "kunde kunden inhaber mieter versicherter kontoinhaber besteller empfanger zahlungsempfanger auftraggeber mitglied mitglieder kd",
  French: "destinataire titulaire beneficiaire locataire adherent adherents abonne donneur proprietaire",
  Spanish: "cliente titular destinatario contacto propietario socio socios arrendatario inquilino",
  Portuguese: "cliente titular destinatario contato utente socio proprietario responsavel",
  Italian: "cliente intestatario referente destinatario proprietario socio",
  Romanian: "client titular destinatar proprietar",
  Dutch: "klant ontvanger huurder eigenaar leden lid",
  Polish: "klient klienci odbiorca nadawca wlasciciel",
  Swedish: "kund mottagare agare medlem medlemmar",
  Danish: "kunde kontakt medlem",
  Finnish: "asiakas asiakkaat vastaanottaja jasen",
  Czech: "zakaznik klient pojistenec pojistenci prijemce",
  Slovak: "klient klienti stranka",
  Hungarian: "ugyfel ugyfelek vevo tag",
  Croatian: "kupac kupci klijent stranka",
  Slovenian: "stranka stranke prejemnik",
  Bulgarian: "klienti kupuvach poluchatel клиент клиенти",
  Russian: "клиент клиенты получатель заказчик kliyent kliyenty klient klienty",
  Ukrainian: "клієнт клієнти kliyenty",
  Greek: "πελάτης πελάτες pelatis pelates",
  Turkish: "musteri alici uye uyeler muvekkil",
  Estonian: "klient kliendid kontaktisik",
  Latvian: "klients klienti kontaktpersona",
  Lithuanian: "klientas pirkejas",
  Icelandic: "vidskiptavinur vidskiptavinir",
  Albanian: "klient klientet klienti",
  Indonesian: "pelanggan",
  Vietnamese: "khach_hang",
  Swahili: "wateja mteja",
  Urdu: "gahak",
  Persian: "moshtari",
  Arabic: "عميل العميل",
  Chinese: "客户 会员 顾客",
  Japanese: "顧客 会員 担当 担当者",
  Korean: "고객 회원",
  Thai: "ลูกค้า",
  Hebrew: "לקוח",
});

/** Roles that only people have. */
export const personalRoleWords = wordsOfLanguages({
  English: `employee emp patient student stud teacher doctor physician nurse author passenger pax guest cardholder candidate driver rider
  signatory attendee participant guardian parent spouse husband wife father mother child children son daughter salesperson rep manager mgr
  supervisor technician engineer analyst assignee approver reviewer actor director composer writer editor person people staff
  resident crew player voter citizen worker witness traveler traveller nextofkin kin nok caretaker carer attending captain pilot surgeon
  midwife mayor judge lawyer attorney solicitor notary trainee apprentice intern pupil learner lecturer professor tutor coach referee
  inventor speaker translator photographer ceo cfo chairman chair president secretary treasurer trustee heir deceased defendant plaintiff
  inmate prisoner soldier officer inspector foreman operator dentist pharmacist therapist counsellor caseworker clerk cashier waiter cook
  chef mechanic electrician plumber gardener cleaner architect consultant recruiter interviewer hr_contact salesman seller nanny babysitter designer
  fthr mthr spse pt pat borrowed_by created_by approved_by signed_by updated_by modified_by prepared_by reviewed_by assigned_to sold_by
  entered_by handled_by served_by reported_by witnessed_by`,
  German: `ansprechpartner mitarbeiter patient patienten patientin schuler fahrer sachbearbeiter bearbeiter arzt lehrer vater mutter betreuer
  geschaftsfuhrer verfasser teilnehmer gast gaste bewohner anwalt vertreter monteur`,
  French: `salarie salaries employe employes eleve eleves responsable medecin conducteur conjoint mere pere enseignant auteur passager
  redacteur gerant chauffeur invite participant`,
  Spanish:
    "empleado empleados paciente pacientes alumno alumnos conductor medico madre padre conyuge autor docente trabajador vendedor huesped",
  Portuguese:
    "funcionario funcionarios aluno alunos paciente pacientes medico mae pai motorista colaborador colaboradores vendedor conjuge",
  Italian: "dipendente dipendenti paziente pazienti autista medico madre padre alunno alunni coniuge autore addetto",
  Romanian: "angajat angajati pacient pacienti elev elevi medic sofer mama tata autor",
  Dutch:
    "medewerker medewerkers contactpersoon patient patienten leerling leerlingen chauffeur arts vader moeder bestuurder auteur",
  Polish: "pracownik pracownicy uczen uczniowie pacjent pacjenci lekarz kierowca matka ojciec autor",
  Swedish: "anstalld anstallda kontaktperson patient elev elever lakare forare",
  Norwegian: "ansatt ansatte kontaktperson pasient elev",
  Danish: "medarbejder medarbejdere patient elev lage",
  Finnish: "tyontekija tyontekijat potilas potilaat oppilas laakari kuljettaja",
  Czech: "zamestnanec zamestnanci pacient pacienti lekar ridic zak matka otec",
  Slovak: "zamestnanec pacient zodpovedna kontaktna lekar vodic",
  Hungarian: "dolgozo dolgozok beteg betegek orvos sofor tanulo anyja apja vezeto",
  Croatian: "pacijent zaposlenik zaposlenici putnik putnici lijecnik vozac ucenik osoba osobe",
  Slovenian: "bolnik zaposleni skrbnik odgovorna zdravnik voznik ucenec",
  Bulgarian: "пациент служител лекар шофьор lice otgovornik",
  Russian: "сотрудник сотрудники пациент врач водитель ученик sotrudnik sotrudniki",
  Ukrainian: "співробітник пацієнт лікар",
  Greek: "ασθενής υπάλληλος μαθητής asthenis ypefthynos",
  Turkish: "calisan calisanlar personel hasta hastalar ogrenci ogrenciler doktor sofor",
  Estonian: "tootaja patsient opilane vastutav",
  Latvian: "darbinieks pacients",
  Lithuanian: "darbuotojas pacientas atsakingas kontaktinis",
  Icelandic: "starfsmadur starfsmenn sjuklingur",
  Indonesian: "karyawan pegawai pasien siswa dokter",
  Malay: "pekerja pegawai pesakit pelajar",
  Vietnamese: "nhan_vien benh_nhan hoc_sinh bac_si",
  Swahili: "mfanyakazi mgonjwa mwanafunzi",
  Uzbek: "xodim xodimlar bemor",
  Persian: "bimar karmand",
  Persons:
    "personen personal persons personas personnes osoby osoba persoane personer henkilot persona persone persona pessoa pessoas anamnesis",
  Asian: "员工 患者 学生 医生 社員 従業員 生徒 医師 직원 환자 학생 의사 ผู้ป่วย พนักงาน นักเรียน",
  Semitic: "موظف الموظف مريض المريض طالب الطالب עובד מטופל תלמיד",
});

/** Words around which a table speaks of people: beside them stand names and birthdays. */
export const peopleTables: readonly string[] = [...sharedRoleWords, ...personalRoleWords];
