/** Says what a change opens and closes, and for whom: `ann can read email of shop.customers`. */
import { differenceLines } from "../../operations/tags/difference-lines.ts";
import type { PresentedDifference } from "../../operations/tags/preview.ts";
import type { presentedSensitive } from "../../operations/tags/sensitive-columns.ts";
import type { z } from "zod";

export interface ShownPreview {
  readonly access: readonly PresentedDifference[];
  readonly elsewhere: number;
}

/** None if nobody's access changes. */
export function previewLines({ access, elsewhere }: ShownPreview): readonly string[] {
  const more = elsewhere === 0 ? [] : [`and access to ${elsewhere} further things that you may not know changes`];
  return [...access.flatMap(differenceLines), ...more];
}

export function printPreview(preview: ShownPreview): void {
  const shown = previewLines(preview);
  process.stdout.write(`${shown.length === 0 ? "this changes nobody's access" : shown.join("\n")}\n`);
}

export function printSensitive(sensitive: readonly z.infer<typeof presentedSensitive>[]): void {
  const lines = sensitive.map(
    ({ table, columns, tags }) =>
      `attention: this covers ${columns.join(", ")} of ${table}, tagged ${tags.join(", ")}\n`,
  );
  process.stdout.write(lines.join(""));
}
