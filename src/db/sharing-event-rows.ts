/** The rows of events of sharing and of whoever is told of them (migrations/0090_sharing_events.sql) as Kysely types. */
import type { ColumnType, Generated } from "kysely";

export interface SharingEventTables {
  readonly sharing_events: SharingEventRow;
  readonly event_hooks: EventHookRow;
  readonly dead_deliveries: DeadDeliveryRow;
}

interface SharingEventRow {
  readonly sequence: bigint;
  readonly id: string;
  readonly at: Date;
  readonly type: string;
  readonly request_id: string | null;
  readonly share_id: string | null;
  readonly source_account_id: string;
  readonly target_kind: string;
  readonly target_id: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly once: string | null;
}

export interface EventHookRow {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly secret: Buffer;
  /** Null for the events of all accounts. */
  readonly account_id: string | null;
  readonly types: readonly string[];
  readonly position: bigint;
  readonly attempts: Generated<number>;
  readonly next_at: Generated<Date>;
  readonly failure: string | null;
  readonly delivered_at: Date | null;
  /** Null for the owner of the data directory. */
  readonly made_by: string | null;
  readonly made_at: Generated<Date>;
  readonly ended_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

interface DeadDeliveryRow {
  readonly hook_id: string;
  readonly sequence: bigint;
  readonly failure: string;
  readonly at: Generated<Date>;
}
