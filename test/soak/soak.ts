/**
 * `npm run soak -- --rounds 50`: tables of both databases change at random in every way that a source can, while syncs
 * run, are killed and run again. After each round every table must be equal, as a multiset, in the source, in
 * Headgate's SQL, in PyIceberg and for a reader that follows the specification alone (judge/); reports must be true;
 * and a reconcile must find what the judge finds. `--with swaps,ddl` selects the kinds of change (kinds/), and `--seed`
 * repeats a soak. `--sources files` walks over files of DMS alone.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installServers } from "../../scripts/install-servers.ts";
import { setUpPython } from "../peers/set-up.ts";
import type { Dialect } from "../world/sample-shop.ts";
import { kindNames, kindsOf, type KindName } from "./kinds/kinds.ts";
import { runRound } from "./round.ts";
import { openSide } from "./side.ts";
import { openSoak, type Soak } from "./soak-world.ts";
import { walkFiles } from "./walk-files.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "50" },
    tables: { type: "string", default: "60" },
    kills: { type: "string", default: "2" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    sources: { type: "string", default: "postgres,mariadb" },
    with: { type: "string", default: kindNames.join() },
    /** Continues after a difference until all rounds are done. */
    on: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
const kinds = values.with === "" ? [] : values.with.split(",").map(kindName);
/** The walk over files of DMS alone. */
const isOfFiles = values.sources === "files";
const started = performance.now();
const home = await mkdtemp(join(tmpdir(), "headgate-soak-"));
const seed = Number(values.seed);

if (!isOfFiles) {
  installServers();
  setUpPython();
}
console.log(
  `soak: seed ${seed}, ${values.tables} tables a source, ${values.rounds} rounds, with ${kinds.join()}; ${home}`,
);
const soak = openSoak({
  home,
  seed,
  tables: Number(values.tables),
  kills: Number(values.kills),
  kinds: new Set(kinds),
});
let isDone = false;
try {
  const rounds = Number(values.rounds);
  if (isOfFiles) await walkFiles(soak, { rounds, goesOn: () => goesOn(soak) });
  else await runRounds(soak, rounds);
  isDone = isExact(soak);
} finally {
  for (const side of soak.sides) await side[Symbol.asyncDispose]();
  if (isDone && !values.keep) await rm(home, { recursive: true, force: true });
}
const seconds = Math.round((performance.now() - started) / 1000);
const verdict = isDone ? "exact" : "different";
console.log(
  JSON.stringify({ soak: verdict, seed, tables: Number(values.tables), with: kinds, seconds, ...soak.totals }),
);
process.exitCode = isDone ? 0 : 1;

async function runRounds(of: Soak, rounds: number): Promise<void> {
  for (const dialect of values.sources.split(",").map(dialectName)) await openSide(of, dialect, kindsOf(kinds));
  for (let round = 1; round <= rounds && goesOn(of); round++) await runRound(of, { round, isLast: round === rounds });
}

function goesOn(of: Soak): boolean {
  return values.on || isExact(of);
}

function isExact({ totals }: Soak): boolean {
  return totals.differences + totals.orphans === 0;
}

function kindName(name: string): KindName {
  const found = kindNames.find((known) => known === name);
  if (found === undefined) throw new Error(`--with knows ${kindNames.join()}, not ${name}`);
  return found;
}

function dialectName(name: string): Dialect {
  if (name === "postgres" || name === "mariadb") return name;
  throw new Error(`--sources knows postgres and mariadb, not ${name}`);
}
