/** The list of all operations that the command line and the HTTP door offer. */
import type { AnyOperation } from "./operation.ts";
import { keyCreate, keyList, keyRevoke } from "./keys.ts";
import { userAdd, userList, userRemove, userReset, userSet } from "./users.ts";
import { databaseList } from "./databases.ts";
import { declarationApply, declarationShow } from "./declaration/apply.ts";
import { tableDiff } from "./diff.ts";
import { tableRegister, tableUnregister } from "./register.ts";
import { referenceList, referenceRemove, referenceSet, tableRollback } from "./references.ts";
import { tableImport } from "./import.ts";
import { maintain } from "./maintain.ts";
import { nameList } from "./names.ts";
import { runCancel, runList, runShow } from "./runs.ts";
import { scheduleList, schedulePause, scheduleRemove, scheduleRunDue, scheduleSet, scheduleShow } from "./schedules.ts";
import { status } from "./status.ts";
import { tablePause, tableReset } from "./table-control.ts";
import { sourceControl, sourceController } from "./controller/source-controller.ts";
import { tableController } from "./controller/table-controller.ts";
import { tableDrop } from "./table-drop.ts";
import { tableSet } from "./table-set.ts";
import { reconcile } from "./reconcile.ts";
import { sourceAdd, sourceDiscover, sourceList, sourceRemove, sourceSet, sourceShow, sourceTest } from "./sources.ts";
import { sql } from "./sql.ts";
import { runWatch } from "./watch-runs.ts";
import { sync } from "./sync.ts";
import { tableHistory, tableList, tableShow } from "./tables.ts";

export const operations: readonly AnyOperation[] = [
  sourceAdd,
  sourceDiscover,
  sourceList,
  sourceRemove,
  sourceSet,
  sourceShow,
  sourceTest,
  sourceController,
  sourceControl,
  sync,
  reconcile,
  maintain,
  tablePause,
  tableReset,
  tableSet,
  tableController,
  tableDrop,
  scheduleSet,
  scheduleList,
  scheduleShow,
  schedulePause,
  scheduleRemove,
  scheduleRunDue,
  declarationApply,
  declarationShow,
  runList,
  runShow,
  runCancel,
  runWatch,
  status,
  nameList,
  databaseList,
  tableList,
  tableShow,
  tableHistory,
  tableDiff,
  tableRollback,
  tableRegister,
  tableUnregister,
  tableImport,
  referenceList,
  referenceSet,
  referenceRemove,
  sql,
  userAdd,
  userList,
  userSet,
  userReset,
  userRemove,
  keyCreate,
  keyList,
  keyRevoke,
];
