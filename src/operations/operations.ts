/** The list of all operations that the command line and the HTTP door offer. */
import type { AnyOperation } from "./operation.ts";
import { auditAcceptRestore } from "./audit/accept-restore.ts";
import { auditList } from "./audit/audit-list.ts";
import { auditDigest, auditExport, auditVerify } from "./audit/audit-proof.ts";
import { keyCreate, keyList, keyRevoke } from "./people/keys.ts";
import {
  accountRemoveLake,
  accountRotateKey,
  accountSetLake,
  accountShow,
  accountWorkerKey,
} from "./people/account-lakes.ts";
import { accountSetBudget } from "./people/budgets.ts";
import { accountAdd, accountList, accountRemove, accountSet } from "./people/accounts.ts";
import {
  groupAdd,
  groupList,
  groupRemove,
  groupSet,
  groupShow,
  roleAdd,
  roleList,
  roleRemove,
  roleSet,
  roleShow,
} from "./people/groups.ts";
import { authenticatorForget, identityLink, identityList, identityUnlink } from "./people/identities.ts";
import {
  identityProviderAdd,
  identityProviderList,
  identityProviderRemove,
  identityProviderSet,
} from "./people/identity-providers.ts";
import { userInvitations, userInvite, userInviteAgain, userWithdrawInvitation } from "./people/invitations.ts";
import { memberAdd, memberList, memberRemove } from "./people/members.ts";
import { sessionEnd, sessionLeave, sessionList, sessionMine } from "./people/sessions.ts";
import { unitAdd, unitList, unitMove, unitRemove } from "./people/units.ts";
import { userAdd, userList, userRemove, userReset, userSet } from "./people/users.ts";
import { accessExplain } from "./access/explain.ts";
import { accessMine, accessOf, accessTo } from "./access/reach.ts";
import { filterAdd, filterList, filterRemove, filterShow } from "./access/filters.ts";
import {
  shareAccept,
  shareExtend,
  shareInvite,
  shareReject,
  shareResume,
  shareRevoke,
  shareSuspend,
} from "./sharing/share-changes.ts";
import { linkAdd, linkList, linkRemove } from "./links/links.ts";
import { productAdd } from "./sharing/products/product-add.ts";
import { productPut, productRemove, productSet, productTake } from "./sharing/products/product-change.ts";
import { productList, productShow } from "./sharing/products/product-show.ts";
import { shareCreate } from "./sharing/share-create.ts";
import { shareList, shareShow } from "./sharing/share-list.ts";
import { grantPut } from "./access/grant-put.ts";
import { grantAdd, grantList, grantRevoke } from "./access/grants.ts";
import { grantReattach } from "./access/reattach.ts";
import { expressionList, expressionRemove, expressionSet } from "./tags/expressions.ts";
import { tagAdd, tagChange, tagList, tagRemove, tagRename } from "./tags/tag-keys.ts";
import { tagSet, tagShow, tagUnset } from "./tags/tags.ts";
import { databaseList, databaseShow } from "./databases.ts";
import { databaseDescribe, tableDescribe } from "./stewardship/describe.ts";
import { descriptionExport, descriptionImport } from "./stewardship/documents.ts";
import { tableMark } from "./stewardship/mark-table.ts";
import { stewardAdd, stewardList, stewardRemove } from "./stewardship/stewards.ts";
import { termAdd, termAttach, termDetach, termList, termRemove, termShow } from "./stewardship/terms.ts";
import { declarationApply, declarationShow } from "./declaration/apply.ts";
import { accessExport } from "./declaration/export-access.ts";
import { tableDiff } from "./diff.ts";
import { tableRegister, tableUnregister } from "./register.ts";
import { referenceList, referenceRemove, referenceSet, tableRollback } from "./references.ts";
import { tableImport } from "./import.ts";
import { doctorGovernance } from "./doctor/doctor-governance.ts";
import { maintain } from "./maintain.ts";
import { nameList } from "./names.ts";
import { piiDecide, piiList, piiScan } from "./pii/pii.ts";
import { runCancel, runList, runShow } from "./runs.ts";
import { scheduleList, schedulePause, scheduleRemove, scheduleRunDue, scheduleSet, scheduleShow } from "./schedules.ts";
import { status } from "./status.ts";
import { tablePause, tableReset } from "./table-control.ts";
import { sourceControl, sourceController } from "./controller/source-controller.ts";
import { sourceDefine } from "./source-define.ts";
import { tableController } from "./controller/table-controller.ts";
import { tableDrop } from "./table-drop.ts";
import { tableSet } from "./table-set.ts";
import { reconcile } from "./reconcile.ts";
import { sourceAdd, sourceDiscover, sourceList, sourceRemove, sourceSet, sourceShow, sourceTest } from "./sources.ts";
import { absenceEnd, absenceList, absenceSet } from "./sharing/absences.ts";
import { requestOpenLink, requestUseLink } from "./sharing/decision-by-link.ts";
import { requestAnswer } from "./sharing/request-answer.ts";
import { mailTest } from "./sharing/mail/mail-test.ts";
import { mailConfirm, mailList, mailSubscribe, mailUnsubscribe } from "./sharing/mail/subscriptions.ts";
import { processList, processRemove, processSet } from "./sharing/processes.ts";
import { requestRemind } from "./sharing/request-remind.ts";
import { requestAcceptTerms, requestCreate, requestSubmit, requestWithdraw } from "./sharing/request-create.ts";
import { requestApprove, requestDeny } from "./sharing/request-decide.ts";
import { requestInbox, requestList, requestShow } from "./sharing/requests.ts";
import { hookAdd, hookList, hookRemove, hookRetry } from "./sharing/events/hooks.ts";
import { sharingWatch } from "./sharing/events/sharing-watch.ts";
import { sharingSimulate } from "./sharing/simulate.ts";
import { boardList, boardRemove, boardSave, boardShare, boardShow } from "./kept/boards.ts";
import { queryList, queryRemove, querySave, queryShare, queryShow } from "./kept/queries.ts";
import { queryDownload } from "./download/query-download.ts";
import { sql } from "./sql.ts";
import { runWatch } from "./watch-runs.ts";
import { sync } from "./sync.ts";
import { catalogSearch } from "./finding/search.ts";
import { tableHistory, tableList, tableShow } from "./tables.ts";
import { viewDrop, viewRestore, viewSet } from "./views/view-change.ts";
import { viewCreate } from "./views/view-create.ts";
import { viewHistory, viewList, viewShow } from "./views/views.ts";

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
  sourceDefine,
  sync,
  reconcile,
  maintain,
  doctorGovernance,
  piiList,
  piiDecide,
  piiScan,
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
  accessExport,
  runList,
  runShow,
  runCancel,
  runWatch,
  status,
  nameList,
  databaseList,
  databaseShow,
  databaseDescribe,
  tableDescribe,
  tableMark,
  descriptionExport,
  descriptionImport,
  termAdd,
  termList,
  termShow,
  termRemove,
  termAttach,
  termDetach,
  stewardAdd,
  stewardRemove,
  stewardList,
  catalogSearch,
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
  viewCreate,
  viewList,
  viewShow,
  viewHistory,
  viewRestore,
  viewSet,
  viewDrop,
  sql,
  queryDownload,
  querySave,
  queryList,
  queryShow,
  queryRemove,
  queryShare,
  boardSave,
  boardList,
  boardShow,
  boardRemove,
  boardShare,
  userAdd,
  userList,
  userSet,
  userReset,
  userInvite,
  userInviteAgain,
  userWithdrawInvitation,
  userInvitations,
  userRemove,
  keyCreate,
  keyList,
  keyRevoke,
  groupAdd,
  groupList,
  groupShow,
  groupSet,
  groupRemove,
  roleAdd,
  roleList,
  roleShow,
  roleSet,
  roleRemove,
  memberAdd,
  memberList,
  memberRemove,
  identityProviderAdd,
  identityProviderList,
  identityProviderSet,
  identityProviderRemove,
  identityList,
  identityLink,
  identityUnlink,
  authenticatorForget,
  sessionMine,
  sessionList,
  sessionLeave,
  sessionEnd,
  unitAdd,
  unitList,
  unitMove,
  unitRemove,
  accountAdd,
  accountList,
  accountSet,
  accountShow,
  accountSetLake,
  accountRemoveLake,
  accountSetBudget,
  accountRotateKey,
  accountWorkerKey,
  accountRemove,
  tagAdd,
  tagList,
  tagChange,
  tagRename,
  tagRemove,
  tagSet,
  tagUnset,
  tagShow,
  expressionSet,
  expressionList,
  expressionRemove,
  grantAdd,
  grantPut,
  linkAdd,
  linkList,
  linkRemove,
  productAdd,
  productList,
  productShow,
  productSet,
  productPut,
  productTake,
  productRemove,
  shareCreate,
  shareList,
  shareShow,
  shareAccept,
  shareReject,
  shareSuspend,
  shareResume,
  shareExtend,
  shareInvite,
  shareRevoke,
  grantRevoke,
  grantReattach,
  grantList,
  filterAdd,
  filterList,
  filterShow,
  filterRemove,
  requestCreate,
  requestSubmit,
  requestAcceptTerms,
  requestWithdraw,
  requestRemind,
  requestList,
  requestInbox,
  requestShow,
  requestApprove,
  requestDeny,
  requestOpenLink,
  requestUseLink,
  requestAnswer,
  mailSubscribe,
  mailConfirm,
  mailUnsubscribe,
  mailList,
  mailTest,
  absenceSet,
  absenceEnd,
  absenceList,
  processSet,
  processList,
  processRemove,
  sharingSimulate,
  sharingWatch,
  hookAdd,
  hookList,
  hookRetry,
  hookRemove,
  auditList,
  auditVerify,
  auditDigest,
  auditExport,
  auditAcceptRestore,
  accessExplain,
  accessOf,
  accessTo,
  accessMine,
];
