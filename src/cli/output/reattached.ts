/** Shows what was made again of the rules of a dropped table, and what was not. */
import type { Reattached } from "../../operations/access/reattach.ts";
import { grantLine } from "./grant-lines.ts";
import { shortInstant } from "./short-instant.ts";
import { count } from "./table.ts";
import { colors } from "./terminal.ts";

export function printReattached(result: Reattached): void {
  const { table, droppedAt, filters, grants, notes, skipped, passedOn, toSelf } = result;
  const lines = [
    `rules of the table ${table} that was dropped at ${shortInstant(droppedAt)}`,
    ...filters.map(({ name, isNew }) => `the data filter ${name}${isNew ? "" : " exists already"}`),
    ...grants.map(grantLine),
    ...notes.map(remark),
    ...skipped.map(({ what, why }) => remark(`not made again: ${what}, because ${why}`)),
    ...(passedOn === 0 ? [] : [remark(`${count(passedOn, "grant")} that holders had passed on: not made again`)]),
    summary(result),
    ...(toSelf ? ["you grant some of this to yourself, and administrators can see that"] : []),
  ];
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

function remark(text: string): string {
  return `${colors.yellow("!")} ${text}`;
}

function summary({ added, filters, reattached }: Reattached): string {
  const newFilters = filters.filter(({ isNew }) => isNew).length;
  const made = `${count(added, "new grant")} and ${count(newFilters, "new data filter")}`;
  if (!reattached) return `a plan: ${made} would be made; without --plan they are`;
  return added + newFilters === 0 ? "nothing was changed" : `${made} made`;
}
