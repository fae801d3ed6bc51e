/** Shows what was made again of the rules of a dropped table, and what was not. */
import type { Reattached } from "../../operations/access/reattach.ts";
import { grantLine } from "./grant-lines.ts";
import { previewLines } from "./preview-lines.ts";
import { shortInstant } from "./short-instant.ts";
import { count } from "./table.ts";
import { colors } from "./terminal.ts";

export function printReattached(result: Reattached): void {
  const { table, droppedAt, filters, tags, said, grants, notes, skipped, passedOn, toSelf } = result;
  const lines = [
    `rules of the table ${table} that was dropped at ${shortInstant(droppedAt)}`,
    ...filters.map(({ name, isNew }) => `the data filter ${name}${isNew ? "" : " exists already"}`),
    ...tags.map(({ tag, column, isNew }) => tagText(tag, column) + (isNew ? "" : ", which is there already")),
    ...grants.map(grantLine),
    ...said.map(
      ({ what, column, isNew }) =>
        `${what}${column === null ? "" : ` of the column ${column}`}${isNew ? "" : ", which is said already"}`,
    ),
    ...previewLines(result),
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

function tagText(tag: string, column: string | null): string {
  return column === null ? `the tag ${tag}` : `the tag ${tag} of the column ${column}`;
}

function summary({ added, filters, tags, said, reattached }: Reattached): string {
  const newFilters = filters.filter(({ isNew }) => isNew).length;
  const newTags = tags.filter(({ isNew }) => isNew).length;
  const newTexts = said.filter(({ isNew }) => isNew).length;
  const rules = `${count(added, "new grant")}, ${count(newFilters, "new data filter")}, ${count(newTags, "new tag")}`;
  const made = `${rules} and ${count(newTexts, "new text")}`;
  if (!reattached) return `a plan: ${made} would be made; without --plan they are`;
  return added + newFilters + newTags + newTexts === 0 ? "nothing was changed" : `${made} made`;
}
