/** Processes, and shares that were made without a request, in the form of headgate.yaml. */
import { listProcesses } from "../../sharing/process-store.ts";
import { listShares, type Share } from "../../sharing/shares.ts";
import type { Asking } from "../../governance/asking.ts";
import { administers } from "../../governance/right-to-grant.ts";
import { grantPresenter, principalText } from "../access/present-grant.ts";
import type { Context } from "../context.ts";
import type { DeclaredShare } from "../sharing/declared-share.ts";
import { wordsOfProcess } from "../sharing/process-words.ts";
import { productNames } from "../sharing/products/product-names.ts";
import type { DeclaredAccess } from "./declared-access.ts";
import type { IsWanted } from "./export-tags.ts";

/** Those of places that the caller administers. */
export async function exportedSharing(
  context: Context,
  asking: Asking,
  isWanted: IsWanted,
): Promise<Pick<DeclaredAccess, "processes" | "shares">> {
  const processes = (await listProcesses(context.db)).filter(({ origin = null }) => isWanted({ origin }));
  const names = new Map([...asking.policy.accounts.values()].map(({ id, name }) => [id, name]));
  const words = { policy: asking.policy, productName: await productNames(context.db, asking) };
  const mine = processes.filter(({ accountId }) => administers(asking, placeOf(accountId)));
  const shares = (await listShares(context.db, asking.now)).filter(
    ({ row }) => row.ended_at === null && row.request_id === null && isWanted(row),
  );
  const own = shares.filter(({ row }) => administers(asking, placeOf(row.source_account_id)));
  const declared = await Promise.all(own.toReversed().map((share) => declaredOf(context, asking, share)));
  return {
    processes: Object.fromEntries(
      mine.map(({ accountId, process }) => [
        accountId === undefined ? "lake" : (names.get(accountId) ?? "removed"),
        wordsOfProcess(process, words),
      ]),
    ),
    shares: declared.filter((share) => share !== undefined),
  };
}

function placeOf(accountId: string | undefined): { kind: "lake" } | { kind: "account"; id: string } {
  return accountId === undefined ? { kind: "lake" } : { kind: "account", id: accountId };
}

/** Undefined if nothing of it is left. */
async function declaredOf(context: Context, asking: Asking, { row, items }: Share): Promise<DeclaredShare | undefined> {
  const present = await grantPresenter(context, asking);
  const grants = items.flatMap(({ grant_id: id }) => asking.policy.grants.get(id) ?? []);
  const shown = await Promise.all(grants.map(present));
  const [first] = shown;
  if (first === undefined) return undefined;
  const { columns, filter } = first;
  const things = shown.map(({ on }) => on).toSorted();
  return {
    to: principalText(asking, row.target_id),
    on: things.length === 1 ? first.on : things,
    ...(columns === null ? {} : { [columns.mode === "include" ? "columns" : "except"]: [...columns.names] }),
    ...(filter === null ? {} : { filter }),
    ...(row.valid_until === null ? {} : { until: row.valid_until.toISOString().replace(/T00:00:00\.000Z$/, "") }),
    reshare: row.may_reshare,
  };
}
