/** What every part of a soak knows: chance, the lake, the servers, what was counted and found. */
import { join } from "node:path";
import type { CommandOptions } from "../world/command.ts";
import { openJudge, type Judge } from "./judge/judge.ts";
import { openRandom, type Random } from "./random.ts";
import type { KindName } from "./kinds/kinds.ts";
import type { Side } from "./side.ts";

export interface SoakOptions {
  readonly home: string;
  readonly seed: number;
  /** For each server, beside those that the kinds of change bring. */
  readonly tables: number;
  /** Syncs killed in each round. */
  readonly kills: number;
  readonly kinds: ReadonlySet<KindName>;
}

export interface Soak extends SoakOptions {
  readonly random: Random;
  readonly at: CommandOptions & { readonly environment: NodeJS.ProcessEnv };
  readonly judge: Judge;
  readonly sides: Side[];
  readonly totals: {
    rounds: number;
    syncs: number;
    kills: number;
    failedRuns: number;
    statements: number;
    events: number;
    compared: number;
    reconciled: number;
    differences: number;
    orphans: number;
  };
  /** Something is not as it should be. */
  complain(what: string): void;
}

export function openSoak(options: SoakOptions): Soak {
  const totals: Soak["totals"] = {
    rounds: 0,
    syncs: 0,
    kills: 0,
    failedRuns: 0,
    statements: 0,
    events: 0,
    compared: 0,
    reconciled: 0,
    differences: 0,
    orphans: 0,
  };
  return {
    ...options,
    random: openRandom(options.seed),
    at: { data: join(options.home, "data"), environment: {} },
    judge: openJudge(),
    sides: [],
    totals,
    complain(what) {
      totals.differences++;
      console.log(`DIFFERENT ${what}`);
    },
  };
}
