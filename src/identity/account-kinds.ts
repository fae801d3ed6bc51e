/**
 * The kinds of an account: a producer offers data to other accounts, a consumer receives data of others, and most are both.
 * Invariant: nothing is open between accounts that their kinds do not allow.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";

export const accountKinds = ["producer", "consumer"] as const;

export type AccountKind = (typeof accountKinds)[number];

interface KindColumns {
  readonly is_producer: boolean;
  readonly is_consumer: boolean;
}

export function kindColumns(kinds: readonly AccountKind[] = accountKinds): KindColumns {
  return { is_producer: kinds.includes("producer"), is_consumer: kinds.includes("consumer") };
}

export function kindsOf(row: KindColumns): readonly AccountKind[] {
  return accountKinds.filter((kind) => (kind === "producer" ? row.is_producer : row.is_consumer));
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Throws ACCOUNT_KIND while shares or requests are open that the account could no longer have. */
export async function changeKinds(
  transaction: Kysely<Tables>,
  { id, name }: Named,
  kinds: readonly AccountKind[],
): Promise<void> {
  const columns = kindColumns(kinds);
  const open = await openBetween(transaction, id);
  const ended = [
    ...(columns.is_producer ? [] : open.filter(({ isGiven }) => isGiven)),
    ...(columns.is_consumer ? [] : open.filter(({ isGiven }) => !isGiven)),
  ];
  if (ended.length > 0) {
    const [shown, more] = [ended.slice(0, 5).map(({ label }) => label), ended.length - 5];
    throw new HeadgateError("ACCOUNT_KIND", {
      place: name,
      message: `the account still has ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
      remedy: "revoke these shares (`headgate share revoke`) and end these requests first",
    });
  }
  await transaction.updateTable("accounts").set(columns).where("id", "=", id).execute();
}

interface Open {
  readonly isGiven: boolean;
  readonly label: string;
}

/** Shares and requests for things of the account, and those that are for the account. */
async function openBetween(db: Kysely<Tables>, accountId: string): Promise<readonly Open[]> {
  const { rows } = await sql<Open>`
    select source_account_id = ${accountId} as "isGiven",
        case when source_account_id = ${accountId} then 'the share ' else 'the received share ' end || id as label
      from shares
      where ended_at is null and (valid_until is null or valid_until > clock_timestamp())
        and (source_account_id = ${accountId} or target_id = ${accountId})
    union all
    select source_account_id = ${accountId}, 'the request ' || handle from share_requests
      where state = 'pending' and (source_account_id = ${accountId} or target_id = ${accountId})
    order by label`.execute(db);
  return rows;
}

export interface Sharing {
  readonly sourceAccountId: string;
  readonly target: { readonly kind: string; readonly id: string };
}

/** Throws ACCOUNT_KIND for an account that may not offer or receive anything. Nothing within one account concerns it. */
export async function checkKinds(db: Kysely<Tables>, { sourceAccountId, target }: Sharing): Promise<void> {
  if (target.kind === "principal" || target.id === sourceAccountId) return;
  const rows = await db
    .selectFrom("accounts")
    .select(["id", "name", "is_producer", "is_consumer"])
    .where("id", "in", [sourceAccountId, target.id])
    .execute();
  const source = rows.find(({ id }) => id === sourceAccountId);
  const receiver = rows.find(({ id }) => id === target.id);
  if (source?.is_producer === false) throw notOfKind(source.name, "offers nothing to other accounts");
  if (receiver?.is_consumer === false) throw notOfKind(receiver.name, "receives nothing of other accounts");
}

function notOfKind(name: string, message: string): HeadgateError {
  return new HeadgateError("ACCOUNT_KIND", {
    place: name,
    message: `the account ${message}`,
    remedy: `whoever administers the lake can change that: headgate account set ${name} --kind producer,consumer`,
  });
}
