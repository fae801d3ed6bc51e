/**
 * The kinds of change by name. Two have no steps: `poison` adds values to every table, `engines` adds tables without
 * transactions.
 */
import { openCopies } from "./copies.ts";
import { openCursors } from "./cursors.ts";
import { openDdl } from "./ddl.ts";
import { openFiles } from "./files.ts";
import { openHistory } from "./history.ts";
import type { OpenKind } from "./kind.ts";
import { openMeanings } from "./meanings.ts";
import { openPooler } from "./pooler.ts";
import { openRights } from "./rights.ts";
import { openStandby } from "./standby.ts";
import { openSwaps } from "./swaps.ts";

const steps = {
  swaps: openSwaps,
  meanings: openMeanings,
  copies: openCopies,
  ddl: openDdl,
  cursors: openCursors,
  history: openHistory,
  rights: openRights,
  standby: openStandby,
  pooler: openPooler,
  files: openFiles,
} satisfies Readonly<Record<string, OpenKind>>;

export type KindName = keyof typeof steps | "poison" | "engines";

export const kindNames: readonly KindName[] = [
  "poison",
  "engines",
  "swaps",
  "meanings",
  "copies",
  "ddl",
  "cursors",
  "history",
  "rights",
  "standby",
  "pooler",
  "files",
];

export function kindsOf(names: readonly KindName[]): readonly OpenKind[] {
  return names.flatMap((name) => (name === "poison" || name === "engines" ? [] : [steps[name]]));
}
