/** `npm run soak -- --sources files --rounds 200`: the walk over files of DMS alone, which needs no server of a source. */
import { openDmsWalk } from "../dms/dms-walk.ts";
import type { Soak } from "./soak-world.ts";

interface FilesWalk {
  readonly rounds: number;
  /** Continues after a difference. */
  readonly goesOn: () => boolean;
}

export async function walkFiles(soak: Soak, { rounds, goesOn }: FilesWalk): Promise<void> {
  const { home, random, at, totals } = soak;
  await using walk = openDmsWalk({ home, name: "files", random, at, isAlone: true });
  const started = performance.now();
  // Nothing else keeps the process alive while Headgate's database starts.
  const awake = setInterval(() => {}, 60_000);
  for (let round = 1; round <= rounds && goesOn(); round++) {
    for (const what of await walk.step()) soak.complain(`files: ${what}`);
    totals.rounds++;
    totals.syncs++;
    totals.kills = walk.counts.kills;
    totals.compared = walk.counts.tables;
    const seconds = ((performance.now() - started) / 1_000).toFixed(0);
    console.log(`round ${round}: ${walk.counts.tables} tables compared, ${walk.counts.kills} kills; ${seconds} s`);
  }
  clearInterval(awake);
  console.log(JSON.stringify(walk.counts.events));
}
