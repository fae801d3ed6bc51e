/**
 * Keeps the policy of this process as new as the database: each request asks for the epoch and reads only the rows that
 * have changed since.
 * Invariant: a policy that is returned has every change that was committed before it was asked for.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { emptyPolicy, type Policy } from "./policy.ts";
import { withRows, type PolicyRows } from "./policy-rows.ts";

export interface PolicyStore {
  current(): Promise<Policy>;
}

export function policyStore(db: Kysely<Tables>): PolicyStore {
  let known = emptyPolicy;
  let reading: Promise<Policy> | undefined;
  const readOn = async (): Promise<Policy> => (known = withRows(known, await rowsSince(db, known.epoch)));
  return {
    async current() {
      const before = known;
      const { epoch } = await db.selectFrom("policy_epoch").select("epoch").executeTakeFirstOrThrow();
      // Epochs only grow, unless the database was replaced by an earlier state of itself.
      if (epoch < before.epoch) known = emptyPolicy;
      while (known.epoch < epoch) {
        reading ??= readOn().finally(() => (reading = undefined));
        await reading;
      }
      return known;
    },
  };
}

/**
 * Read in one transaction, so that the rows belong to one epoch. At the first reading, rows that have ended are of no
 * use.
 */
function rowsSince(db: Kysely<Tables>, since: bigint): Promise<PolicyRows> {
  return db
    .transaction()
    .setIsolationLevel("repeatable read")
    .execute((transaction) => rowsWithin(transaction, since));
}

/**
 * The policy as a transaction sees it, with the changes that it has made itself; `before` is one from before its first
 * change, because all its changes have one epoch. The transaction holds the lock of the policy.
 */
export async function policyWithin(transaction: Kysely<Tables>, before: Policy): Promise<Policy> {
  return withRows(before, await rowsWithin(transaction, before.epoch));
}

async function rowsWithin(transaction: Kysely<Tables>, since: bigint): Promise<PolicyRows> {
  const { epoch } = await transaction.selectFrom("policy_epoch").select("epoch").executeTakeFirstOrThrow();
  const ending = since === 0n ? sql<boolean>`ended_at is null` : sql<boolean>`epoch > ${since}`;
  return {
    epoch,
    accounts: await transaction.selectFrom("accounts").selectAll().where("epoch", ">", since).execute(),
    units: await transaction.selectFrom("org_units").selectAll().where("epoch", ">", since).execute(),
    principals: await transaction.selectFrom("principals").selectAll().where("epoch", ">", since).execute(),
    memberships: await transaction.selectFrom("memberships").selectAll().where(ending).execute(),
    filters: await transaction.selectFrom("data_filters").selectAll().where(ending).execute(),
    grants: await transaction.selectFrom("grants").selectAll().where(ending).execute(),
    tagKeys: await transaction.selectFrom("tag_keys").selectAll().where(ending).execute(),
    tagValues: await transaction.selectFrom("tag_values").selectAll().where(ending).execute(),
    tagAssignments: await transaction.selectFrom("tag_assignments").selectAll().where(ending).execute(),
    tagExpressions: await transaction.selectFrom("tag_expressions").selectAll().where(ending).execute(),
    shares: await transaction.selectFrom("shares").selectAll().where(ending).execute(),
    sensitivity: await transaction.selectFrom("sensitivity_facts").selectAll().where("epoch", ">", since).execute(),
    stewards: await transaction.selectFrom("stewards").selectAll().where(ending).execute(),
  };
}
