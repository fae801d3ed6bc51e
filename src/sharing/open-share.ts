/**
 * Makes a share of what a request has led to: ordinary grants, in the transaction of the approval.
 * Invariant: nothing is granted that the items do not name.
 */
import type { Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { ShareTargetKind, SharedKind } from "../db/share-request-rows.ts";
import type { Tables } from "../db/tables.ts";
import { addGrant, type Author } from "../governance/grants.ts";
import type { ColumnSet } from "../governance/table-access.ts";

export interface NewShare {
  readonly requestId: string | undefined;
  readonly productId: string | undefined;
  readonly sourceAccountId: string;
  readonly target: { readonly kind: ShareTargetKind; readonly id: string };
  readonly items: readonly ShareItem[];
  readonly until: number | undefined;
  readonly mayReshare: boolean;
  readonly author: Author;
}

export interface ShareItem {
  readonly on: { readonly kind: SharedKind; readonly id: string };
  readonly columns: ColumnSet;
  readonly filterId: string | undefined;
}

/** The caller holds the lock of the policy. */
export async function openShare(
  transaction: Kysely<Tables>,
  share: NewShare,
): Promise<{ readonly id: string; readonly state: "active" | "awaiting_acceptance" }> {
  for (const { on, columns, filterId } of share.target.kind === "principal" ? share.items : [])
    await addGrant(
      transaction,
      {
        principalId: share.target.id,
        on,
        permission: on.kind === "database" ? "DESCRIBE" : "SELECT",
        isGrantable: false,
        columns,
        filterId,
        valid: { from: undefined, until: share.until },
        parentId: undefined,
      },
      share.author,
    );
  return { id: uuidv7(), state: "active" };
}
