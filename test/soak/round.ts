/** One round of a soak: changes the sources, disturbs and kills syncs, then judges everything. */
import { using } from "../../src/base/cleanup.ts";
import { parseJson } from "../../src/base/json.ts";
import { silent } from "../../src/base/progress.ts";
import { openSession, type Session } from "../../src/cli/session.ts";
import { holdDirectory } from "../../src/server/hold-directory.ts";
import { connectors } from "../../src/main.ts";
import { tableList } from "../../src/operations/tables.ts";
import type { ReconcileReport } from "../../src/sync/compare/reconcile-source.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { runCommand } from "../world/command.ts";
import { testConfig } from "../world/lake.ts";
import { orphans } from "../world/orphans.ts";
import { untrueReports, type LakeState } from "./check-reports.ts";
import type { JudgedTable } from "./judge/judge.ts";
import { openPlainSource } from "./judge/plain-source.ts";
import { must } from "../../src/base/must.ts";
import { syncDisturbed, syncKilled, syncQuietly } from "./run-sync.ts";
import { changeTables, touchTables, type Door } from "./side.ts";
import type { Soak } from "./soak-world.ts";

interface Round {
  readonly round: number;
  readonly isLast: boolean;
}

export async function runRound(soak: Soak, { round, isLast }: Round): Promise<void> {
  const started = performance.now();
  for (const side of soak.sides) await changeTables(soak, side, Math.ceil(side.tables.length * 0.15));
  if (round > 1) await disturb(soak);
  const before = await withSession(soak, stateOf);
  const reports: (readonly [Door, SyncReport | undefined])[] = [];
  for (const side of soak.sides)
    for (const door of side.doors) reports.push([door, await syncQuietly(soak, side, door)]);
  const isWhole = round % 10 === 0 || isLast;
  const { judged, state } = await judgeAll(soak, isWhole);
  for (const [door, report] of reports) checkDoor(soak, { door, report, before, judged: judged.get(door) ?? [] });
  for (const { doors, kinds } of soak.sides)
    for (const door of doors) for (const kind of kinds) await kind.check?.(door, judged.get(door) ?? [], state);
  await reconcileAll(soak);
  if (isWhole) await findOrphans(soak);
  soak.totals.rounds++;
  console.log(
    `round ${round}: ${outcomes(reports)}; ${soak.totals.events} events, ${soak.totals.kills} kills; ${secondsSince(started)} s`,
  );
}

function secondsSince(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(0);
}

function outcomes(reports: readonly (readonly [Door, SyncReport | undefined])[]): string {
  const tables = reports.flatMap(([, report]) => report?.tables ?? []);
  return [...Map.groupBy(tables, ({ outcome }) => outcome)].map(([name, some]) => `${some.length} ${name}`).join(", ");
}

/** Kills, changes of every kind, and syncs while tables are altered. */
async function disturb(soak: Soak): Promise<void> {
  const { random, sides } = soak;
  for (let kill = 0; kill < soak.kills; kill++) {
    const side = random.pick(sides);
    await syncKilled(soak, side, random.pick(side.doors));
  }
  for (const side of sides)
    for (const kind of side.kinds)
      if (kind.change !== undefined && random.chance(0.6)) {
        soak.totals.events++;
        await kind.change();
      }
  for (const side of sides) {
    const during = side.kinds.filter((kind) => kind.during !== undefined);
    if (during.length === 0) continue;
    const door = random.pick(side.doors);
    await syncDisturbed(soak, side, door, async () => {
      for (const kind of during) await kind.during?.(door);
    });
  }
}

interface Checked {
  readonly door: Door;
  readonly report: SyncReport | undefined;
  readonly before: LakeState;
  readonly judged: readonly JudgedTable[];
}

function checkDoor(soak: Soak, { door, report, before, judged }: Checked): void {
  for (const { source, differences } of judged)
    if (!door.forbidden.has(source.name))
      for (const difference of differences) soak.complain(`${door.name}: ${JSON.stringify(difference)}`);
  if (report === undefined) return;
  for (const what of untrueReports({ door, report, before, judged }))
    soak.complain(`${door.name}: the report: ${what}`);
}

function withSession<T>({ at }: Soak, work: (session: Session) => Promise<T>): Promise<T> {
  return using(openSession({ config: testConfig({ data: at.data }), connectors }), work);
}

async function stateOf(session: Session): Promise<LakeState> {
  const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  const { tables } = await session.call(tableList, {}, call);
  return new Map(
    tables.map((table) => [
      `${table.database}.${table.name}`,
      { metadata: must(table.metadata_location, "the location of its metadata") },
    ]),
  );
}

interface Judgement {
  readonly judged: ReadonlyMap<Door, readonly JudgedTable[]>;
  readonly state: LakeState;
}

/** Compares every door's tables with the lake. */
function judgeAll(soak: Soak, isWhole: boolean): Promise<Judgement> {
  return withSession(soak, async (session) => {
    const found = new Map<Door, readonly JudgedTable[]>();
    for (const { doors } of soak.sides)
      for (const door of doors) {
        await using plain = await openPlainSource(door.plain);
        const judged = await soak.judge.judge({ session, name: door.name, plain, sees: door.sees }, { isWhole });
        soak.totals.compared += judged.length;
        found.set(door, judged);
      }
    return { judged: found, state: await stateOf(session) };
  });
}

/** Rows are written after the last sync; a reconcile must name exactly the tables that the judge names. */
async function reconcileAll(soak: Soak): Promise<void> {
  const { random, sides } = soak;
  for (const side of sides) await touchTables(soak, side, random.below(4));
  const verdicts = new Map<Door, ReconcileReport["tables"]>();
  for (const { doors } of sides) {
    const door = random.pick(doors);
    await door.settle();
    const { code, stdout, stderr } = await runCommand(["reconcile", door.name, "--json"], soak.at);
    if (stdout === "") soak.complain(`${door.name}: the reconcile ended with ${code}: ${stderr.slice(-1_000)}`);
    else verdicts.set(door, (parseJson(stdout) as unknown as ReconcileReport).tables);
  }
  const { judged } = await judgeAll(soak, false);
  for (const [door, tables] of verdicts)
    for (const table of judged.get(door) ?? []) compareVerdict(soak, door, { table, verdicts: tables });
}

function compareVerdict(
  soak: Soak,
  door: Door,
  { table, verdicts }: { table: JudgedTable; verdicts: ReconcileReport["tables"] },
): void {
  if (door.forbidden.has(table.source.name)) return;
  soak.totals.reconciled++;
  const verdict = verdicts.find(({ sourceTable }) => sourceTable === table.label);
  const isEqual = table.differences.length === 0;
  if (verdict === undefined) soak.complain(`${door.name}: reconcile leaves out ${table.label}`);
  else if (verdict.equal !== isEqual)
    soak.complain(
      `${door.name}: reconcile says ${verdict.equal ? "equal" : "different"} of ${table.label} (${verdict.how}); judge: ${JSON.stringify(table.differences[0] ?? "equal")}`,
    );
}

/** Files left by killed runs must be removed once a run has ended normally. */
async function findOrphans({ at, totals }: Soak): Promise<void> {
  const left = await using(holdDirectory({ config: testConfig({ data: at.data }), connectors }), ({ context }) =>
    orphans(context),
  );
  totals.orphans += left.length;
  for (const location of left.slice(0, 10)) console.log(`ORPHAN ${location}`);
}
