/**
 * Puts a read into the audit log: its begin before anything is read, and its end however it ends. A read whose begin
 * cannot be recorded does not happen; a begin without an end means that the process died, or still reads.
 */
import type { AuditDetails, AuditEvent, ReadPurpose, TableRead, ViewOfRead } from "../../audit/audit-event.ts";
import { toHeadgateError } from "../../base/present-error.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor, type Allowed } from "../../governance/decide.ts";
import { lineOf } from "../../governance/live-grant.ts";
import { meterStatement, type StatementMeter } from "../../governance/budgets/statement-meter.ts";
import { isWhole } from "../../governance/table-access.ts";
import { askingAsOwner } from "../../governance/view-owner.ts";
import { recordedCommand } from "../../query/recorded-statement.ts";
import type { QueryTable, ViewBody } from "../../query/table-source.ts";
import type { Context } from "../context.ts";
import type { Call } from "../operation.ts";
import { actorOf } from "../../identity/principal.ts";

export interface Read {
  /** The name of the operation. */
  readonly operation: string;
  readonly purpose: ReadPurpose;
  /** The statement without its constants, by the tables that it reads, or words for what is read in place of one. */
  readonly statement: string | ((tables: readonly ReadTable[]) => string);
  readonly asOf?: string | undefined;
}

/** A state of a table; the columns are those that the reader has, if they are known. */
export type ReadTable = Pick<QueryTable, "securable" | "snapshotId" | "database" | "name"> &
  Partial<Pick<QueryTable, "columns" | "account" | "view">>;

export interface Reading {
  /** Emits as the caller's call does, and counts the rows. */
  readonly call: Call;
  /** To be awaited before anything is read. Throws BUDGET_SPENT, AUDIT_UNWRITABLE. */
  onReading(tables: readonly ReadTable[]): Promise<void>;
  /** About the budget of the account in which somebody reads; known once reading has begun. */
  warnings(): readonly string[];
}

/** Where reads are recorded, and counted for the account in which somebody reads. */
export type ReadParts = Pick<Context, "audit" | "db">;

/** The parts of an answer that are recorded. */
interface ReadAnswer {
  readonly rows: number;
  /** Size of the file that was written. */
  readonly bytes?: number | undefined;
}

export async function recordRead<Answer extends ReadAnswer>(
  { audit, db }: ReadParts,
  { call: asked, ...read }: Read & { readonly call: Call },
  work: (reading: Reading) => Promise<Answer>,
): Promise<Answer> {
  const began = performance.now();
  const query = uuidv7();
  let isBegun = false;
  let rows = 0;
  let meter: StatementMeter | undefined;
  const spent = new AbortController();
  const call = { ...asked, signal: AbortSignal.any([asked.signal, spent.signal]) };
  const end = (outcome: string, answer: Partial<ReadAnswer>): AuditEvent => {
    const milliseconds = Math.round(performance.now() - began);
    const common = { ...askedBy(call, read), outcome };
    if (!isBegun) return { ...common, kind: "query refused", details: { ...refusedOf(read, outcome), milliseconds } };
    const bytes = answer.bytes ?? call.sentBytes?.();
    return { ...common, kind: "query end", details: { query, rows: answer.rows ?? rows, bytes, milliseconds } };
  };
  try {
    const answer = await work({
      call: { ...call, emit: (item) => call.emit(item).then(() => void (rows += rowsOf(item))) },
      warnings: () => meter?.warnings ?? [],
      async onReading(tables) {
        meter = await meterStatement(db, call.asking.accountId);
        meter?.signal.addEventListener("abort", () => spent.abort(meter?.signal.reason));
        await audit.record(beginning(call, { ...read, query, tables }));
        isBegun = true;
      },
    });
    audit.noteLater(end("done", answer));
    return answer;
  } catch (failure) {
    const { code } = toHeadgateError(call.signal.aborted ? call.signal.reason : failure);
    audit.noteLater(end(code, {}));
    throw failure;
  } finally {
    await meter?.end();
  }
}

function askedBy({ principal }: Call, { operation }: Read) {
  return { actor: actorOf(principal), operation, action: "read" };
}

type ReadStatement = Pick<Read, "purpose" | "asOf"> & { readonly statement: string };

function statementOf({ purpose, statement, asOf }: Read, tables: readonly ReadTable[]): ReadStatement {
  return { purpose, statement: typeof statement === "string" ? statement : statement(tables), asOf };
}

function refusedOf(read: Read, outcome: string): ReadStatement {
  const { statement, ...rest } = statementOf(read, []);
  return { ...rest, statement: outcome === "SQL_INVALID" ? recordedCommand(statement) : statement };
}

function beginning(
  call: Call,
  { query, tables, ...read }: Read & { readonly query: string; readonly tables: readonly ReadTable[] },
): AuditEvent {
  const policyEpoch = String(call.asking.policy.epoch);
  const reads = tables.map((table) => tableRead(call.asking, table));
  const all = reads.flatMap(withThoseBehind);
  const names = [...new Map(all.map(({ table, id }) => [id, { kind: "table", name: table, id }])).values()];
  const details: AuditDetails["query begin"] = { query, ...statementOf(read, tables), policyEpoch, tables: reads };
  return { ...askedBy(call, read), kind: "query begin", resources: names, outcome: "begun", details };
}

/** Whoever looks for the reads of a table also finds those through views. */
function withThoseBehind(read: TableRead): readonly TableRead[] {
  return [read, ...(read.view?.tables ?? []).flatMap(withThoseBehind)];
}

/** The state that is read, and by which grants and filters it may be. What a view reads is read by its owner's. */
function tableRead(asking: Asking, { securable, snapshotId, columns, view, ...table }: ReadTable): TableRead {
  const decision = decideFor(asking, "read", securable);
  const read = {
    table: tableLabel(table),
    id: securable.id,
    snapshot: snapshotId?.toString() ?? null,
    view: view && viewRead(asking, view),
  };
  if (!decision.allowed) return read;
  const isRestricted = !isWhole(decision.access);
  return {
    ...read,
    grants: decision.grants.map(({ id }) => id),
    columns: isRestricted ? columns?.map(({ name }) => name) : undefined,
    filters: isRestricted ? filtersOf(asking, decision) : undefined,
  };
}

function viewRead(asking: Asking, view: ViewBody): ViewOfRead {
  const owner = askingAsOwner(asking, view);
  return {
    owner: view.ownerId ?? null,
    version: view.version,
    tables: view.tables.map((table) => tableRead(owner, table)),
  };
}

function filtersOf({ policy }: Asking, { grants }: Allowed): readonly string[] {
  const all = grants.flatMap((grant) => lineOf(policy, grant));
  const ids = new Set(all.map(({ filterId }) => filterId).filter((id) => id !== undefined));
  return [...ids].map((id) => policy.filters.get(id)?.name ?? id);
}

/** Items of a read are its columns and then its rows. */
function rowsOf(item: unknown): number {
  const { rows } = (item ?? {}) as { readonly rows?: readonly unknown[] };
  return rows?.length ?? 0;
}
