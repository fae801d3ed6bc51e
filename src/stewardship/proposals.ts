/**
 * The proposals that columns hold personal data, as they are stored: open until a person confirms or rejects them. It
 * does not ask whether the caller may.
 * Invariants: a confirmed proposal stays confirmed, and a rejected one stays rejected until the values change in kind.
 * No value of a row is stored.
 */
import { sql, type Kysely, type Selectable } from "kysely";
import type { PiiProposalRow, ProposalState } from "../db/pii-rows.ts";
import type { Tables } from "../db/tables.ts";
import { formatJson } from "../base/json.ts";
import type { Evidence, Finding } from "./classify/finding.ts";
import { piiClasses, type PiiClass } from "./classify/pii-class.ts";
import { changeOfKind, type ValueKind } from "./value-kind.ts";

export interface Proposal {
  readonly tableId: string;
  readonly fieldId: number;
  readonly class: PiiClass;
  readonly state: ProposalState;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly evidence: Evidence;
  readonly kind: ValueKind;
  /** Why it was made again after it had been rejected. */
  readonly reason: string | undefined;
  readonly proposedAt: Date;
  readonly decidedAt: Date | undefined;
}

/** The findings of the classifier in a column that it looked at. */
export interface Looked {
  readonly fieldId: number;
  readonly findings: readonly (Finding & { readonly kind: ValueKind })[];
}

export async function proposalsOf(db: Kysely<Tables>, tableIds: readonly string[]): Promise<readonly Proposal[]> {
  if (tableIds.length === 0) return [];
  const rows = await db
    .selectFrom("pii_proposals")
    .selectAll()
    .where(sql<boolean>`table_id = any(${tableIds}::uuid[])`)
    .orderBy("table_id")
    .orderBy("field_id")
    .orderBy("confidence", "desc")
    .execute();
  return rows.map(proposalOf);
}

/** Those that a run made, by table. */
export async function proposalsOfRun(db: Kysely<Tables>, runId: string): Promise<readonly Proposal[]> {
  const rows = await db
    .selectFrom("pii_proposals")
    .selectAll()
    .where("run_id", "=", runId)
    .orderBy("table_id")
    .orderBy("field_id")
    .execute();
  return rows.map(proposalOf);
}

function proposalOf(row: Selectable<PiiProposalRow>): Proposal {
  return {
    tableId: row.table_id,
    fieldId: row.field_id,
    class: piiClasses.find((name) => name === row.class) ?? "free_text",
    state: row.state,
    confidence: row.confidence / 100,
    // Both were written by this file.
    evidence: row.evidence as Evidence,
    kind: row.kind as ValueKind,
    reason: row.reason ?? undefined,
    proposedAt: row.proposed_at,
    decidedAt: row.decided_at ?? undefined,
  };
}

/** The columns of these tables that the classifier has looked at. */
export async function scannedFields(
  db: Kysely<Tables>,
  tableIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const rows = await db
    .selectFrom("pii_scans")
    .select(["table_id", "fields"])
    .where(sql<boolean>`table_id = any(${tableIds}::uuid[])`)
    .execute();
  return new Map(rows.map(({ table_id: id, fields }) => [id, new Set(fields)]));
}

export interface Change {
  readonly what: "propose" | "renew" | "refresh" | "withdraw";
  readonly fieldId: number;
  readonly class: PiiClass;
  readonly finding?: Looked["findings"][number];
  readonly reason?: string;
}

/** The changes of a table's proposals when its columns have been looked at. Pure. */
export function changesOf(had: readonly Proposal[], looked: readonly Looked[]): readonly Change[] {
  return looked.flatMap(({ fieldId, findings }) => {
    const own = had.filter((proposal) => proposal.fieldId === fieldId);
    const found = findings.flatMap((finding): readonly Change[] => {
      const before = own.find((proposal) => proposal.class === finding.class);
      const of = { fieldId, class: finding.class, finding };
      if (before === undefined) return [{ ...of, what: "propose" }];
      if (before.state === "open") return [{ ...of, what: "refresh" }];
      const change = before.state === "rejected" ? changeOfKind(before.kind, finding.kind) : undefined;
      return change === undefined
        ? []
        : [{ ...of, what: "renew", reason: `the values have changed in kind: ${change}` }];
    });
    const gone = own.filter(
      (proposal) => proposal.state === "open" && !findings.some((finding) => finding.class === proposal.class),
    );
    return [...found, ...gone.map((proposal) => ({ what: "withdraw", fieldId, class: proposal.class }) as const)];
  });
}

interface Scan {
  readonly tableId: string;
  readonly looked: readonly Looked[];
  /** The run after which the columns were looked at. */
  readonly runId: string | undefined;
}

/** Returns the changes that were made. */
export async function storeScan(transaction: Kysely<Tables>, scan: Scan): Promise<readonly Change[]> {
  const { tableId, looked, runId } = scan;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`personal data ${tableId}`}, 0))`.execute(transaction);
  const changes = changesOf(await proposalsOf(transaction, [tableId]), looked);
  for (const change of changes) await makeChange(transaction, { tableId, runId, change });
  const fields = looked.map(({ fieldId }) => fieldId);
  await transaction
    .insertInto("pii_scans")
    .values({ table_id: tableId, fields })
    .onConflict((conflict) =>
      conflict.column("table_id").doUpdateSet({
        fields: sql`array(select distinct unnest(pii_scans.fields || excluded.fields) order by 1)`,
        scanned_at: sql`clock_timestamp()`,
      }),
    )
    .execute();
  return changes;
}

async function makeChange(
  transaction: Kysely<Tables>,
  { tableId, runId, change }: { tableId: string; runId: string | undefined; change: Change },
): Promise<void> {
  const { what, fieldId, finding, reason } = change;
  const key = { table_id: tableId, field_id: fieldId, class: change.class };
  if (finding === undefined) {
    const gone = transaction
      .deleteFrom("pii_proposals")
      .where("table_id", "=", tableId)
      .where("field_id", "=", fieldId);
    await gone.where("class", "=", change.class).where("state", "=", "open").execute();
    return;
  }
  const content = {
    confidence: Math.round(finding.confidence * 100),
    evidence: formatJson({ ...finding.evidence }),
    kind: formatJson(finding.kind),
  };
  const anew = {
    state: "open",
    reason: reason ?? null,
    run_id: runId ?? null,
    decided_at: null,
    decided_by: null,
  } as const;
  const proposed = { proposed_at: sql<Date>`clock_timestamp()` };
  await transaction
    .insertInto("pii_proposals")
    .values({ ...key, ...content, ...anew })
    .onConflict((conflict) =>
      conflict
        .columns(["table_id", "field_id", "class"])
        .doUpdateSet(what === "refresh" ? content : { ...content, ...anew, ...proposed }),
    )
    .execute();
}

interface Decision {
  readonly tableId: string;
  readonly fieldId: number;
  readonly class: PiiClass;
  readonly state: Exclude<ProposalState, "open">;
  /** A principal's id; null for the owner of the data directory. */
  readonly by: string | null;
}

/** A decision may be changed later. */
export async function decideProposal(transaction: Kysely<Tables>, decision: Decision): Promise<void> {
  await transaction
    .updateTable("pii_proposals")
    .set({ state: decision.state, decided_at: sql<Date>`clock_timestamp()`, decided_by: decision.by })
    .where("table_id", "=", decision.tableId)
    .where("field_id", "=", decision.fieldId)
    .where("class", "=", decision.class)
    .execute();
}
