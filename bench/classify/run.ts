/**
 * `npm run bench -- classify [--keep] [--mistakes]`: precision and recall of the proposals of personal data on the five
 * labelled sets. `npm run bench -- classify --cost`: what looking for personal data adds to a full load.
 */
import { parseArgs } from "node:util";
import { finish, progress } from "../headgate.ts";
import { byHandTables } from "./by-hand.ts";
import { developmentTables } from "./development.ts";
import { keptBackTables } from "./kept-back.ts";
import { measureCost } from "./cost.ts";
import { scoreOf, type Score } from "./score.ts";
import { thirdTables } from "./third.ts";
import { unseenTables } from "./unseen.ts";

export async function run(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: { keep: { type: "boolean" }, mistakes: { type: "boolean" }, cost: { type: "boolean" } },
  });
  const at = { folder: import.meta.dirname, keep: values.keep === true };
  if (values.cost === true) return finish(await measureCost(), { ...at, name: "cost" });
  const sets = {
    development: developmentTables(),
    keptBack: keptBackTables(),
    byHand: byHandTables(),
    unseen: unseenTables(),
    third: thirdTables(),
  };
  const scores = Object.entries(sets).map(([name, tables]) => [name, scoreOf(tables)] as const);
  for (const [name, score] of scores) show(name, score, values.mistakes === true);
  finish(Object.fromEntries(scores.map(([name, score]) => [name, score])), { ...at, name: "classes" });
}

function show(name: string, { columns, right, overall, byClass, mistakes }: Score, withMistakes: boolean): void {
  progress(`${name}: ${right} of ${columns} columns right; precision ${overall.precision}, recall ${overall.recall}`);
  for (const [label, { labelled, proposed, precision, recall }] of Object.entries(byClass))
    progress(
      `  ${label.padEnd(15)} ${labelled} labelled, ${proposed} proposed, precision ${precision}, recall ${recall}`,
    );
  if (withMistakes) for (const mistake of mistakes) progress(`  ${mistake}`);
}
