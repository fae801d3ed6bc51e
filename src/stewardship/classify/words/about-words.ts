/** Words that say that a column is about something and does not hold it: email_verified, phone_type, card_count. */
import { wordList, wordsOfLanguages } from "./word-list.ts";
import { hasWord, type NameWords } from "../name-pieces.ts";

const aboutWords: readonly string[] = wordList(
  `is has flag count cnt total verified confirmed valid optin opt template status state type kind typ format sent hash hashed sha md
  token domain subject body consent provider model brand class category enabled allowed quota version label id uuid guid fk rank
  score length size pattern regex bounced opened clicked subscribed required expiry expires limit method campaign prefix`,
);

export function isAbout(name: NameWords): boolean {
  return hasWord(name, aboutWords);
}

/** Words for numbers that a business gives to its own things. */
const businessWords: readonly string[] = wordsOfLanguages({
  all: `order invoice sku product article item serial tracking shipment parcel batch lot ticket booking reservation transaction reference
  ref barcode ean isbn imei epoch timestamp ts version build release checksum part sequence seq voucher coupon contract policy claim
  meter asset license licence key code rev revision bestellung bestellnummer rechnung artikel auftrag vorgang commande facture
  produit pedido factura producto ordine fattura prodotto comanda produs zamowienie faktura produkt bestelling factuur tilaus lasku
  ordre objednavka narudzba siparis fatura encomenda rendeles szamla loyalty giftcard gift points sendung iccid gtin upc asin vin plate kennzeichen docket case confirmation receipt imsi meid
  auftragsnummer rechnungsnummer bestellnr auftragsnr belegnr beleg vorgangsnummer numpedido nropedido numfactura dossier dosya zakazka
  заказ заказа накладная замовлення поръчка παραγγελία pesanan faktur don_hang 订单 订单号 注文番号 주문번호 طلب הזמנה`,
});

export function isBusinessNumber(name: NameWords): boolean {
  return hasWord(name, businessWords);
}
