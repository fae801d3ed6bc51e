/** Words for things that have a name and are no person, in names of columns and tables. Data only. */
import { wordsOfLanguages } from "./word-list.ts";

export const thingWords = wordsOfLanguages({
  English: `company product file filename host hostname domain table column event project category city town country region state street
  department dept brand model item group plan campaign username userid login loginid display screen service server database schema package
  module class team organization organisation org vendor supplier shipper merchant school hospital store shop branch brnch bank location site
  venue warehouse hotel restaurant station airport airline vessel ships bucket queue topic job task status type tag label key field
  param parameter setting feature color colour currency language code role segment title song track album genre film movie book
  playlist course subject disease drug medication procedure species animal pet stadium ingredient recipe dish game channel repo
  repository commit environment unit shift reason nick handle alias slug municipality district county province continent holiday metric
  report dashboard template policy territory method demographic culture description scrap illustration material device sensor machine
  asset vehicle car engine program app application accounts index constraint user_name screenname archive legal_name legalname
  trade_name tradename employer firm manufacturer maker carrier producer depot ward clinic club band party_name line_item lineitem sku
  commodity goods substance chemical mineral plant flower fruit vegetable wine beer coffee dog cat horse breed hurricane storm mountain
  river lake island planet star moon building room floor hall font theme icon layer license equipment tool component part variant size
  collection series episode issue volume magazine newspaper journal publisher label_name bin pool cluster node namespace container image
  job_title jobtitle position occupation profession rank grade degree diagnosis symptom allergen vaccine test exam lesson`,
  German: `firma firm artikel produkt ort stadt land datei verein klasse abteilung bezeichnung firmenname filiale ware geschaft lieferant
  marke hersteller arbeitgeber schule krankenhaus strasse benutzername anmeldename kostenstelle`,
  French: `produit article ville pays entreprise societe fichier fournisseur marque fabricant libelle employeur ecole magasin designation
  raison_sociale rue identifiant enseigne`,
  Spanish:
    "producto ciudad pais empresa archivo articulo proveedor marca fabricante escuela tienda calle razon_social sucursal giro usuario",
  Portuguese:
    "produto cidade pais empresa arquivo artigo fornecedor marca fabricante escola loja rua razao_social mercadoria fantasia",
  Italian:
    "prodotto citta paese azienda articolo fornitore marca produttore scuola negozio via ragione_sociale ditta merce",
  Romanian: "produs oras tara companie articol furnizor marca scoala magazin denumire firma societate utilizator",
  Dutch: "bedrijf artikel product stad leverancier merk fabrikant school winkel gebruikersnaam bedrijfsnaam werkgever",
  Polish: "produkt towar miasto kraj spolka dostawca marka producent szkola sklep firma nazwa_firmy",
  Swedish: "leverantor varor vara produkt foretag marke skola butik ort anvandarnamn",
  Norwegian: "leverandor vare selskap merke skole butikk bedrift brukernavn",
  Danish: "leverandor vare virksomhed maerke skole butik brugernavn",
  Finnish: "yritys kaupunki toimittaja tuote tuotteet tuotemerkki koulu kauppa kayttajatunnus",
  Icelandic: "fyrirtaeki vara voru vorur birgir voruheiti",
  Estonian: "toode ettevote firma tooted tarnija kool",
  Latvian: "prece preces uznemums razotajs skola nosaukums",
  Lithuanian: "preke prekes imone gamintojas mokykla pavadinimas",
  Czech: "spolecnost zbozi foretag dodavatel vyrobek vyrobce znacka skola obchod mesto kraj firma",
  Slovak: "tovar spolocnost dodavatel vyrobok znacka skola obchod",
  Hungarian: "ceg varos szallito aru arucikk cikk termek gyarto iskola bolt marka cegnev megnevezes",
  Croatian: "tvrtka grad dobavljac roba artikl proizvod proizvodjac skola trgovina naziv poduzece preduzece",
  Slovenian: "izdelek izdelki podjetje dobavitelj sola trgovina naziv",
  Macedonian: "производ фирма компанија",
  Bulgarian: "стока продукт фирма доставчик stoka stoki",
  Russian: "товар товара продукт компания организация поставщик марка школа магазин фирма наименование",
  Ukrainian: "товар товару компанія організація постачальник школа магазин",
  Belarusian: "тавар кампанія",
  Greek: "προϊόν προϊόντα εταιρεία επωνυμία είδος προμηθευτής proion proionta etaireia",
  Turkish: "sirket sehir urun urunler tedarikci marka okul magaza firma kullanici",
  Azerbaijani: "mehsul sirket",
  Uzbek: "mahsulot tovar kompaniya",
  Albanian: "produkt produkti kompania artikulli",
  Indonesian: "barang produk perusahaan toko sekolah merek pengguna",
  Malay: "barang produk syarikat kedai sekolah",
  Vietnamese: "san_pham cong_ty hang_hoa mat_hang",
  Tagalog: "produkto kumpanya",
  Thai: "สินค้า บริษัท",
  Chinese: "商品 公司 产品 企业 品名 商品名称 公司名称 城市 用户名",
  Japanese: "商品 会社 品名 商品名 会社名 製品",
  Korean: "상품 회사 제품 상품명 회사명",
  Arabic: "المنتج منتج الشركة شركة",
  Hebrew: "מוצר חברה",
  Hindi: "उत्पाद कंपनी",
  Persian: "محصول شرکت کالا",
  Swahili: "bidhaa kampuni",
  Irish: "tairge cuideachta",
});

/** Tables of works, whose dates are of their making and whose names are titles. */
export const workTables = wordsOfLanguages({
  English:
    "album albums film films movie movies book books song songs track tracks game games painting paintings museum library product products catalogue catalog city cities country countries brand brands release releases building buildings ship ships company companies vendor vendors supplier suppliers equipment assets places locations regions",
  German: "artikel produkte bucher filme stadte firmen lieferanten",
  French: "produits livres films villes entreprises fournisseurs",
  Spanish: "productos libros peliculas ciudades empresas proveedores",
  Portuguese: "produtos livros filmes cidades empresas fornecedores",
  Italian: "prodotti libri film citta aziende fornitori",
});
