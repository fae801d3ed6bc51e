/** The row of an account in the metadata database. tables.ts names the tables. */
import type { ColumnType, Generated } from "kysely";

export interface AccountRow {
  readonly id: string;
  /** Twelve digits that never change. */
  readonly number: string;
  readonly name: string;
  readonly unit_id: string | null;
  readonly created_at: Generated<Date>;
  readonly origin: ColumnType<string | null, string | null | undefined>;
  /** Whether its members must have an authenticator when they sign in with a password. */
  readonly requires_codes: Generated<boolean>;
  /** Whether it is the one of `doctor governance`, which is removed again. */
  readonly is_canary: Generated<boolean>;
  /** Whether it is not of the organisation. */
  readonly is_outside: Generated<boolean>;
  /** Whether it offers data to other accounts, and whether it receives data of others. */
  readonly is_producer: Generated<boolean>;
  readonly is_consumer: Generated<boolean>;
  /** The person who answers for it, who may have been removed. */
  readonly owner_id: ColumnType<string | null, string | null | undefined>;
  /** While it is being removed, nobody acts in it or finds it by name. */
  readonly removing_since: ColumnType<Date | null, Date | null | undefined>;
  readonly keeps_files: Generated<boolean>;
  /** An account that was removed can still be named. */
  readonly deleted_at: ColumnType<Date | null, Date | null | undefined>;
  readonly epoch: Generated<bigint>;
}
