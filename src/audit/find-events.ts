/** Searches the audit log, newest first, a page at a time. */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Tables } from "../db/tables.ts";
import type { AuditKind } from "./audit-event.ts";
import { recordedColumns, recordedEvent, type RecordedEvent, type RecordedRow } from "./recorded-event.ts";

/** Only events for which everything that is given holds. */
export interface EventSearch {
  readonly principalId?: string | undefined;
  /** The name of a principal. */
  readonly by?: string | undefined;
  /** The kind of that principal; by default any. */
  readonly byKind?: RecordedEvent["principalKind"] | undefined;
  /** `database.table`. */
  readonly table?: string | undefined;
  readonly kind?: AuditKind | undefined;
  readonly operation?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** A text that the statement, the reason, or the name of a resource contains, in any case. */
  readonly text?: string | undefined;
  /** Only events before this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface FoundEvent extends RecordedEvent {
  /** Whether it is the beginning of a query whose end is not recorded. */
  readonly isOpen: boolean;
}

export async function findEvents(db: Kysely<Tables>, search: EventSearch): Promise<readonly FoundEvent[]> {
  const { rows } = await sql<RecordedRow & Pick<FoundEvent, "isOpen">>`
    select ${recordedColumns()}, kind = 'query begin' and not ${hasEnd("audit_events")} as "isOpen"
    from audit_events where ${sql.join(conditionsOf(search), sql` and `)}
    order by audit_events.sequence desc limit ${search.limit}`.execute(db);
  return rows.map(recordedEvent);
}

/** Whether the end of the query is recorded that this event began. */
export function hasEnd(begun: "audit_events" | "begun"): RawBuilder<boolean> {
  return sql`exists (
    select from audit_events as ended
    where ended.kind = 'query end' and ended.details ->> 'query' = ${sql.ref(begun)}.details ->> 'query')`;
}

function conditionsOf(search: EventSearch): readonly RawBuilder<unknown>[] {
  const { principalId, by, byKind, table, kind, operation, since, until, text, before } = search;
  const conditions = {
    principalId: sql`principal_id = ${principalId}`,
    by: sql`principal_name = ${by}`,
    byKind: sql`principal_kind = ${byKind}`,
    table: sql`resources @> ${JSON.stringify([{ kind: "table", name: table }])}::jsonb`,
    kind: sql`kind = ${kind}`,
    operation: sql`operation = ${operation}`,
    since: sql`at >= ${since}`,
    until: sql`at < ${until}`,
    text: sql`concat_ws(' ', details ->> 'statement', details ->> 'what', because, resources) ilike ${`%${escaped(text ?? "")}%`}`,
    before: sql`audit_events.sequence < ${before}`,
  };
  const given = { principalId, by, byKind, table, kind, operation, since, until, text, before };
  const names = Object.keys(conditions) as (keyof typeof conditions)[];
  return [sql`true`, ...names.filter((name) => given[name] !== undefined).map((name) => conditions[name])];
}

function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
