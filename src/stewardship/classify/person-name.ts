/**
 * Names of people: given names, family names, whole names. Things have names too, so that a column that is only called
 * `name` counts by its values and by what its table is about. The name with which somebody signs in is not one.
 */
import type { ColumnFacts } from "./column-facts.ts";
import type { Opinion } from "./finding.ts";
import { cutWordsIn, hasWord, wordsIn, type NameWords } from "./name-pieces.ts";
import { mayBeNames, nameSigns, type NameSigns } from "./name-values.ts";
import { isAboutPeople, isOfPersons } from "./siblings.ts";
import { placeWords } from "./words/address-words.ts";
import { familyNameWords, personNameWords, plainNameWords } from "./words/person-words.ts";
import { peopleTables, personalRoleWords } from "./words/role-words.ts";
import { wordList } from "./words/word-list.ts";
import { thingWords, workTables } from "./words/thing-words.ts";

/** Words that begin with one for any name are not cut: name, first and given would stand for anything. */
const cutNameWords = personNameWords.filter(
  (word) =>
    !/^(?:customer|contact|billing|shipping|preferred|mother|father|middle|display|family|person|birth|spouse|initials|alpha|maiden)/.test(
      word,
    ) && !plainNameWords.some((plain) => plain.length >= 3 && word.startsWith(plain)),
);

export function personName(facts: ColumnFacts): Opinion | undefined {
  const { kind, values, name } = facts;
  if (kind !== "text") return undefined;
  const exact = [...wordsIn(name, personNameWords), ...cutWordsIn(name, cutNameWords)];
  if (values.length === 0) return exact.length > 0 && !isCounted(facts) ? { confidence: 0.6, name: exact } : undefined;
  if (!mayBeNames(values)) return undefined;
  const signs = nameSigns(facts);
  const rates = {
    "written like names": signs.shaped,
    "known given names": signs.given,
    "known family names": Math.min(1, signs.family),
    "companies or places": signs.others,
  };
  if (signs.initials >= 0.5) return ofInitials(facts, exact, rates);
  if (signs.shaped < 0.6 || signs.others >= 0.3) return undefined;
  const isThing = isOfThing(facts);
  const found = signs.given + signs.family >= 0.1;
  if (exact.every((word) => callingNames.has(word)) && exact.length > 0 && !found && !isAboutPeople(facts.siblings))
    return undefined;
  if (exact.length > 0 && !isThing) return { confidence: found ? 0.97 : 0.85, name: exact, rates };
  if (isThing) return undefined;
  const opinion = byRole(facts, signs) ?? byPlainName(facts, signs) ?? bySiblings(facts, signs) ?? alone(facts, signs);
  return opinion === undefined ? undefined : { ...opinion, rates };
}

const initialWords = ["mi", "minit", "middle", "init", "initial", "initials", "mname"];

/** Single letters say nothing by themselves. */
function ofInitials(
  { name, siblings }: ColumnFacts,
  exact: readonly string[],
  rates: Readonly<Record<string, number>>,
): Opinion | undefined {
  if (exact.length > 0) return { confidence: 0.8, name: exact, rates };
  const words = wordsIn(name, initialWords);
  return words.length > 0 && siblings.classes.has("person_name") ? { confidence: 0.75, name: words, rates } : undefined;
}

/** A column that is called after somebody's part in something. */
function byRole({ name }: ColumnFacts, signs: NameSigns): Opinion | undefined {
  const roles = wordsIn(name, peopleTables);
  if (roles.length === 0) return byActing(name, signs);
  const known = Math.max(signs.given, signs.whole);
  if (known >= 0.25) return { confidence: signs.others < 0.1 ? 0.9 : 0.75, name: roles };
  if (hasWord(name, plainNameWords) && signs.words >= 0.7 && signs.family >= 0.15)
    return { confidence: 0.75, name: roles };
  if (signs.pairs >= 0.85 && known >= 0.15 && signs.others < 0.05) return { confidence: 0.75, name: roles };
  // Firms have no such part, so that two words with capitals are enough.
  const isPersonal = hasWord(name, personalRoleWords);
  if (isPersonal && signs.pairs + signs.inverted >= 0.6 && signs.others < 0.1) return { confidence: 0.75, name: roles };
  return isPersonal && hasWord(name, plainNameWords) && signs.others < 0.05
    ? { confidence: 0.7, name: roles }
    : undefined;
}

/** Ends of words for whoever does something, in several languages: designer, giardiniere, zahradnik. */
const acting = /\p{L}{3}(?:er|or|ist|ista|iste|ian|eur|ier|iere|tore|dor|arz|ar|nik|ator|ant|yci|ci)$/u;
/** Firms do these. */
const sellers = wordList(
  `number order layer chapter quarter center color sector vendor supplier manufacturer distributor carrier publisher provider producer
  importer exporter retailer operator insurer lender employer maker dealer contractor folder header character letter newsletter`,
);

function byActing(name: NameWords, signs: NameSigns): Opinion | undefined {
  const words = name.pieces.filter((piece) => acting.test(piece));
  if (words.length === 0 || hasWord(name, sellers)) return undefined;
  return signs.pairs >= 0.85 && signs.others < 0.05 && signs.given > 0 ? { confidence: 0.6, name: words } : undefined;
}

function byPlainName(facts: ColumnFacts, signs: NameSigns): Opinion | undefined {
  const { name, table, siblings } = facts;
  const plain = wordsIn(name, plainNameWords);
  if (plain.length === 0) return undefined;
  const known = Math.max(signs.given, signs.whole);
  const isOfPeople = hasWord(table, peopleTables) && !hasWord(table, thingWords);
  if (isOfPeople && known >= 0.15) return { confidence: 0.9, name: plain };
  if (isOfPeople && isAboutPeople(siblings) && signs.others < 0.05) return { confidence: 0.75, name: plain };
  if (isOfPersons(siblings) && signs.others < 0.05 && !hasWord(name, placeWords))
    return { confidence: 0.75, name: plain };
  const isSingle = signs.words < 0.3 && signs.others < 0.1;
  if (isSingle && isBesideFamilyName(facts)) return { confidence: 0.85, name: plain };
  return isSingle && siblings.classes.has("person_name") && known >= 0.3
    ? { confidence: 0.75, name: plain }
    : undefined;
}

/** Whoever has an e-mail address beside the column often has a part of the name in it. */
function bySiblings({ name, siblings, values }: ColumnFacts, signs: NameSigns): Opinion | undefined {
  if (hasWord(name, placeWords)) return undefined;
  const notes = ["parts of the values occur in the e-mail addresses beside them"];
  if (signs.titled >= 0.5 && signs.others < 0.2)
    return { confidence: 0.8, notes: ["forms of address before the names"] };
  if (values.length >= 3 && signs.inMail >= 0.5 && signs.others < 0.1) return { confidence: 0.8, notes };
  const isPeople = isAboutPeople(siblings) && signs.others < 0.05 && values.length >= 3;
  if (isPeople && signs.pairs >= 0.8 && signs.whole >= 0.25) return { confidence: 0.75 };
  if (isPeople && signs.inverted >= 0.8) return { confidence: 0.7 };
  const known = Math.max(signs.given, signs.family);
  return isPeople && known >= 0.6 && signs.words < 0.5 ? { confidence: 0.65 } : undefined;
}

/** A column of given names or family names only, whose name says nothing. */
function alone({ values, filled, name, table }: ColumnFacts, signs: NameSigns): Opinion | undefined {
  if (hasWord(table, workTables) && !hasWord(table, peopleTables)) return undefined;
  const plain = wordsIn(name, plainNameWords);
  if (signs.whole >= 0.5 && signs.words >= 0.6 && signs.lowered < 0.5)
    return { confidence: plain.length > 0 ? 0.85 : 0.8, name: plain };
  if (values.length < 8 || filled < 10) return ofFew(values, signs);
  if (signs.given >= 0.65) return { confidence: 0.7 };
  if (signs.inverted >= 0.85 && signs.given + signs.family >= 0.4) return { confidence: 0.75 };
  if (signs.pairs >= 0.85 && signs.others < 0.05 && signs.given >= 0.25 && signs.given + signs.family >= 0.35)
    return { confidence: 0.6 };
  // Several family names without a given name are the name of a firm.
  return signs.family >= 0.75 && signs.words < 0.3 ? { confidence: 0.6 } : undefined;
}

/** Few values are only a hint. */
function ofFew({ length }: readonly string[], signs: NameSigns): Opinion | undefined {
  const known = Math.max(signs.given, signs.family);
  return length >= 3 && signs.others === 0 && known >= 0.6 ? { confidence: 0.4 } : undefined;
}

/** Where names are in two columns, the one that is only called `name` has the given name. */
function isBesideFamilyName({ neighbours }: ColumnFacts): boolean {
  return neighbours.some((other) => hasWord(other, familyNameWords));
}

const heads = new Set([...personalRoleWords, "lead", "head", "chief", "contact", "owner", "agent", "holder", "rep"]);

/** The last word says what it is: a project manager is a person, and a manager's project is none. */
function isOfThing({ name }: ColumnFacts): boolean {
  const head = name.pieces.findLast((piece) => !plainNameWords.includes(piece));
  if (name.pieces.length > 1 && head !== undefined && heads.has(head)) return false;
  return hasWord(name, thingWords) && !wordsIn(name, personNameWords).some((word) => word !== "nickname");
}

/** Clubs and towns have such names, too. */
const callingNames = new Set(["nickname", "displayname", "knownas"]);

const countedWords = ["count", "flag", "hash", "hashed", "is", "has", "length", "soundex", "initial"];

function isCounted({ name }: ColumnFacts): boolean {
  return hasWord(name, countedWords);
}
