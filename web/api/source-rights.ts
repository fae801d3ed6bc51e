/** The rights of somebody to the sources of the account in which they act. The server decides; this only says what is worth offering. */
import { useQuery } from "@tanstack/react-query";
import type { AccessMineAnswer } from "../../src/client/api-client.ts";
import { useMe, type Me } from "./me.ts";
import { mineQuery } from "./queries.ts";

export interface SourceRights {
  /** Run, test, cancel, pause. */
  readonly mayOperate: boolean;
  /** Add, change, remove, schedule. */
  readonly mayAdminister: boolean;
}

/** Without a name, the rights to every source of the account, also to those that do not exist yet. */
export function useSourceRights(source?: string): SourceRights {
  const me = useMe();
  const { data: mine } = useQuery(mineQuery);
  if (me === undefined || mine === undefined) return { mayOperate: false, mayAdminister: false };
  if (mine.everything) return { mayOperate: true, mayAdminister: true };
  const actions = actionsOn(me, mine, source);
  return { mayOperate: actions.includes("operate"), mayAdminister: actions.includes("administer") };
}

function actionsOn(me: Me, mine: AccessMineAnswer, source: string | undefined): readonly string[] {
  const resources = new Set([`account ${me.account ?? ""}`, ...(source === undefined ? [] : [`source ${source}`])]);
  return mine.reached
    .filter(({ resource, account }) => resources.has(resource) && (account === null || account === me.account))
    .flatMap(({ actions }) => actions);
}

/** The rights to the whole lake, in every account. */
export function useLakeRights(): SourceRights {
  const { data: mine } = useQuery(mineQuery);
  const ways = (mine?.reached ?? []).flatMap((reached) => reached.ways.filter(({ on }) => on === "lake"));
  const gives = (permission: string): boolean =>
    mine?.everything === true || ways.some(({ permissions }) => permissions.some((one) => one === permission));
  return { mayOperate: gives("OPERATE") || gives("ADMINISTER"), mayAdminister: gives("ADMINISTER") };
}
