/** Property of a history table: the id of the table whose changes it records (sync/history/change-history.ts). */
export const historyOfProperty = "headgate.history-of";
