/** What a change opens and closes in words: `ann can read email of shop.customers`. */
import type { PresentedDifference } from "../../operations/tags/preview.ts";
import type { presentedSensitive } from "../../operations/tags/sensitive-columns.ts";
import type { z } from "zod";

export interface ShownPreview {
  readonly access: readonly PresentedDifference[];
  readonly elsewhere: number;
}

export function printPreview({ access, elsewhere }: ShownPreview): void {
  const lines = access.flatMap(differenceLines);
  const more = elsewhere === 0 ? [] : [`and access to ${elsewhere} further things that you may not know changes`];
  const shown = [...lines, ...more];
  process.stdout.write(`${shown.length === 0 ? "this changes nobody's access" : shown.join("\n")}\n`);
}

function differenceLines({ principal, account, on, gains, loses, ...columns }: PresentedDifference): readonly string[] {
  const who = account === null ? principal : `${principal}, acting in ${account},`;
  const names = (list: readonly string[]): string => list.join(", ");
  const sentences: readonly (readonly [readonly string[], string])[] = [
    [columns.opens, `can read ${names(columns.opens)} of ${on}`],
    [columns.closes, `can no longer read ${names(columns.closes)} of ${on}`],
    [columns.widens, `sees more of ${names(columns.widens)} of ${on}`],
    [columns.narrows, `sees less of ${names(columns.narrows)} of ${on}`],
    [columns.shows, `knows the columns ${names(columns.shows)} of ${on}`],
    [columns.hides, `no longer knows the columns ${names(columns.hides)} of ${on}`],
    [gains, `gets ${names(gains)} on ${on}`],
    [loses, `loses ${names(loses)} on ${on}`],
  ];
  return sentences.filter(([list]) => list.length > 0).map(([, text]) => `${who} ${text}`);
}

export function printSensitive(sensitive: readonly z.infer<typeof presentedSensitive>[]): void {
  const lines = sensitive.map(
    ({ table, columns, tags }) =>
      `attention: this covers ${columns.join(", ")} of ${table}, tagged ${tags.join(", ")}\n`,
  );
  process.stdout.write(lines.join(""));
}
