/**
 * Makes a share, with the grants that it gives and the names that its account has for it: to an account or a unit in trust, to a person as theirs. An account that is
 * not of the organisation gets an invitation, and nothing of the share can be read before it is accepted. It does not ask
 * whether the caller may share; the operations do, or the process that has approved a request.
 * Invariant: the share, its grants and its invitation are made in one transaction, which holds the lock of the policy.
 */
import type { Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { ShareTargetKind, SharedKind } from "../db/share-request-rows.ts";
import type { Tables } from "../db/tables.ts";
import { addGrant, columnsJson, type Author } from "../governance/grants.ts";
import { judgedJson } from "../governance/judged-share.ts";
import type { JudgedThings } from "../governance/policy.ts";
import type { ColumnSet } from "../governance/table-access.ts";
import { checkKinds } from "../identity/account-kinds.ts";
import { invite } from "./invitations.ts";
import { makeLinks } from "./make-links.ts";

export interface ShareItem {
  readonly on: { readonly kind: SharedKind; readonly id: string };
  readonly columns: ColumnSet;
  readonly filterId: string | undefined;
}

export interface NewShare {
  readonly requestId: string | undefined;
  readonly productId: string | undefined;
  readonly sourceAccountId: string;
  readonly target: { readonly kind: ShareTargetKind; readonly id: string };
  readonly items: readonly ShareItem[];
  /** Milliseconds since 1970. */
  readonly until: number | undefined;
  readonly mayReshare: boolean;
  /** Undefined if people decided on it: it then gives all that its items say, whatever is marked later. */
  readonly judged: JudgedThings | undefined;
  readonly author: Author;
}

export interface OpenedShare {
  readonly id: string;
  readonly state: "active" | "awaiting_acceptance";
}

/** Throws ACCOUNT_KIND. */
export async function openShare(transaction: Kysely<Tables>, share: NewShare): Promise<OpenedShare> {
  await checkKinds(transaction, share);
  const id = uuidv7();
  const isAwaited = await mustAccept(transaction, share);
  const state = isAwaited ? ("awaiting_acceptance" as const) : ("active" as const);
  await transaction
    .insertInto("shares")
    .values({
      id,
      request_id: share.requestId ?? null,
      product_id: share.productId ?? null,
      source_account_id: share.sourceAccountId,
      target_kind: share.target.kind,
      target_id: share.target.id,
      state,
      valid_until: share.until === undefined ? null : new Date(share.until),
      may_reshare: share.mayReshare,
      judged: share.judged === undefined ? null : judgedJson(share.judged),
      made_by: share.author.by,
      origin: share.author.origin,
    })
    .execute();
  for (const item of share.items) await addShareItem(transaction, { id, share, item });
  if (isAwaited) await invite(transaction, id);
  else await makeLinks(transaction, id);
  return { id, state };
}

/** Only an account that is not of the organisation, and never for what is its own. */
async function mustAccept(transaction: Kysely<Tables>, { target, sourceAccountId }: NewShare): Promise<boolean> {
  if (target.kind !== "account" || target.id === sourceAccountId) return false;
  const { is_outside: isOutside } = await transaction
    .selectFrom("accounts")
    .select("is_outside")
    .where("id", "=", target.id)
    .executeTakeFirstOrThrow();
  return isOutside;
}

interface Adding {
  readonly id: string;
  readonly share: Pick<NewShare, "target" | "mayReshare" | "author">;
  readonly item: ShareItem;
}

/** A grant on a database shows that it exists; rows are in its tables. */
export async function addShareItem(transaction: Kysely<Tables>, { id, share, item }: Adding): Promise<void> {
  const { on, columns, filterId } = item;
  const grant = await addGrant(
    transaction,
    {
      principalId: share.target.id,
      on,
      columns,
      filterId,
      permission: on.kind === "database" ? "DESCRIBE" : "SELECT",
      isGrantable: share.target.kind !== "principal" || share.mayReshare,
      valid: { from: undefined, until: undefined },
      parentId: undefined,
      shareId: id,
    },
    share.author,
  );
  await transaction
    .insertInto("share_items")
    .values({
      id: uuidv7(),
      share_id: id,
      resource_kind: on.kind,
      resource_id: on.id,
      columns: columnsJson(columns),
      filter_id: filterId ?? null,
      grant_id: grant.id,
    })
    .execute();
}
