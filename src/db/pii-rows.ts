/** The rows about personal data (migrations/0059_personal_data.sql) as Kysely types. */
import type { ColumnType, Generated } from "kysely";

export interface PiiTables {
  readonly pii_proposals: PiiProposalRow;
  readonly pii_scans: PiiScanRow;
}

/** Whether columns about which no person has decided count as sensitive. */
export const unclassifiedMeanings = ["ordinary", "sensitive"] as const;

export type Unclassified = (typeof unclassifiedMeanings)[number];

export const proposalStates = ["open", "confirmed", "rejected"] as const;

export type ProposalState = (typeof proposalStates)[number];

/** Classes, evidence and kinds are typed where they are read, in stewardship/. */
export interface PiiProposalRow {
  readonly table_id: string;
  readonly field_id: number;
  readonly class: string;
  readonly state: ColumnType<ProposalState, ProposalState | undefined>;
  /** In hundredths. */
  readonly confidence: number;
  readonly evidence: ColumnType<unknown, string, string>;
  readonly kind: ColumnType<unknown, string, string>;
  readonly reason: string | null;
  readonly run_id: string | null;
  readonly proposed_at: Generated<Date>;
  readonly decided_at: ColumnType<Date | null, Date | null | undefined>;
  readonly decided_by: ColumnType<string | null, string | null | undefined>;
}

interface PiiScanRow {
  readonly table_id: string;
  readonly fields: readonly number[];
  readonly scanned_at: Generated<Date>;
}
