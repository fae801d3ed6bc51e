/**
 * Proposes classes of personal data for columns, from their names, their types, some of their values and each other.
 * Pure: nothing leaves the process, and the same input gives the same answer.
 */
import { birthDate } from "./birth-date.ts";
import { cardNumber } from "./card-number.ts";
import { columnFacts, surroundings, type ColumnFacts } from "./column-facts.ts";
import type { ColumnSample, TableSample } from "./column-sample.ts";
import { email } from "./email.ts";
import type { Finding, Opinion } from "./finding.ts";
import { freeText } from "./free-text.ts";
import { iban } from "./iban.ts";
import { ipAddress } from "./ip-address.ts";
import { nationalId } from "./national-id.ts";
import { personName } from "./person-name.ts";
import { phone } from "./phone.ts";
import { piiClasses, type PiiClass } from "./pii-class.ts";
import { siblingsOf, type Looked } from "./look-around.ts";
import { tellsNothing } from "./siblings.ts";
import { postalAddress } from "./postal-address.ts";

type Rules = (facts: ColumnFacts) => Opinion | undefined;

const rules: Readonly<Record<PiiClass, Rules>> = {
  email,
  phone,
  person_name: personName,
  postal_address: postalAddress,
  iban,
  card_number: cardNumber,
  national_id: nationalId,
  birth_date: birthDate,
  ip_address: ipAddress,
  free_text: freeText,
};

/** An opinion that is less sure is not worth the time of a person. */
const leastConfidence = 0.5;

export interface Around {
  readonly table: string;
  /** The names of all columns of the table. */
  readonly columns: readonly string[];
}

/** The proposal for a column that is looked at by itself, if there is one. Text in sentences is not also what occurs in it. */
export function classify(column: ColumnSample, around: Around): readonly Finding[] {
  return proposals(surest(columnFacts(column, surroundings(around.table, around.columns))));
}

function proposals(found: Finding | undefined): readonly Finding[] {
  return found === undefined || found.confidence < leastConfidence ? [] : [found];
}

/** However little sure it is. */
function surest(facts: ColumnFacts): Finding | undefined {
  const findings = piiClasses.flatMap((name): Finding[] => {
    const opinion = rules[name](facts);
    return opinion === undefined ? [] : [finding(name, opinion, facts)];
  });
  return findings.toSorted((one, other) => other.confidence - one.confidence)[0];
}

export interface ClassifiedColumn {
  readonly name: string;
  readonly findings: readonly Finding[];
}

/** A proposal that is as sure as this is not looked at again with what the other columns tell. */
const sureConfidence = 0.9;

/** A column that was recognised by the others may tell them more. */
const rounds = 2;

/**
 * Each column first by itself, and then those that are not sure with what the other columns tell. `otherNames` are the
 * names of columns without a sample.
 */
export function classifyTable(
  { table, columns }: TableSample,
  otherNames: readonly string[] = [],
): readonly ClassifiedColumn[] {
  const names = surroundings(table, [...columns.map(({ name }) => name), ...otherNames]);
  let looked = columns.map((column): Looked => {
    const facts = columnFacts(column, names);
    return { facts, finding: surest(facts) };
  });
  for (let round = 0; round < rounds; round++) looked = lookedAgain(looked);
  return looked.map((one, at) => ({
    name: columns[at]?.name ?? "",
    findings: proposals(one.finding),
  }));
}

function lookedAgain(looked: readonly Looked[]): Looked[] {
  const siblings = siblingsOf(looked);
  return looked.map((one, at) => {
    const around = siblings[at];
    const isSure = (one.finding?.confidence ?? 0) >= sureConfidence;
    if (isSure || around === undefined || tellsNothing(around)) return one;
    const facts = { ...one.facts, siblings: around };
    return { facts, finding: surest(facts) };
  });
}

function finding(name: PiiClass, opinion: Opinion, { values }: ColumnFacts): Finding {
  const notes = [...(opinion.notes ?? []), ...(values.length === 0 ? ["there were no values to look at"] : [])];
  const rates = Object.entries(opinion.rates ?? {}).map(([what, rate]) => [what, rounded(rate)]);
  return {
    class: name,
    confidence: rounded(opinion.confidence),
    evidence: { name: opinion.name ?? [], values: values.length, rates: Object.fromEntries(rates), notes },
  };
}

function rounded(share: number): number {
  return Math.round(share * 100) / 100;
}
