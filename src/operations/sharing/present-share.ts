/** Shares as answers show them: names instead of ids. Whoever is offered something is told its name. */
import { sql, type Kysely } from "kysely";
import { z } from "zod";
import { formatName } from "../../catalog/table-name.ts";
import { sharedKinds } from "../../db/share-request-rows.ts";
import type { Tables } from "../../db/tables.ts";
import type { Asking } from "../../governance/asking.ts";
import { shareStates, type Share } from "../../sharing/shares.ts";
import { principalText } from "../access/present-grant.ts";
import { instant, list } from "../answers.ts";
import type { Standing } from "./share-standing.ts";

export const presentedShare = z
  .strictObject({
    id: z.string(),
    state: z.enum(shareStates),
    from: z.string().describe("The account that shares."),
    to: z.string().describe("account:<name>, unit:<path>, or somebody."),
    given: z.boolean().describe("Whether the caller may change it."),
    received: z.boolean().describe("Whether the caller may accept it and pass it on, or has it."),
    items: list(
      z.strictObject({
        on: z.string().describe("account.database.table, account.database.*, or database account.database."),
        kind: z.enum(sharedKinds),
        part: z.boolean().describe("Whether only some columns or rows are shared."),
        ended: z.boolean(),
      }),
    ),
    until: instant.nullable().describe("At this moment it is over."),
    reshare: z.boolean().describe("Whether it may be passed on to other accounts."),
    createdAt: instant,
    madeBy: z.string().describe("local is the owner of the data directory."),
    request: z.string().nullable().describe("The id of the request that it answers."),
    product: z.string().nullable().describe("The product that was asked for."),
    endedBecause: z.string().nullable(),
    invitation: z
      .strictObject({
        state: z.enum(["pending", "accepted", "rejected", "withdrawn", "lapsed"]),
        sentAt: instant,
        expiresAt: instant,
      })
      .nullable()
      .describe("For an account that is not of the organisation."),
  })
  .meta({ title: "Share" });

export type PresentedShare = z.infer<typeof presentedShare>;

export type LabelOf = (item: { readonly resource_kind: string; readonly resource_id: string }) => string;

export function presentShare(
  asking: Asking,
  { row, state, items, invitation }: Share,
  { gives, receives, labelOf }: Standing & { readonly labelOf: LabelOf },
): PresentedShare {
  return {
    id: row.id,
    state,
    from: asking.policy.accounts.get(row.source_account_id)?.name ?? "an account that was removed",
    to: principalText(asking, row.target_id),
    given: gives,
    received: receives,
    items: items.map((item) => ({
      on: labelOf(item),
      kind: item.resource_kind,
      part: item.columns !== null || item.filter_id !== null,
      ended: item.ended_at !== null,
    })),
    until: row.valid_until?.toISOString() ?? null,
    reshare: row.may_reshare,
    createdAt: row.created_at.toISOString(),
    madeBy: row.made_by === null ? "local" : principalText(asking, row.made_by),
    request: row.request_id,
    product: row.product_id === null ? null : labelOf({ resource_kind: "product", resource_id: row.product_id }),
    endedBecause: row.end_reason,
    invitation:
      invitation === undefined
        ? null
        : {
            state: invitation.state === "pending" && state === "lapsed" ? "lapsed" : invitation.state,
            sentAt: invitation.sent_at.toISOString(),
            expiresAt: invitation.expires_at.toISOString(),
          },
  };
}

interface Labelled {
  readonly id: string;
  readonly account: string;
  readonly database: string;
  readonly name: string | null;
}

/** The names of what is shared, by its ids; always with the account, because they are read in two accounts. */
export async function itemLabels(db: Kysely<Tables>): Promise<LabelOf> {
  const { rows } = await sql<Labelled>`
    select databases.id, accounts.name as account, databases.name as database, null as name
      from databases join accounts on accounts.id = databases.account_id
    union all
    select things.id, accounts.name, databases.name, things.name
      from (select id, database_id, name from tables union all select id, database_id, name from views) as things
      join databases on databases.id = things.database_id join accounts on accounts.id = databases.account_id
      where things.id in (select resource_id from share_items)
    union all
    select products.id, accounts.name, products.name, null
      from products join accounts on accounts.id = products.account_id`.execute(db);
  const named = new Map(rows.map((row) => [row.id, row]));
  return ({ resource_kind: kind, resource_id: id }) => {
    const found = named.get(id);
    if (found === undefined) return `a ${kind === "tables" ? "database" : kind} that was removed`;
    const name = formatName([found.account, found.database, ...(found.name === null ? [] : [found.name])]);
    if (kind === "database") return `database ${name}`;
    return kind === "tables" ? `${name}.*` : name;
  };
}
