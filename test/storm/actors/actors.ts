/** The actors of a storm, by the names that `--with` accepts. */
import type { Actor } from "../storm-world.ts";
import { bomber } from "./bomber.ts";
import { crowd } from "./crowd.ts";
import { gang } from "./gang.ts";
import { hoarder } from "./hoarder.ts";
import { killer } from "./killer.ts";
import { quiet } from "./quiet.ts";
import { reader } from "./reader.ts";
import { revoker } from "./revoker.ts";
import { syncer, writer } from "./syncer.ts";
import { vanisher } from "./vanisher.ts";

const actors = {
  quiet: [quiet],
  reader: [reader(1), reader(2), reader(3)],
  syncer: [writer, syncer],
  bomber: [bomber(1), bomber(2)],
  killer: [killer],
  vanisher: [vanisher],
  hoarder: [hoarder],
  crowd: [crowd],
  gang: [gang(1), gang(2), gang(3)],
  revoker: [revoker],
} as const satisfies Readonly<Record<string, readonly Actor[]>>;

const actorNames = Object.keys(actors) as readonly (keyof typeof actors)[];

/** All except the gang, which together with the bombers takes every place there is. */
export const usualNames = actorNames.filter((name) => name !== "gang");

/** Throws for an unknown name. */
export function actorsOf(names: readonly string[]): readonly Actor[] {
  return names.flatMap((name): readonly Actor[] => {
    const known = actorNames.find((other) => other === name);
    if (known === undefined) throw new Error(`--with knows ${actorNames.join()}, not ${name}`);
    return actors[known];
  });
}
