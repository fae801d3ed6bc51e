/**
 * `npm run bench -- classify [--keep] [--mistakes]`: precision and recall of the proposals of personal data on the
 * labelled sets. `--file <path>` judges the set of one file in their place. `--unnamed` hides the names of tables and
 * columns, as if they were in a language that nobody has thought of. `--cost`: what looking for personal data adds to a
 * full load.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { finish, progress } from "../headgate.ts";
import { byHandTables } from "./by-hand.ts";
import { developmentTables } from "./development.ts";
import { keptBackTables } from "./kept-back.ts";
import { keptBackFour } from "./kept-back-four.ts";
import type { LabelledTable } from "./labelled-column.ts";
import { tablesInFile } from "./labelled-file.ts";
import { measureCost } from "./cost.ts";
import { scoreOf, type Score } from "./score.ts";
import { thirdTables } from "./third.ts";
import { unseenTables } from "./unseen.ts";

export async function run(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      keep: { type: "boolean" },
      mistakes: { type: "boolean" },
      cost: { type: "boolean" },
      unnamed: { type: "boolean" },
      file: { type: "string" },
    },
  });
  const at = { folder: import.meta.dirname, keep: values.keep === true };
  if (values.cost === true) return finish(await measureCost(), { ...at, name: "cost" });
  const isUnnamed = values.unnamed === true;
  const sets = values.file === undefined ? await ownSets() : { [values.file]: await tablesInFile(values.file) };
  const scores = Object.entries(sets).map(([name, tables]): [string, Score] => [
    name,
    scoreOf(isUnnamed ? tables.map(withoutNames) : tables),
  ]);
  for (const [name, score] of scores) show(name, score, values.mistakes === true);
  finish(Object.fromEntries(scores), { ...at, name: isUnnamed ? "unnamed" : "classes" });
}

async function ownSets(): Promise<Readonly<Record<string, readonly LabelledTable[]>>> {
  const written = (name: string): Promise<readonly LabelledTable[]> =>
    tablesInFile(join(import.meta.dirname, `${name}.txt`));
  return {
    development: developmentTables(),
    manyCountries: await written("many-countries"),
    moreCountries: await written("more-countries"),
    traps: await written("traps"),
    lastCountries: await written("last-countries"),
    besidePeople: await written("beside-people"),
    oddForms: await written("odd-forms"),
    keptBack: keptBackTables(),
    byHand: byHandTables(),
    unseen: unseenTables(),
    third: thirdTables(),
    keptBackFour,
  };
}

/** Columns without values have nothing left to be recognised by. */
function withoutNames({ columns }: LabelledTable, at: number): LabelledTable {
  const filled = columns.filter(({ values }) => values.length > 0);
  return { table: `t${at}`, columns: filled.map((column, place) => ({ ...column, name: `c${place + 1}` })) };
}

function show(name: string, { columns, right, overall, byClass, mistakes }: Score, withMistakes: boolean): void {
  progress(`${name}: ${right} of ${columns} columns right; precision ${overall.precision}, recall ${overall.recall}`);
  for (const [label, { labelled, proposed, precision, recall }] of Object.entries(byClass))
    progress(
      `  ${label.padEnd(15)} ${labelled} labelled, ${proposed} proposed, precision ${precision}, recall ${recall}`,
    );
  if (withMistakes) for (const mistake of mistakes) progress(`  ${mistake}`);
}
