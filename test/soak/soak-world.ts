/** The state that all parts of a soak share: randomness, the lake, the servers, counters and findings. */
import { join } from "node:path";
import type { CommandOptions } from "../world/command.ts";
import { openJudge, type Judge } from "./judge/judge.ts";
import { openRandom, type Random } from "./random.ts";
import type { KindName } from "./kinds/kinds.ts";
import type { Side } from "./side.ts";

export interface SoakOptions {
  readonly home: string;
  readonly seed: number;
  /** For each server, in addition to those that the kinds of change bring. */
  readonly tables: number;
  /** Number of syncs to kill in each round. */
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
  /** Reports that something is wrong. */
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
    at: { data: join(options.home, "data"), environment: { HEADGATE_TABLE_ROOTS: options.home } },
    judge: openJudge(),
    sides: [],
    totals,
    complain(what) {
      totals.differences++;
      console.log(`DIFFERENT ${what}`);
    },
  };
}
