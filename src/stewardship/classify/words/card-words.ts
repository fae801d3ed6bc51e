/** Words for the number of a payment card in names of columns, by language. Data only; the rules are in card-number.ts. */
import { wordsOfLanguages } from "./word-list.ts";

/** Names of the number itself. */
export const cardNumberWords = wordsOfLanguages({
  English:
    "card_number cardno cardnum cardnr credit_card credit_card_number ccnumber ccnum ccno debit_card payment_card bankcard primary_account_number",
  German: "kreditkarte kartennummer kreditkartennummer kartennr kreditkartennr",
  French: "carte_bancaire numero_carte num_carte carte_bleue",
  Spanish: "numero_tarjeta tarjeta_credito num_tarjeta nro_tarjeta",
  Portuguese: "numero_cartao cartao_credito num_cartao",
  Italian: "carta_di_credito numero_carta num_carta",
  Romanian: "numar_card nr_card",
  Polish: "numer_karty nr_karty",
  Dutch: "kaartnummer creditcardnummer",
  Nordic: "kortnummer korttinumero kreditkort luottokortti kortnr",
  Slavic: "cislo_karty kreditna_kartica broj_kartice stevilka_kartice номер_карты номер_карти",
  Turkish: "kart_no kart_numarasi kartno",
  Hungarian: "bankkartya kartyaszam",
  Indonesian: "nomor_kartu no_kartu",
  Vietnamese: "so_the",
  Greek: "αριθμός_κάρτας",
  Asian: "カード番号 卡号 信用卡号 카드번호",
  Arabic: "رقم_البطاقة_الائتمانية",
});

/** Words that may mean any card, so that the values have to be numbers of cards. */
export const cardWords = wordsOfLanguages({
  English: "cc pan card ccn",
  Others:
    "karte carte tarjeta carta cartao kaart kort kortti karta kart kartya karty kartica card карта καρτα kartu kartes kortele kaart",
});
