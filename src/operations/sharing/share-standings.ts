/** How somebody stands to each of some shares. It decides nothing itself; share-standing.ts does. */
import type { Asking } from "../../governance/asking.ts";
import type { Share } from "../../sharing/shares.ts";
import { resourceNames } from "../access/granted-on.ts";
import type { Context } from "../context.ts";
import { standingTo, type Standing } from "./share-standing.ts";

/** Undefined for a share that they are not to know of. */
export async function shareStandings(
  context: Pick<Context, "db" | "catalog">,
  asking: Asking,
  shares: readonly Share[],
): Promise<(share: Share) => Standing | undefined> {
  const things = shares.flatMap(({ items }) => items.map(({ resource_kind: kind, resource_id: id }) => ({ kind, id })));
  const nameOf = await resourceNames(context, asking, things);
  return (share) => {
    try {
      return standingTo(asking, share, (on) => nameOf(on).place);
    } catch {
      return undefined;
    }
  };
}
