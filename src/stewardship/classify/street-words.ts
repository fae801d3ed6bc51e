/** Words for streets and squares in many languages, alone or as the end of a word. */
import { inLatin } from "./latin-letters.ts";

const wholeWords =
  /(?<![\p{L}])(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace|crescent|close|way|highway|hwy|parkway|pkwy|circle|cir|trail|row|mews|strasse|straße|str|weg|platz|pl|allee|gasse|ring|damm|ufer|rue|chemin|impasse|quai|route|allée|allee|cours|bd|faubourg|place|calle|c\/|avenida|avda|av|plaza|paseo|camino|carretera|ronda|travesia|via|viale|piazza|corso|largo|vicolo|strada|piazzale|contrada|rua|travessa|praca|praça|alameda|estrada|largo|bulevardul|b-dul|calea|aleea|soseaua|șoseaua|intrarea|splaiul|ul|ulica|al|aleja|os|osiedle|plac|straat|laan|plein|gracht|kade|dijk|steeg|singel|gatan|vagen|vägen|gata|väg|vej|gade|vei|veien|allé|katu|tie|kuja|polku|ulice|namesti|náměstí|trida|třída|nabrezi|utca|u|út|tér|krt|körút|sokak|sk|cad|cadde|caddesi|mah|mahallesi|bulvari|bulvarı|trg|cesta|odos|leoforos|prospekt|pereulok|vulytsia|jalan|marg|nagar|országút|orszagut|sor|fasor|köz|rakpart|lakótelep|lakotelep|sétány|setany|viela|beco|bairro|urbanização|urbanizacao|caminho|quinta|vijenac|šetalište|setaliste|sokağı|sokagi|bulvar|nábřeží|stræde|allé|torv|gränd|grand|stig|torg|quay|grove|villas|gardens|cottage|paddocks|mnt|maantee|tee|puiestee|pst|tänav|tanav|põik|gatve|gatvė|prospektas|aleja|alėja|skersgatvis|plentas|cesta|naselje|nábrežie|nabrezie|námestie|namestie|leoforos|plateia|agiou|agias|bul|bulevard|ulitsa)(?![\p{L}])/iu;
const endings =
  /^\p{L}{2,}?(?:straße|strasse|str\.|str|weg|platz|allee|gasse|ring|damm|ufer|steig|hof|straat|laan|plein|gracht|kade|dijk|singel|gatan|vägen|vagen|gata|väg|vej|gade|veien|vei|katu|tie|kuja|polku|stræde|torget|plads|linja|ranta|raitti|väylä|rinne|penger|kaari|aukio|gränd|stigen|backen|torg|torv)$/iu;
/** Abbreviations that are letters of names elsewhere: `Vilniaus g. 12`, `Kooli tn 4`, `ж.к. Младост бл. 5`. */
const beforeNumber = /\p{L}{3}["”]? (?:g\.|pr\.|al\.|tn|bl\.) ?\d|^(?:zh\.k\.|pl\.|ul\.) ?["„]?\p{L}/u;
const longest = 200;

/** Only the beginning of a long text is looked at. */
export function hasStreetWord(text: string): boolean {
  const beginning = inLatin(text.slice(0, longest).toLowerCase());
  return (
    wholeWords.test(beginning) ||
    beforeNumber.test(beginning) ||
    beginning.split(/[^\p{L}.]+/u).some((word) => word.length < 40 && endings.test(word))
  );
}

/** A street with the number of a house, before or after it. */
export function isStreetLine(text: string): boolean {
  return /\d/.test(text) && text.length >= 6 && text.length <= 160 && hasWords.test(text) && hasStreetWord(text);
}

/** Codes that only contain such letters have no words. */
const hasWords = /(?:^|[\s.,])\p{L}[\p{L}'’.-]{2,}(?=$|[\s.,])/u;
