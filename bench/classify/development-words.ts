/** The words of the development part of the labelled set, by country. They are not those of the kept-back part. */
export interface Country {
  readonly code: string;
  readonly given: readonly string[];
  readonly family: readonly string[];
  readonly towns: readonly string[];
  readonly companies: readonly string[];
  /** With `#` for digits; `{}` is the street's number. */
  readonly streets: readonly string[];
  readonly phones: readonly string[];
  readonly prefix: string;
  readonly iban: readonly [country: string, pattern: string];
  readonly mailHosts: readonly string[];
  /** Sentences with `{name}`, `{phone}` and `{email}`, and without any of them. */
  readonly notes: readonly string[];
  readonly plainNotes: readonly string[];
  readonly products: readonly string[];
  /** Names of columns. */
  readonly columns: Readonly<Record<ColumnRole, string>>;
  /** Names of tables: people, things that are sold, orders. */
  readonly tables: readonly [people: string, things: string, orders: string];
}

export type ColumnRole =
  | "email"
  | "phone"
  | "mobile"
  | "given"
  | "family"
  | "whole"
  | "street"
  | "birth"
  | "national"
  | "iban"
  | "note"
  | "town"
  | "company"
  | "name"
  | "order"
  | "orderDate"
  | "product";

const list = (text: string): readonly string[] => text.split(",").map((word) => word.trim());

export const countries: readonly Country[] = [
  {
    code: "US",
    given: list(
      "James,Mary,Robert,Patricia,Linda,Michael,Elizabeth,David,Susan,Kevin,Nancy,Brian,Tyler,Megan,Joshua,Ashley",
    ),
    family: list(
      "Smith,Johnson,Brown,Miller,Davis,Wilson,Moore,Taylor,Baker,Turner,Parker,Collins,Murphy,Reed,Brooks,Hayes,Stanton",
    ),
    towns: list("Springfield,Dayton,Boise,Tucson,Omaha,Fresno,Mesa,Reno,Topeka,Salem,Albany,Trenton,Boston,Austin"),
    companies: list(
      "Acme Corp,Blue River Logistics LLC,Northern Foods Inc,Sunrise Motors,Harbor Bank,Miller & Sons,Cedar Energy Group,Pine Hill School",
    ),
    streets: list(
      "{} Main Street,{} Oak Avenue,{} Elm St,{} Lake Drive Apt #,{} Maple Ln,{} Washington Blvd,{} 5th Ave,{} Cedar Court",
    ),
    phones: list("(212) 5##-####,303-5##-####,(617) 4##-####,415.7##.####,+1 206 5## ####"),
    prefix: "+1 312 5## ####",
    iban: ["GB", "WEST##############"],
    mailHosts: list("mailbox.example,post.example.com,inbox.example.org"),
    notes: [
      "Customer {name} called about the delay, call back at {phone}",
      "Please write to {email} before the visit",
      "Spoke with {name} regarding the refund of last week",
    ],
    plainNotes: [
      "The parcel was damaged and a new one was sent",
      "Delivery in the morning only please",
      "Asked for a discount on the second item",
      "Wrong colour was delivered so it went back",
    ],
    products: list(
      "Garden hose 20 m,Steel hammer,Desk lamp white,Office chair Nova,Winter jacket,Cordless drill X200,Coffee maker,Running shoes",
    ),
    columns: {
      email: "email",
      phone: "phone",
      mobile: "cell_phone",
      given: "first_name",
      family: "last_name",
      whole: "customer_name",
      street: "street_address",
      birth: "date_of_birth",
      national: "ssn",
      iban: "iban",
      note: "notes",
      town: "city",
      company: "company",
      name: "name",
      order: "order_number",
      orderDate: "order_date",
      product: "product_name",
    },
    tables: ["customers", "products", "orders"],
  },
  {
    code: "DE",
    given: list("Hans,Petra,Klaus,Sabine,Jürgen,Monika,Stefan,Anja,Uwe,Heike,Lukas,Lena,Moritz,Frieda,Thorsten,Birgit"),
    family: list(
      "Müller,Schmidt,Schneider,Fischer,Weber,Becker,Hoffmann,Schäfer,Krüger,Lehmann,Köhler,Vogel,Brandt,Ziegler,Kästner,Obermaier",
    ),
    towns: list("Kassel,Ulm,Bremen,Fulda,Worms,Trier,Celle,Passau,Rostock,Erfurt,Hagen,Minden,Berlin"),
    companies: list(
      "Nordlicht GmbH,Bäckerei Schulz & Co KG,Rheinwerk AG,Holzbau Berger GmbH,Stadtwerke Ulm,Optik Hansen OHG,Alpen Logistik GmbH",
    ),
    streets: list(
      "Hauptstraße {},Gartenweg {},Lindenallee {}a,Am Markt {},Schillerstr. {},Bahnhofplatz {},Rosengasse {},Mühlenweg {}",
    ),
    phones: list("030 ########,0221/######,0171 #######,0151-########,(089) ######,+49 176 ########"),
    prefix: "+49 171 #######",
    iban: ["DE", "##################"],
    mailHosts: list("post.example.de,briefkasten.example,firma.example.net"),
    notes: [
      "Herr {family} bittet um Rückruf unter {phone}",
      "Bitte an {email} antworten wenn die Ware da ist",
      "Frau {family} hat die Lieferung heute reklamiert",
    ],
    plainNotes: [
      "Ware kam beschädigt an und wurde ersetzt",
      "Bitte nur vormittags liefern danach ist zu",
      "Kunde wünscht Rechnung in Papierform",
      "Der zweite Artikel fehlt noch im Paket",
    ],
    products: list(
      "Gartenschlauch 20 m,Hammer 500 g,Schreibtischlampe,Bürostuhl Luna,Winterjacke,Akkuschrauber X200,Kaffeemaschine",
    ),
    columns: {
      email: "emailadresse",
      phone: "telefonnummer",
      mobile: "handy",
      given: "vorname",
      family: "nachname",
      whole: "ansprechpartner",
      street: "strasse_hausnr",
      birth: "geburtsdatum",
      national: "steuer_id",
      iban: "iban",
      note: "bemerkung",
      town: "ort",
      company: "firma",
      name: "name",
      order: "bestellnummer",
      orderDate: "bestelldatum",
      product: "artikelbezeichnung",
    },
    tables: ["kunden", "artikel", "bestellungen"],
  },
  {
    code: "FR",
    given: list(
      "Jean,Marie,Pierre,Nathalie,Michel,Isabelle,Philippe,Sylvie,Thierry,Camille,Hugo,Manon,Étienne,Céline,Loïc,Solène",
    ),
    family: list(
      "Martin,Bernard,Dubois,Durand,Moreau,Lefebvre,Leroy,Roux,Fournier,Girard,Bonnet,Mercier,Chevalier,Garnier,Quéré,Vasseur",
    ),
    towns: list("Dijon,Angers,Nîmes,Brest,Tours,Amiens,Metz,Limoges,Reims,Pau,Annecy,Paris,Lyon"),
    companies: list(
      "Boulangerie Petit SARL,Transports du Nord SAS,Électricité Morel SA,Banque du Littoral,Garage Central,Verreries Réunies SA",
    ),
    streets: list(
      "{} rue de la République,{} avenue Victor Hugo,{} bis rue des Lilas,{} boulevard Gambetta,{} chemin des Vignes,{} place du Marché",
    ),
    phones: list("01 ## ## ## ##,04 ## ## ## ##,06 ## ## ## ##,06########,+33 6 ## ## ## ##"),
    prefix: "+33 6 ## ## ## ##",
    iban: ["FR", "###########A###########"],
    mailHosts: list("courrier.example.fr,boite.example,societe.example.net"),
    notes: [
      "Mme {family} souhaite être rappelée au {phone}",
      "Merci de répondre à {email} avant lundi prochain",
      "Appel de {name} au sujet de la facture",
    ],
    plainNotes: [
      "Le colis est arrivé abîmé et a été remplacé",
      "Livraison le matin uniquement merci",
      "Demande une remise sur le second article",
      "La couleur livrée n'était pas la bonne",
    ],
    products: list("Tuyau d'arrosage,Marteau acier,Lampe de bureau,Chaise Nova,Veste d'hiver,Perceuse X200,Cafetière"),
    columns: {
      email: "adresse_email",
      phone: "telephone",
      mobile: "portable",
      given: "prenom",
      family: "nom_famille",
      whole: "nom_client",
      street: "adresse",
      birth: "date_naissance",
      national: "numero_secu",
      iban: "iban",
      note: "commentaire",
      town: "ville",
      company: "entreprise",
      name: "nom",
      order: "numero_commande",
      orderDate: "date_commande",
      product: "nom_produit",
    },
    tables: ["clients", "produits", "commandes"],
  },
  {
    code: "ES",
    given: list(
      "Antonio,Carmen,José,Dolores,Javier,Lucía,Alejandro,Marta,Pablo,Laura,Sergio,Elena,Iker,Nuria,Íñigo,Rocío",
    ),
    family: list(
      "García,Fernández,López,Sánchez,Gómez,Jiménez,Moreno,Álvarez,Romero,Navarro,Gutiérrez,Ortega,Iglesias,Cabello,Zubiri",
    ),
    towns: list("Burgos,Cádiz,Gijón,Huelva,León,Lugo,Murcia,Oviedo,Soria,Toledo,Vigo,Madrid"),
    companies: list(
      "Aceites del Sur SA,Transportes Ebro SL,Panadería Luna,Banco Marítimo,Talleres Norte SL,Construcciones Vega SA",
    ),
    streets: list(
      "Calle Mayor {},C/ del Sol {},Avenida de la Paz {},Plaza España {} 2º B,Paseo del Río {},Calle Alcalá {} 3ºA",
    ),
    phones: list("91# ### ###,6## ## ## ##,93# ## ## ##,+34 6## ### ###,6########"),
    prefix: "+34 6## ### ###",
    iban: ["ES", "####################"],
    mailHosts: list("correo.example.es,buzon.example,empresa.example.net"),
    notes: [
      "Llamar a {name} al teléfono {phone} mañana",
      "Escribir a {email} con la nueva factura",
      "La Sra. {family} pide cambiar la fecha de entrega",
    ],
    plainNotes: [
      "El paquete llegó roto y se envió otro",
      "Entregar solo por la mañana por favor",
      "Pide descuento en el segundo artículo",
      "El color no era el correcto",
    ],
    products: list("Manguera 20 m,Martillo de acero,Lámpara,Silla Nova,Chaqueta de invierno,Taladro X200,Cafetera"),
    columns: {
      email: "correo_electronico",
      phone: "telefono",
      mobile: "movil",
      given: "nombre",
      family: "apellidos",
      whole: "nombre_completo",
      street: "direccion",
      birth: "fecha_nacimiento",
      national: "dni",
      iban: "iban",
      note: "observaciones",
      town: "ciudad",
      company: "empresa",
      name: "nombre",
      order: "num_pedido",
      orderDate: "fecha_pedido",
      product: "producto",
    },
    tables: ["clientes", "productos", "pedidos"],
  },
  {
    code: "IT",
    given: list(
      "Giuseppe,Maria,Giovanni,Anna,Luigi,Francesca,Marco,Chiara,Matteo,Giulia,Paolo,Elisa,Loris,Tiziana,Ettore",
    ),
    family: list(
      "Rossi,Russo,Ferrari,Esposito,Bianchi,Colombo,Ricci,Marino,Conti,Costa,Mancini,Lombardi,Barbieri,Zanetti,Pizzuti",
    ),
    towns: list("Bari,Como,Cuneo,Ferrara,Lecce,Lucca,Modena,Parma,Pisa,Rimini,Siena,Roma,Milano"),
    companies: list(
      "Officine Alfa SRL,Pastificio Sole SpA,Trasporti Adria SNC,Banca del Lago,Vetreria Nuova SRL,Edil Monti SRL",
    ),
    streets: list(
      "Via Roma {},Via Garibaldi {}/A,Viale dei Tigli {},Piazza Dante {},Corso Italia {},Vicolo Stretto {}",
    ),
    phones: list("02 ########,06 #######,347 #######,333-#######,+39 340 #######"),
    prefix: "+39 347 #######",
    iban: ["IT", "X0####0####000000######"],
    mailHosts: list("posta.example.it,casella.example,azienda.example.net"),
    notes: [
      "Richiamare {name} al numero {phone} domani",
      "Scrivere a {email} per la nuova fattura",
      "La Sig.ra {family} chiede di spostare la consegna",
    ],
    plainNotes: [
      "Il pacco è arrivato rotto ed è stato sostituito",
      "Consegnare solo al mattino per favore",
      "Chiede uno sconto sul secondo articolo",
      "Il colore non era quello giusto",
    ],
    products: list("Tubo da giardino,Martello,Lampada da tavolo,Sedia Nova,Giacca invernale,Trapano X200,Caffettiera"),
    columns: {
      email: "email",
      phone: "telefono",
      mobile: "cellulare",
      given: "nome",
      family: "cognome",
      whole: "intestatario",
      street: "indirizzo",
      birth: "data_nascita",
      national: "codice_fiscale",
      iban: "iban",
      note: "osservazioni",
      town: "citta",
      company: "azienda",
      name: "nome",
      order: "num_ordine",
      orderDate: "data_ordine",
      product: "prodotto",
    },
    tables: ["clienti", "prodotti", "ordini"],
  },
  {
    code: "RO",
    given: list(
      "Andrei,Maria,Ion,Elena,Mihai,Ioana,Vasile,Ana,Cristian,Raluca,Bogdan,Mihaela,Ștefan,Oana,Răzvan,Ilinca",
    ),
    family: list(
      "Popescu,Ionescu,Popa,Radu,Dumitru,Stoica,Gheorghe,Matei,Rusu,Munteanu,Florea,Tudor,Dobre,Câmpeanu,Țurcanu",
    ),
    towns: list("Arad,Bacău,Buzău,Deva,Galați,Pitești,Ploiești,Suceava,Târgoviște,Zalău,Cluj-Napoca"),
    companies: list(
      "Agro Dunărea SRL,Transilvania Trans SRL,Moara Veche SA,Banca Mureș,Metal Prod SRL,Construct Invest SRL",
    ),
    streets: list(
      "Str. Libertății nr. {},Bd. Unirii {},Calea Victoriei {},Aleea Rozelor {},Strada Florilor {} ap. #,Șoseaua Nordului {}",
    ),
    phones: list("07## ### ###,021 ### ####,07########,0264 ######,+40 7## ### ###"),
    prefix: "+40 74# ### ###",
    iban: ["RO", "BANK################"],
    mailHosts: list("posta.example.ro,cutie.example,firma.example.net"),
    notes: [
      "Domnul {family} roagă să fie sunat la tel {phone}",
      "Răspundeți la {email} înainte de luni",
      "A sunat {name} despre factura de luna trecută",
    ],
    plainNotes: [
      "Coletul a ajuns deteriorat și a fost înlocuit",
      "Livrare doar dimineața vă rog",
      "Cere reducere la al doilea produs",
      "Culoarea nu era cea corectă",
    ],
    products: list("Furtun 20 m,Ciocan oțel,Lampă birou,Scaun Nova,Geacă iarnă,Bormașină X200,Cafetieră"),
    columns: {
      email: "adresa_email",
      phone: "telefon",
      mobile: "mobil",
      given: "prenume",
      family: "nume_familie",
      whole: "nume_complet",
      street: "adresa",
      birth: "data_nasterii",
      national: "cnp",
      iban: "iban",
      note: "observatii",
      town: "oras",
      company: "firma",
      name: "nume",
      order: "nr_comanda",
      orderDate: "data_comanda",
      product: "denumire_produs",
    },
    tables: ["clienti", "produse", "comenzi"],
  },
  {
    code: "PL",
    given: list(
      "Jan,Anna,Piotr,Katarzyna,Krzysztof,Małgorzata,Andrzej,Agnieszka,Tomasz,Ewa,Paweł,Zofia,Wojciech,Iga,Bożena",
    ),
    family: list(
      "Nowak,Kowalski,Wiśniewska,Wójcik,Kamińska,Lewandowski,Zielińska,Szymański,Mazur,Krawczyk,Grabowska,Zając,Bąk,Sobczak",
    ),
    towns: list("Gdynia,Kielce,Lublin,Olsztyn,Opole,Radom,Rzeszów,Sopot,Toruń,Tychy,Kraków"),
    companies: list(
      "Drewex Sp. z o.o.,Mleczarnia Polna,Bałtyk Transport SA,Bank Rzeczny,Stalmet Sp. z o.o.,Budowlani SA",
    ),
    streets: list(
      "ul. Długa {},ul. Kościuszki {}/#,al. Jerozolimskie {},os. Słoneczne {},pl. Wolności {},ul. Lipowa {} m. #",
    ),
    phones: list("60# ### ###,22 ### ## ##,+48 50# ### ###,12 ### ## ##,(22) ### ## ##"),
    prefix: "+48 60# ### ###",
    iban: ["PL", "########################"],
    mailHosts: list("poczta.example.pl,skrzynka.example,firma.example.net"),
    notes: [
      "Pan {family} prosi o telefon pod {phone}",
      "Proszę odpisać na {email} do poniedziałku",
      "Dzwoniła klientka {name} w sprawie faktury",
    ],
    plainNotes: [
      "Paczka dotarła uszkodzona i wysłano nową",
      "Dostawa tylko rano proszę",
      "Prosi o rabat na drugi produkt",
      "Kolor był niewłaściwy",
    ],
    products: list("Wąż ogrodowy,Młotek stalowy,Lampka biurkowa,Krzesło Nova,Kurtka zimowa,Wiertarka X200,Ekspres"),
    columns: {
      email: "email_klienta",
      phone: "telefon",
      mobile: "komorka",
      given: "imie",
      family: "nazwisko",
      whole: "odbiorca",
      street: "adres",
      birth: "data_urodzenia",
      national: "pesel",
      iban: "iban",
      note: "uwagi",
      town: "miasto",
      company: "firma",
      name: "nazwa",
      order: "numer_zamowienia",
      orderDate: "data_zamowienia",
      product: "produkt",
    },
    tables: ["klienci", "produkty", "zamowienia"],
  },
  {
    code: "NL",
    given: list("Jan,Anneke,Pieter,Marijke,Willem,Saskia,Daan,Sanne,Jeroen,Femke,Bram,Lotte,Thijs,Wilma,Sjoerd,Roos"),
    family: list(
      "de Vries,van den Berg,Bakker,Janssen,Visser,Smit,Meijer,de Boer,Mulder,Dekker,Hoekstra,Kuipers,ter Horst,Zijlstra",
    ),
    towns: list("Almelo,Breda,Delft,Ede,Gouda,Hoorn,Leiden,Nijmegen,Venlo,Zwolle,Utrecht"),
    companies: list(
      "Bloemen BV,Noordzee Transport BV,Bakkerij Molen,Kaasmakerij Gouda BV,Havenwerk NV,Fietsfabriek BV",
    ),
    streets: list("Dorpsstraat {},Kerkweg {} a,Prinsengracht {},Stationsplein {},Beatrixlaan {},Molendijk {}-#"),
    phones: list("06-########,020-#######,010 ### ####,06 ########,+31 6 ########"),
    prefix: "+31 6 ########",
    iban: ["NL", "BANK##########"],
    mailHosts: list("post.example.nl,brievenbus.example,bedrijf.example.net"),
    notes: [
      "Mevrouw {family} graag terugbellen op tel {phone}",
      "Graag antwoord aan {email} voor maandag",
      "Gebeld door {name} over de factuur van mei",
    ],
    plainNotes: [
      "Het pakket was beschadigd en is vervangen",
      "Alleen in de ochtend leveren graag",
      "Vraagt korting op het tweede artikel",
      "De kleur was niet juist",
    ],
    products: list("Tuinslang 20 m,Hamer staal,Bureaulamp,Stoel Nova,Winterjas,Boormachine X200,Koffiezetter"),
    columns: {
      email: "e_mail",
      phone: "telefoonnummer",
      mobile: "mobiel",
      given: "voornaam",
      family: "achternaam",
      whole: "contactpersoon",
      street: "straat_huisnummer",
      birth: "geboortedatum",
      national: "bsn",
      iban: "iban",
      note: "opmerkingen",
      town: "woonplaats",
      company: "bedrijf",
      name: "naam",
      order: "ordernummer",
      orderDate: "besteldatum",
      product: "artikel",
    },
    tables: ["klanten", "artikelen", "bestellingen"],
  },
];
