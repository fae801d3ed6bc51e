import { shellWord } from "./shell-word.ts";

/** Offers to make the grants of the dropped table of this name again. */
export function earlierGrantsLine(table: string, grants: number): string {
  return `${grants === 1 ? "1 grant, tag or text" : `${grants} grants, tags and texts`} of the dropped table of this name can be made again: headgate grant reattach ${shellWord(table)}`;
}
