/**
 * People for the fourth kept-back set, a set written before its results were seen, to be judged once: names, streets,
 * towns and telephone shapes of each country. Given names stand in turn for a woman and a man.
 */
import { dayBetween, diceFor, words, written, type Day, type Dice, type Make } from "./kept-back-four-makers.ts";

interface Land {
  readonly given: readonly string[];
  readonly family: readonly string[];
  readonly streets: readonly string[];
  readonly towns: readonly string[];
  readonly domains: readonly string[];
  readonly phones: readonly string[];
  /** The form of a family name that a woman bears. */
  readonly hers?: (family: string) => string;
}

const land = (
  given: string,
  family: string,
  streets: string,
  towns: string,
  domains: string,
  phones: string,
  hers?: (family: string) => string,
): Land => ({
  given: words(given),
  family: words(family),
  streets: words(streets),
  towns: words(towns),
  domains: words(domains),
  phones: words(phones),
  ...(hers === undefined ? {} : { hers }),
});

const lands = {
  pt: land(
    "Matilde, Duarte, Leonor, Tiago, Inês, Gonçalo, Beatriz, Nuno, Catarina, Rui, Mafalda, Vasco, Teresa, Hugo, Joana, Bernardo, Sofia, Afonso, Graça, Filipe, Rita, Sérgio, Lurdes, Artur",
    "Figueiredo, Carvalho, Pinheiro, Nogueira, Vasconcelos, Machado, Correia, Antunes, Sequeira, Brito, Moura, Tavares, Guerreiro, Baptista, Cordeiro, Morgado, Leitão, Lourenço, Valente, Simões, Patrício, Quintela, Esteves, Bento",
    "Rua das Flores, Avenida da Liberdade, Rua do Almada, Travessa da Palma, Rua de Santa Catarina, Largo do Rato, Rua Augusta, Praceta dos Pinheiros, Rua Padre Américo, Avenida Dom João II, Rua da Boavista, Calçada da Ajuda",
    "Lisboa, Porto, Braga, Coimbra, Faro, Évora, Aveiro, Setúbal, Viseu, Leiria",
    "sapo.pt, gmail.com, netcabo.pt, hotmail.com, iol.pt",
    "9% ### ## ##, +351 91# ### ###, 96#######, 00351 93#######, 21# ### ###",
  ),
  br: land(
    "Ana Clara, Thiago, Juliana, Wellington, Priscila, Anderson, Letícia, Rodrigo, Camila, Everton, Vanessa, Gustavo, Larissa, Matheus, Simone, Edson, Aline, Jefferson, Raquel, Caio, Tatiane, Marcelo, Débora, Igor",
    "da Silva, dos Santos, Oliveira, Souza, Rodrigues, Ferreira, Alves, Pereira Lima, Gomes, Ribeiro, Barbosa, Rocha, Almeida Prado, Nascimento, Araújo, Moreira, Cavalcanti, Teixeira, Freitas, Batista Neto, Vieira, Campos, Cardoso, Peixoto",
    "Rua XV de Novembro, Av. Paulista, Rua das Palmeiras, Rua Sete de Setembro, Alameda Santos, Av. Getúlio Vargas, Rua Tiradentes, Travessa São José, Rua Dom Pedro II, Av. Brasil, Rua Barão de Mauá, Rua dos Ipês",
    "São Paulo/SP, Curitiba/PR, Recife/PE, Belo Horizonte/MG, Porto Alegre/RS, Salvador/BA, Goiânia/GO, Fortaleza/CE",
    "gmail.com, uol.com.br, bol.com.br, hotmail.com, terra.com.br",
    "(11) 9####-####, 21 9########, +55 (31) 9####-####, 419########",
  ),
  ro: land(
    "Ioana, Andrei, Elena, Bogdan, Mihaela, Ștefan, Alina, Răzvan, Cristina, Dragoș, Gabriela, Florin, Raluca, Ciprian, Simona, Sorin, Denisa, Ovidiu, Anca, Vlad, Lăcrămioara, Gheorghe, Carmen, Iulian",
    "Popescu, Ionescu, Dumitrescu, Stan, Munteanu, Georgescu, Rusu, Moldovan, Constantinescu, Diaconu, Ungureanu, Tănase, Bălan, Lupu, Nistor, Crăciun, Voicu, Mocanu, Șerban, Dobre, Pavel, Stănescu, Manea, Ciobanu",
    "Str. Mihai Eminescu, Bd. Unirii, Str. Avram Iancu, Calea Victoriei, Str. Libertății, Aleea Teilor, Str. Horea, Șos. Pantelimon, Str. Ștefan cel Mare, Bd. Dacia, Str. Morilor, Intr. Cerbului",
    "Cluj-Napoca, București, Iași, Timișoara, Brașov, Constanța, Sibiu, Oradea",
    "yahoo.com, gmail.com, yahoo.ro, rdslink.ro",
    "07########, 07## ### ###, +407########, 0040 7## ### ###",
  ),
  nl: land(
    "Sanne, Daan, Fleur, Bram, Lotte, Sjoerd, Femke, Joost, Marieke, Thijs, Anouk, Ruben, Willemijn, Koen, Geertje, Wouter, Roos, Jasper, Ingrid, Maarten, Noortje, Pim, Saskia, Hidde",
    "de Vries, van den Berg, Bakker, Janssen, Visser, Smit, Meijer, van Dijk, Mulder, de Boer, Dekker, Hoekstra, van der Meer, Kuipers, Veenstra, Postma, Brouwer, Schouten, Huisman, ter Horst, Wiersma, van Leeuwen, Gerritsen, Blom",
    "Dorpsstraat, Prinsengracht, Molenweg, Kerkstraat, Julianalaan, Lange Nieuwstraat, Beatrixplantsoen, Stationsweg, Burg. de Ruijterlaan, Wilhelminakade, Eikenlaan, Havenstraat",
    "Zwolle, Utrecht, Leeuwarden, Breda, Haarlem, Nijmegen, Apeldoorn, Delft",
    "ziggo.nl, kpnmail.nl, gmail.com, xs4all.nl, hotmail.nl",
    "06-########, 06 ## ## ## ##, +31 6 ########, 038-#######",
  ),
  pl: land(
    "Agnieszka, Krzysztof, Małgorzata, Łukasz, Katarzyna, Paweł, Zofia, Grzegorz, Beata, Wojciech, Aleksandra, Jakub, Ewelina, Mateusz, Halina, Zbigniew, Justyna, Sławomir, Karolina, Dariusz, Bożena, Rafał, Weronika, Mirosław",
    "Kowalski, Wiśniewski, Nowak, Zieliński, Wójcik, Lewandowski, Szymański, Dąbrowski, Kaczmarek, Mazur, Krawczyk, Piotrowski, Grabowski, Pawlak, Michalski, Król, Wieczorek, Jabłoński, Sikora, Baran, Rutkowski, Szewczyk, Ostrowski, Gajda",
    "ul. Długa, ul. Piłsudskiego, os. Złotego Wieku, al. Niepodległości, ul. Mickiewicza, ul. Kościuszki, ul. Polna, pl. Wolności, ul. Słoneczna, ul. Ogrodowa",
    "Kraków, Wrocław, Łódź, Poznań, Gdańsk, Lublin, Rzeszów, Białystok",
    "wp.pl, onet.pl, o2.pl, gmail.com, interia.pl",
    "+48 %## ### ###, %## ### ###, %##-###-###, 48%########",
    (family) => family.replace(/ki$/u, "ka"),
  ),
  cz: land(
    "Adéla, Vojtěch, Natálie, Ondřej, Barbora, Matěj, Kristýna, Jáchym, Eliška, Šimon, Tereza, Dominik, Anežka, Kryštof, Veronika, Filip, Markéta, Štěpán, Lucie, Radek, Ema, Tadeáš, Viktorie, Hynek",
    "Novák, Svoboda, Dvořák, Procházka, Kučera, Horák, Pokorný, Marek, Hájek, Jelínek, Růžička, Beneš, Fiala, Sedláček, Zeman, Kolář, Urban, Vaněk, Blažek, Kříž, Bartoš, Vlček, Polák, Musil",
    "Na Příkopě, Husova, Masarykova, Palackého třída, Lidická, U Nádraží, Školní, Zahradní, Komenského, Jiráskova",
    "Brno, Plzeň, Olomouc, Liberec, Pardubice, Ostrava, Zlín, Tábor",
    "seznam.cz, centrum.cz, email.cz, gmail.com",
    "+420 %## ### ###, %## ### ###, 00420%########, %########",
    (family) =>
      family.endsWith("ý")
        ? family.replace(/ý$/u, "á")
        : `${family.replace(/něk$/u, "ňk").replace(/ek$/u, "k").replace(/a$/u, "")}ová`,
  ),
  se: land(
    "Astrid, Oskar, Elsa, Nils, Linnéa, Viktor, Maja, Gustaf, Ebba, Rasmus, Ulrika, Mats, Birgitta, Lennart, Frida, Joakim, Åsa, Håkan, Saga, Anton, Kerstin, Göran, Tuva, Björn",
    "Andersson, Lindqvist, Bergström, Nyström, Holmgren, Sandberg, Ekström, Forsberg, Wallin, Lundgren, Hedlund, Åkesson, Öberg, Sjöberg, Norén, Blomqvist, Eklund, Hallberg, Strand, Löfgren, Dahlin, Fransson, Mattsson, Ström",
    "Storgatan, Drottninggatan, Kungsgatan, Skolvägen, Björkvägen, Östra Hamngatan, Södra Förstadsgatan, Ringvägen, Tallstigen, Ängsvägen, Vasagatan",
    "Malmö, Uppsala, Västerås, Örebro, Linköping, Umeå, Gävle, Lund",
    "telia.com, gmail.com, hotmail.se, bredband.net, live.se",
    "070-### ## ##, +4673#######, 0046 76 ### ## ##, 072#######",
  ),
  fi: land(
    "Aino, Mikko, Helmi, Jukka, Kaisa, Antti, Riikka, Ville, Päivi, Jari, Noora, Eero, Sanna, Timo, Outi, Heikki, Emilia, Olli, Minna, Väinö, Tuula, Sami, Hilkka, Juhani",
    "Korhonen, Virtanen, Mäkinen, Nieminen, Hämäläinen, Laine, Heikkinen, Koskinen, Järvinen, Lehtonen, Saarinen, Salminen, Niemi, Kinnunen, Räsänen, Peltonen, Ahonen, Lahtinen, Tuominen, Ojala, Hiltunen, Savolainen, Mattila, Rantanen",
    "Mannerheimintie, Hämeenkatu, Koulukatu, Rantatie, Puistokatu, Aleksanterinkatu",
    "Tampere, Oulu, Turku, Kuopio, Espoo, Lahti, Vaasa, Joensuu",
    "elisanet.fi, gmail.com, kolumbus.fi, luukku.com, hotmail.fi",
    "040 ### ####, +358 50 ### ####, 045#######, 0400 ######",
  ),
  hu: land(
    "Eszter, Balázs, Zsuzsanna, Gergő, Katalin, Zoltán, Réka, Attila, Ildikó, Márton, Boglárka, Tamás, Ágnes, László, Dóra, Csaba, Viktória, Bence, Piroska, Ferenc, Nóra, Szabolcs, Györgyi, Ádám",
    "Nagy, Kovács, Tóth, Szabó, Horváth, Varga, Kiss, Molnár, Németh, Farkas, Balogh, Papp, Takács, Juhász, Lakatos, Mészáros, Oláh, Simon, Rácz, Fekete, Szilágyi, Török, Fehér, Gál",
    "Kossuth Lajos u., Petőfi Sándor utca, Rákóczi út, Széchenyi tér, Ady Endre u., Béke utca, Dózsa György út, Arany János u., Váci út, Damjanich utca",
    "Debrecen, Szeged, Pécs, Győr, Miskolc, Budapest, Eger, Sopron",
    "freemail.hu, citromail.hu, gmail.com, t-online.hu",
    "+36 30 ### ####, 06-20-###-####, 0670#######, 36/30 ###-##-##",
  ),
  tr: land(
    "Zeynep, Emre, Ayşe, Burak, Elif, Murat, Gülşen, Oğuzhan, Fatma, Serkan, Büşra, Tolga, Nilgün, Kemal, Hatice, Uğur, Merve, Barış, Şeyma, Cem, Derya, Yiğit, Sevgi, Ömer",
    "Yılmaz, Kaya, Demir, Şahin, Çelik, Yıldız, Yıldırım, Öztürk, Aydın, Arslan, Doğan, Kılıç, Aslan, Çetin, Koç, Kurt, Özdemir, Polat, Korkmaz, Güneş, Erdoğan, Türkmen, Bulut, Akın",
    "Atatürk Cad., İstiklal Caddesi, Cumhuriyet Mah. Lale Sk., Bağdat Cad., Gazi Bulvarı, Fevzi Çakmak Sok.",
    "İstanbul, Ankara, İzmir, Bursa, Antalya, Konya, Adana, Trabzon",
    "hotmail.com, gmail.com, mynet.com, yandex.com.tr",
    "0(5##) ### ## ##, +90 53# ### ## ##, 054########, 5########%",
  ),
  gr: land(
    "Μαρία, Γιώργος, Ελένη, Δημήτρης, Κατερίνα, Νίκος, Βασιλική, Κώστας, Σοφία, Παναγιώτης, Αναστασία, Θανάσης, Ευαγγελία, Σπύρος, Δέσποινα, Χρήστος, Ιωάννα, Μιχάλης, Φωτεινή, Στέλιος, Χριστίνα, Άγγελος, Αγγελική, Λευτέρης",
    "Παπαδόπουλος, Νικολαΐδης, Γεωργίου, Βλάχος, Οικονόμου, Καραγιάννης, Δημητρίου, Παππάς, Αντωνίου, Μακρής, Αλεξίου, Χατζής, Κωνσταντινίδης, Σταματίου, Ζαχαρίου, Μανωλάκης, Λάμπρου, Πετράκης, Θεοδώρου, Γκίκας",
    "Πατησίων, Λεωφ. Κηφισίας, Ερμού, Αγίου Δημητρίου, Βασ. Σοφίας, Εγνατία, Σόλωνος, Κύπρου, Ακαδημίας, Ομήρου",
    "Αθήνα, Θεσσαλονίκη, Πάτρα, Ηράκλειο, Λάρισα, Βόλος",
    "gmail.com, yahoo.gr, otenet.gr, hotmail.gr",
    "69########, 697 ### ####, +30 694 #######, 210 #######",
    (family) =>
      family
        .replace(/ος$/u, "ου")
        .replace(/ίδης$/u, "ίδου")
        .replace(/([ηά])ς$/u, "$1"),
  ),
  bg: land(
    "Мария, Георги, Десислава, Димитър, Петя, Стоян, Виолета, Калоян, Гергана, Ивайло, Радостина, Красимир, Силвия, Петко, Цветелина, Борис, Надежда, Тодор, Йоана, Пламен, Снежана, Мартин, Боряна, Атанас",
    "Иванов, Петров, Димитров, Стоянов, Тодоров, Николов, Ангелов, Христов, Колев, Маринов, Желев, Василев, Атанасов, Генов, Русев, Бояджиев, Цонев, Милев, Кирилов, Пенчев",
    "ул. Шипка, бул. Витоша, ул. Цар Симеон, ул. Хан Аспарух, бул. Христо Ботев, ж.к. Младост бл., ул. Гурко, ул. Опълченска, бул. Марица",
    "София, Пловдив, Варна, Бургас, Русе, Плевен",
    "abv.bg, mail.bg, gmail.com",
    "088#######, 0878 ### ###, +359 89 ### ####, 00359 88#######",
    (family) => `${family}а`,
  ),
  ru: land(
    "Екатерина, Алексей, Ольга, Дмитрий, Татьяна, Сергей, Наталья, Андрей, Светлана, Михаил, Юлия, Роман, Ирина, Павел, Людмила, Виктор, Ксения, Артём, Галина, Никита",
    "Смирнов, Кузнецов, Соколов, Лебедев, Козлов, Новиков, Морозов, Волков, Зайцев, Павлов, Голубев, Виноградов, Воробьёв, Фёдоров, Беляев, Тарасов, Белов, Комаров, Орлов, Киселёв",
    "ул. Ленина, пр-т Мира, ул. Гагарина, наб. реки Фонтанки, ул. Пушкина, пер. Садовый",
    "Москва, Казань, Самара, Пермь, Екатеринбург, Омск",
    "mail.ru, yandex.ru, rambler.ru, bk.ru",
    "+7 (9##) ###-##-##, 8 9## ### ## ##, 89#########",
    (family) => `${family}а`,
  ),
  hr: land(
    "Ivana, Tomislav, Mirjana, Hrvoje, Petra, Domagoj, Snježana, Zvonimir, Marina, Krešimir, Lucija, Ante, Vesna, Dražen, Nikolina, Josip, Jadranka, Goran, Maja, Željko, Antonija, Stjepan, Dubravka, Luka",
    "Horvat, Kovačević, Babić, Marić, Jurić, Novak, Knežević, Vuković, Matić, Tomić, Pavlović, Božić, Grgić, Perković, Šarić, Lončar, Blažević, Ćosić, Bašić, Perić, Radić, Filipović, Šimić, Mandić",
    "Ilica, Vukovarska ulica, Ulica kralja Tomislava, Trg bana Jelačića, Savska cesta, Put Firula",
    "Zagreb, Split, Rijeka, Osijek, Zadar, Pula, Varaždin, Šibenik",
    "gmail.com, net.hr, inet.hr, t-com.hr",
    "091 ### ####, +385 98 ### ###, 095/###-####, 00385 92 #######",
  ),
  id: land(
    "Siti, Budi, Dewi, Agus, Rina, Joko, Putri, Eko, Wulan, Dedi, Fitri, Hendra, Ratna, Wahyu, Indah, Bambang, Sri, Rizky, Ayu, Yusuf, Lestari, Slamet, Nurul, Fajar",
    "Santoso, Wijaya, Lestari, Saputra, Hidayat, Nugroho, Kusuma, Siregar, Setiawan, Permata, Gunawan, Simanjuntak, Utami, Prasetyo, Rahmawati, Susanto, Pratama, Halim, Wibowo, Firmansyah, Nasution, Suryadi, Maulana, Anggraini",
    "Jl. Sudirman, Jl. Merdeka, Gg. Melati, Jl. Diponegoro, Jl. Ahmad Yani, Perum Griya Asri Blok C, Jl. Gatot Subroto, Jl. Kebon Jeruk, Jl. Raya Darmo",
    "Jakarta Selatan, Bandung, Surabaya, Semarang, Medan, Denpasar, Yogyakarta",
    "gmail.com, yahoo.co.id, ymail.com",
    "0812########, +62 813-####-####, 0857-####-####, 62878########",
  ),
  vn: land(
    "Thi Lan, Van Hung, Thi Thu Ha, Minh Tuan, Ngoc Anh, Duc Anh, Thi Mai, Quang Huy, Thanh Thao, Hoang Nam, Bich Ngoc, Tuan Kiet, Phuong Linh, Gia Bao, Khanh Vy, Dinh Phuc, My Duyen, Anh Khoa, Hong Nhung, Trung Hieu",
    "Nguyen, Tran, Le, Pham, Hoang, Huynh, Phan, Vu, Vo, Dang, Bui, Do, Ho, Ngo, Duong, Ly, Dinh, Mai, Truong, Lam",
    "Le Loi, Tran Hung Dao, Nguyen Hue, Hai Ba Trung, Ly Thuong Kiet, Dien Bien Phu, Cach Mang Thang Tam, Phan Chu Trinh",
    "Q.1 TP.HCM, Ha Noi, Da Nang, Can Tho, Hai Phong, Hue, Nha Trang",
    "gmail.com, yahoo.com.vn",
    "09########, 03# ### ####, +84 90 ### ## ##, 0912.###.###",
  ),
  ae: land(
    "Fatima, Khalid, Maryam, Abdulrahman, Noura, Saeed, Aisha, Hamdan, Latifa, Yousef, Shamma, Rashid, Hessa, Tariq, Amal, Faisal, Moza, Majid, Reem, Omar, Salma, Ibrahim, Hind, Sultan",
    "Al Mansoori, Al Nuaimi, Al Zaabi, Al Hashimi, Al Shamsi, Al Marri, Al Suwaidi, Al Mazrouei, Haddad, Khoury, El-Sayed, Abdel Fattah, Al Falasi, Al Ketbi, Bin Ghanem, Al Qasimi, Nasser, Al Dhaheri, Mahmoud, Al Balushi",
    "Shari3 Al Wasl, Shari3 Khalifa, Al Rigga Rd, Corniche St, Hay Al Nahda",
    "Dubai, Abu Dhabi, Al Ain, Sharjah, Ajman, Fujairah, Ras Al Khaimah",
    "gmail.com, eim.ae, hotmail.com",
    "050 ### ####, +971 55 ### ####, 00971 56#######, 052-#######",
  ),
  in: land(
    "Priya, Rajesh, Sunita, Amit, Kavita, Suresh, Anjali, Vikram, Meena, Sanjay, Pooja, Arvind, Lakshmi, Deepak, Neha, Ramesh, Shweta, Manoj, Geeta, Harish, Savitri, Nitin, Rekha, Ashok",
    "Sharma, Verma, Patel, Iyer, Reddy, Gupta, Nair, Chauhan, Joshi, Mishra, Kulkarni, Deshmukh, Yadav, Banerjee, Agarwal, Pillai, Rathore, Bhatt, Chaudhary, Singh, Tiwari, Menon, Saxena, Pandey",
    "MG Road, Gandhi Nagar, Lajpat Nagar II, Sector 14, Station Road, Shivaji Marg, Nehru Colony, Linking Road",
    "Pune, Jaipur, Lucknow, Chennai, Ahmedabad, Bhopal, Nagpur, Kochi",
    "gmail.com, rediffmail.com, yahoo.co.in",
    "98########, +91 99### #####, 0%########%, 91-97########",
  ),
  jp: land(
    "Yuko, Takashi, Haruka, Kenji, Misaki, Daisuke, Ayumi, Hiroshi, Naoko, Shinji, Kaori, Ryota, Emi, Makoto, Sachiko, Kazuya, Mayumi, Tetsuya, Asuka, Yusuke, Keiko, Satoru, Rina, Koji",
    "Sato, Suzuki, Takahashi, Tanaka, Watanabe, Ito, Yamamoto, Nakamura, Kobayashi, Kato, Yoshida, Yamada, Sasaki, Matsumoto, Inoue, Kimura, Hayashi, Shimizu, Yamazaki, Mori, Ikeda, Hashimoto, Ishikawa, Ogawa",
    "Shibuya-ku Jingumae, Naka-ku Sakae, Kita-ku Umeda, Setagaya-ku Sangenjaya, Chuo-ku Tenjin, Aoba-ku Ichibancho, Minato-ku Akasaka, Sakyo-ku Yoshida",
    "Tokyo-to, Nagoya-shi, Osaka-shi, Fukuoka-shi, Sendai-shi, Kyoto-shi",
    "docomo.ne.jp, gmail.com, yahoo.co.jp, ezweb.ne.jp",
    "090-####-####, 080-####-####, +81 90 #### ####",
  ),
  mx: land(
    "María Guadalupe, José Luis, Alejandra, Juan Carlos, Fernanda, Jorge, Ximena, Arturo, Verónica, Ricardo, Daniela, Héctor, Leticia, Raúl, Paola, Eduardo, Norma, Gerardo, Itzel, Óscar, Rosario, Iván, Yolanda, Emiliano",
    "Hernández, García, Martínez, López, González, Pérez, Rodríguez, Sánchez, Ramírez, Cruz, Flores, Gómez, Morales, Vázquez, Reyes, Jiménez, Torres, Gutiérrez, Ruiz, Mendoza, Aguilar, Ortiz, Castillo, Chávez",
    "Av. Insurgentes Sur, Calle 5 de Mayo, Blvd. Díaz Ordaz, Calle Reforma, Av. Juárez, Privada Los Pinos, Calz. de Tlalpan",
    "CDMX, Guadalajara, Monterrey, Puebla, León, Mérida, Hermosillo, Toluca",
    "hotmail.com, prodigy.net.mx, gmail.com, live.com.mx",
    "55 #### ####, +52 1 33 #### ####, (81) ####-####, 044 55########, 222 ### ## ##",
  ),
  ca: land(
    "Geneviève, Mathieu, Josée, Sylvain, Marie-Ève, Stéphane, Chantal, Alexandre, Manon, Jean-François, Mélanie, Martin, Ginette, Réjean, Isabelle, Yannick, Lise, Marc-André, Annie, Normand, Audrey, Luc, Francine, Gaétan",
    "Tremblay, Gagnon, Roy, Côté, Bouchard, Gauthier, Morin, Lavoie, Fortin, Gagné, Ouellet, Pelletier, Bélanger, Lévesque, Bergeron, Leblanc, Paquette, Girard, Simard, Boucher, Caron, Beaulieu, Cloutier, Dubé",
    "rue Saint-Denis, boul. Charest Ouest, av. du Parc, rue Sherbrooke Est, ch. Sainte-Foy, rang Saint-Joseph, rue des Érables, boul. Laurier, rue Principale",
    "Québec QC, Laval QC, Gatineau QC, Saguenay QC, Trois-Rivières QC, Longueuil QC",
    "videotron.ca, gmail.com, hotmail.com, bell.net, sympatico.ca",
    "418 ###-####, (514) ###-####, 450-###-####, 1-819-###-####",
  ),
  at: land(
    "Theresia, Leopold, Magdalena, Franz, Katharina, Johann, Elfriede, Karl, Sieglinde, Gernot, Valentina, Florian, Waltraud, Reinhard, Judith, Alois, Hannah, Gottfried, Brigitte, Lukas, Roswitha, Markus, Ingeborg, Matthias",
    "Gruber, Huber, Wagner, Pichler, Steiner, Moser, Mayer, Hofer, Leitner, Berger, Fuchs, Eder, Fischer, Schmid, Winkler, Schwarz, Haider, Brunner, Lang, Wimmer, Egger, Auer, Kirchmayr, Pointner",
    "Mariahilfer Straße, Linzer Gasse, Annenstraße, Landstraßer Hauptstr., Maria-Theresien-Straße, Am Hauptplatz",
    "Wien, Graz, Linz, Salzburg, Innsbruck, Klagenfurt, Wels",
    "gmx.at, aon.at, chello.at, gmail.com",
    "0664 #######, +43 676 ### ## ##, 0699/########, 01 ### ## ##",
  ),
  de: land(
    "Heike, Jürgen, Sabine, Torsten, Nadine, Uwe, Birgit, Sven, Mareike, Holger, Kirsten, Dirk, Franziska, Malte, Ute, Detlef, Swantje, Henning, Anke, Rolf, Silke, Ralf, Antje, Niklas",
    "Schröder, Krüger, Hartmann, Vogt, Lehmann, Petersen, Brandt, Köhler, Jansen, Böttcher, Ziegler, Pohl, Engel, Kühn, Bergmann, Thiele, Sauer, Arnold, Lindner, Voß, Seidel, Hansen, Rademacher, Wulf",
    "Bahnhofstraße, Lindenallee, Goethestr., Am Markt",
    "Bremen, Kassel, Erfurt, Kiel, Mannheim",
    "web.de, t-online.de, gmx.de, posteo.de",
    "0171 #######, +49 160 ########, 0421/######",
  ),
  es: land(
    "Lucía, Álvaro, Marta, Sergio, Nerea, Iker, Rocío, Adrián, Montserrat, Jordi, Pilar, Gonzalo, Ainhoa, Rubén, Begoña, Xavier, Macarena, Ignacio, Noelia, Borja, Inmaculada, Víctor, Carmen, Unai",
    "Navarro, Iglesias, Serrano, Molina, Blanco, Suárez, Castro, Ortega, Rubio, Marín, Sanz, Núñez, Medina, Garrido, Cortés, Puig, Lozano, Guerrero, Cano, Prieto, Etxeberria, Ferrer, Vidal, Pascual",
    "C/ Mayor, Avda. de la Constitución, Pza. España, C/ Alcalá, Passeig de Gràcia, Ronda de Toledo",
    "Madrid, Sevilla, Bilbao, Valencia, Zaragoza, Girona",
    "gmail.com, telefonica.net, hotmail.es, yahoo.es",
    "6## ### ###, +34 6## ## ## ##, 91 ### ## ##, 0034 7########",
  ),
  dk: land(
    "Mette, Søren, Kirsten, Lars, Pernille, Jeppe, Gitte, Mikkel, Hanne, Troels, Signe, Rune, Bodil, Preben, Freja, Asger, Lone, Flemming, Trine, Kasper, Rikke, Ole, Ditte, Bjarne",
    "Jensen, Nielsen, Hansen, Pedersen, Andersen, Christensen, Larsen, Sørensen, Rasmussen, Kjær, Møller, Thomsen, Bæk, Østergaard, Dam, Skov, Lund, Holm, Kristiansen, Bech, Friis, Nørgaard, Juhl, Vestergaard",
    "Vestergade, Nørrebrogade, Strandvejen, Skovvej",
    "Odense, Aarhus, Aalborg, Esbjerg",
    "mail.dk, gmail.com, live.dk",
    "## ## ## ##, +45 ########",
  ),
  za: land(
    "Thandiwe, Sipho, Nomvula, Pieter, Lerato, Johan, Zanele, Bongani, Anika, Themba, Busisiwe, Riaan, Precious, Mandla, Chantelle, Kagiso, Nokuthula, Hendrik, Palesa, Dumisani, Elmarie, Tshepo, Ayanda, Gert",
    "Nkosi, van der Merwe, Dlamini, Botha, Naidoo, Mokoena, Khumalo, Pretorius, Mthembu, Govender, Ndlovu, Venter, Zulu, Sithole, du Plessis, Molefe, Adams, Coetzee, Mabaso, Steyn, Pillay, Radebe, Fourie, Cele",
    "Long Street, Voortrekker Rd, Oxford Road, Jan Smuts Ave, Church St, Florida Road, Kerk Street, Marine Drive",
    "Cape Town, Durban, Pretoria, Bloemfontein, Gqeberha, Polokwane",
    "gmail.com, mweb.co.za, telkomsa.net",
    "082 ### ####, +27 83 ### ####, 071#######",
  ),
  fr: land(
    "Camille, Julien, Aurélie, Benoît, Solène, Thibault, Maëlys, Cédric, Odile, Rémi, Clémence, Arnaud, Séverine, Loïc, Élodie, Fabrice, Océane, Gilles, Bénédicte, Yann, Margaux, Didier, Coralie, Baptiste",
    "Lefebvre, Moreau, Garnier, Chevalier, Rousseau, Fontaine, Lemoine, Perrin, Marchand, Dufour, Meunier, Brunet, Guillot, Le Goff, Renard, Besson, Jacquet, Charpentier, Vasseur, Poirier, Aubry, Delmas, Carpentier, Hamon",
    "rue de la République, allée des Tilleuls, quai Voltaire",
    "Lyon, Nantes, Lille, Rennes",
    "orange.fr, free.fr, laposte.net, gmail.com, wanadoo.fr",
    "06 ## ## ## ##, +33 7 ## ## ## ##, 01.##.##.##.##",
  ),
  ch: land(
    "Regula, Urs, Chiara, Beat, Nathalie, Reto, Vreni, Jean-Luc, Fabienne, Hansruedi, Sandra, Luca, Annelies, Pascal, Corinne, Marco, Ursina, Thierry, Simone, Ueli",
    "Müller, Meier, Schmid, Keller, Weber, Huber, Zürcher, Bernasconi, Favre, Rochat, Ammann, Gerber, Wyss, Frei, Baumann, Zbinden, Bianchi, Odermatt, Aebischer, Hürlimann",
    "Bahnhofstrasse, Dorfstrasse, Rue du Rhône, Via Nassa",
    "Zürich, Bern, Lausanne, Lugano",
    "bluewin.ch, gmail.com, hispeed.ch",
    "079 ### ## ##, +41 78 ### ## ##, 044 ### ## ##",
  ),
} satisfies Readonly<Record<string, Land>>;

type LandCode = keyof typeof lands;

interface Person {
  readonly woman: boolean;
  readonly given: string;
  readonly family: string;
  readonly born: Day;
  readonly mail: string;
}

const latin: ReadonlyMap<string, string> = new Map(
  words(
    "ł=l, ø=o, đ=d, ı=i, ß=ss, æ=ae, а=a, б=b, в=v, г=g, д=d, е=e, ж=zh, з=z, и=i, к=k, л=l, м=m, н=n, о=o, п=p, р=r, с=s, т=t, у=u, ф=f, х=h, ц=ts, ч=ch, ш=sh, щ=sht, ъ=a, ы=y, ь=, э=e, ю=yu, я=ya, α=a, β=v, γ=g, δ=d, ε=e, ζ=z, η=i, θ=th, ι=i, κ=k, λ=l, μ=m, ν=n, ξ=x, ο=o, π=p, ρ=r, σ=s, ς=s, τ=t, υ=y, φ=f, χ=ch, ψ=ps, ω=o",
  ).map((pair) => [pair.charAt(0), pair.slice(2)]),
);

/** The plain letters that somebody uses in a mail address. */
const plain = (text: string): string =>
  Array.from(text.toLowerCase().normalize("NFD"), (letter) => latin.get(letter) ?? letter)
    .join("")
    .replace(/[^a-z]/gu, "");

function mailOf(dice: Dice, given: string, family: string, domain: string, born: Day): string {
  const [first, last] = [plain(given), plain(family)];
  const local = dice.pick([
    `${first}.${last}`,
    `${first.charAt(0)}.${last}`,
    `${last}${String(born.year).slice(2)}`,
    `${first}_${last}`,
    `${first}${dice.int(1, 99)}`,
    `${first}${last.charAt(0)}`,
  ]);
  return `${local}@${domain}`;
}

/** The people of one table; a row always gives the same person. */
export const people =
  (code: LandCode, table: string, from: number = 1942, to: number = 2004, domain?: string) =>
  (row: number): Person => {
    const home: Land = lands[code];
    const dice = diceFor(`four/people/${table}/${row}`);
    const at = dice.int(0, home.given.length - 1);
    const woman = at % 2 === 0;
    const given = home.given[at] ?? "";
    const own = dice.pick(home.family);
    const family = woman && home.hers !== undefined ? home.hers(own) : own;
    const born = dayBetween(dice, from, to);
    const mail = mailOf(dice, given, family, domain ?? dice.pick(home.domains), born);
    return { woman, given, family, born, mail };
  };

export const phoneIn = (dice: Dice, code: LandCode): string => dice.shape(dice.pick<string>(lands[code].phones));
export const streetIn = (dice: Dice, code: LandCode): string => dice.pick<string>(lands[code].streets);
export const townIn = (dice: Dice, code: LandCode): string => dice.pick<string>(lands[code].towns);

type Who = (row: number) => Person;

export const named =
  (who: Who): Make =>
  (_, row) =>
    `${who(row).given} ${who(row).family}`;

export const familyFirst =
  (who: Who, join: string = " "): Make =>
  (_, row) =>
    `${who(row).family}${join}${who(row).given}`;

export const givenOf =
  (who: Who): Make =>
  (_, row) =>
    who(row).given;

export const familyOf =
  (who: Who): Make =>
  (_, row) =>
    who(row).family;

export const mailFrom =
  (who: Who): Make =>
  (_, row) =>
    who(row).mail;

export const bornOn =
  (who: Who, form: string): Make =>
  (_, row) =>
    written(who(row).born, form);

export const numberOf =
  (who: Who, make: (dice: Dice, person: Person) => string): Make =>
  (dice, row) =>
    make(dice, who(row));

export const phones =
  (code: LandCode): Make =>
  (dice) =>
    phoneIn(dice, code);
