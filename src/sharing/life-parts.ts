/** The means of every step in the life of a share request: its transaction, and what it decides by. */
import type { Kysely } from "kysely";
import type { Catalog } from "../catalog/catalog.ts";
import type { Tables } from "../db/tables.ts";
import type { Policy } from "../governance/policy.ts";

export interface LifeParts {
  readonly transaction: Kysely<Tables>;
  /** One that shows everything. */
  readonly catalog: Pick<Catalog, "entries" | "load">;
  readonly policy: Policy;
  readonly now: number;
}
