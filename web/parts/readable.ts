/** Which of the listed tables somebody can read, from what the server says of their access. */
import type { AccessMineAnswer, ListedTable } from "../../src/client/api-client.ts";
import { tableName } from "./names.ts";

export function readableIn(mine: AccessMineAnswer | undefined): (table: ListedTable) => boolean {
  if (mine === undefined || mine.everything) return () => mine !== undefined;
  const readable = new Set(mine.reached.filter(({ reads }) => reads !== "nothing").map(({ resource }) => resource));
  return ({ database, name, link }) => readable.has(link?.target ?? tableName(database, name));
}
