/** The rows of lakes and encryption keys of accounts in the metadata database. tables.ts names the tables. */
import type { ColumnType, Generated } from "kysely";

export interface AccountLakeTables {
  readonly account_lakes: AccountLakeRow;
  readonly account_keys: AccountKeyRow;
  readonly account_leftovers: AccountLeftoverRow;
}

/** The lake location of an account that has one of its own; catalog/account-lakes.ts writes and reads it. */
export interface AccountLakeRow {
  readonly account_id: string;
  /** Canonical, without a trailing slash. */
  readonly location: string;
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly path_style: boolean | null;
  readonly access_key_id: string | null;
  readonly secret: Buffer | null;
  readonly encrypted: boolean;
  /** Differs after every change. */
  readonly revision: string;
  readonly changed_at: Generated<Date>;
  readonly origin: ColumnType<string | null, string | null | undefined>;
}

/** A sealed key that encrypts an account's files. */
interface AccountKeyRow {
  readonly id: string;
  readonly account_id: string;
  readonly sealed: Buffer;
  readonly created_at: Generated<Date>;
}

/** A location whose files are still to be deleted, of an account that is being removed. */
interface AccountLeftoverRow {
  readonly account_id: string;
  /** Without a trailing slash. */
  readonly location: string;
}
