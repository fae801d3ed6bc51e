/** Rows of the queries and boards that people keep, and of those with whom they are shared. */
import type { Generated } from "kysely";

/** A text that somebody keeps in an account: see operations/kept/. */
export interface KeptThingRow {
  readonly id: string;
  readonly kind: KeptKind;
  readonly account_id: string;
  readonly owner_id: string | null;
  readonly name: string;
  readonly content: string;
  readonly made_at: Generated<Date>;
  readonly changed_at: Generated<Date>;
}

export type KeptKind = "query" | "board";

export interface KeptShareRow {
  readonly thing_id: string;
  readonly principal_id: string;
}
