/** Every operation, once: what the command line and the HTTP door offer. */
import type { Operation } from "./operation.ts";
import { tableKeep } from "./keep.ts";
import { tableMode } from "./modes.ts";
import { reconcile } from "./reconcile.ts";
import { sourceAdd, sourceDiscover, sourceList, sourceRemove, sourceSet, sourceShow, sourceTest } from "./sources.ts";
import { sql } from "./sql.ts";
import { sync } from "./sync.ts";
import { tableDescribe, tableHistory, tableList } from "./tables.ts";

export const operations: readonly Operation<never, unknown>[] = [
  sourceAdd,
  sourceDiscover,
  sourceList,
  sourceRemove,
  sourceSet,
  sourceShow,
  sourceTest,
  sync,
  reconcile,
  tableMode,
  tableKeep,
  tableList,
  tableDescribe,
  tableHistory,
  sql,
] as unknown as readonly Operation<never, unknown>[];
