/**
 * Proposes classes of personal data for a column, from its name, its type, some of its values and the names around it.
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
import { siblingsOf } from "./look-around.ts";
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

/** Surest first. Text in sentences is not also what occurs in it. The column is looked at by itself. */
export function classify(column: ColumnSample, around: Around): readonly Finding[] {
  return findingsOf(columnFacts(column, surroundings(around.table, around.columns)));
}

function findingsOf(facts: ColumnFacts): readonly Finding[] {
  return allFindings(facts).filter(({ confidence }) => confidence >= leastConfidence);
}

/** The surest one, however little that is. */
function allFindings(facts: ColumnFacts): readonly Finding[] {
  const findings = piiClasses.flatMap((name): Finding[] => {
    const opinion = rules[name](facts);
    return opinion === undefined ? [] : [finding(name, opinion, facts)];
  });
  return findings.toSorted((one, other) => other.confidence - one.confidence).slice(0, 1);
}

export interface ClassifiedColumn {
  readonly name: string;
  readonly findings: readonly Finding[];
}

/** A proposal that is as sure as this is not looked at again with what the other columns tell. */
const sureConfidence = 0.9;

/**
 * Each column first by itself, and then those that are not sure with what the other columns tell. `otherNames` are the
 * names of columns without a sample.
 */
export function classifyTable(
  { table, columns }: TableSample,
  otherNames: readonly string[] = [],
): readonly ClassifiedColumn[] {
  const names = surroundings(table, [...columns.map(({ name }) => name), ...otherNames]);
  const looked = columns.map((column) => {
    const facts = columnFacts(column, names);
    return { name: column.name, facts, findings: allFindings(facts) };
  });
  const siblings = siblingsOf(looked.map(({ facts, findings }) => ({ facts, finding: findings[0] })));
  return looked.map(({ name, facts, findings }, at) => {
    const around = siblings[at];
    const isSure = (findings[0]?.confidence ?? 0) >= sureConfidence;
    if (isSure || around === undefined || tellsNothing(around))
      return { name, findings: findings.filter(({ confidence }) => confidence >= leastConfidence) };
    return { name, findings: findingsOf({ ...facts, siblings: around }) };
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
