/**
 * A random walk over files of DMS: settings, changes, reloads, truncation, new columns, controls, files that are late,
 * lost or copied, and syncs that are killed or meet files which appear meanwhile. After each step the lake must have the
 * rows that the model says, and histories must add up.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { silent } from "../../src/base/progress.ts";
import { tableController } from "../../src/operations/controller/table-controller.ts";
import { declarationApply } from "../../src/operations/declaration/apply.ts";
import { sync } from "../../src/operations/sync.ts";
import type { Random } from "../soak/random.ts";
import { startCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { historyBeginning } from "./dms-history.ts";
import { declaredTables, lakeDifferences } from "./dms-lake.ts";
import { openDmsModel, type DmsModel } from "./dms-model.ts";
import { randomDmsSettings } from "./dms-settings.ts";
import type { DmsTable } from "./dms-table.ts";
import { openDmsTask, type DmsTask } from "./dms-task.ts";

interface WalkParts {
  /** Where the files are. */
  readonly home: string;
  /** Begins the names of the sources. */
  readonly name: string;
  readonly random: Random;
  readonly at: CommandOptions;
  /** A sync is killed within this time. */
  readonly killAfterMs?: number;
  /** Nobody else uses the directory between steps, so that it need not be released after each. */
  readonly isAlone?: boolean;
}

export interface DmsWalk extends AsyncDisposable {
  /** Returns what is wrong after it, in words. */
  step(): Promise<readonly string[]>;
  readonly counts: WalkCounts;
}

export interface WalkCounts {
  steps: number;
  kills: number;
  /** Tables that were compared with the model. */
  tables: number;
  /** How often each thing happened. */
  readonly events: Record<string, number>;
}

interface Feed {
  readonly name: string;
  readonly task: DmsTask;
  readonly model: DmsModel;
  readonly paused: Set<string>;
  /** Tables that had stopped after the last sync: nobody moves the place of such a table. */
  stopped: ReadonlySet<string>;
  /** Tables that were truncated since their last full load. */
  readonly truncated: Set<string>;
  /** Tables that keep deleted rows, marked. */
  readonly soft: ReadonlySet<string>;
  /** Tables with a history: the rows before it began, as text. */
  readonly beginnings: Map<string, string | undefined>;
}

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
const keys = { product: ["id"], stock: ["area", "number"], event: ["id"] };

export function openDmsWalk({ home, name, random, at, killAfterMs = 4_000, isAlone = false }: WalkParts): DmsWalk {
  let holding: HeldHeadgate | undefined;
  const counts: WalkCounts = { steps: 0, kills: 0, tables: 0, events: {} };
  let feed: Feed | undefined;

  function note(event: string): void {
    counts.events[event] = (counts.events[event] ?? 0) + 1;
  }
  async function hold(): Promise<HeldHeadgate> {
    holding ??= await holdHeadgate({ data: at.data, tableRoots: home });
    return holding;
  }
  async function release(): Promise<void> {
    await holding?.[Symbol.asyncDispose]();
    holding = undefined;
  }
  async function step(): Promise<readonly string[]> {
    counts.steps++;
    try {
      if (feed === undefined || random.chance(0.1)) feed = await newFeed(await hold());
      else await happen(await hold(), feed);
      if (random.chance(0.25)) {
        await release();
        await syncKilled(feed);
      }
      return await settle(await hold(), feed);
    } finally {
      if (!isAlone) await release();
    }
  }
  /** A source with settings of its own, whose tables have a full load, except one where all transactions are together. */
  async function newFeed(held: HeldHeadgate): Promise<Feed> {
    const own = `${name}_${counts.steps}`;
    const folder = join(home, own);
    await mkdir(folder, { recursive: true });
    const settings = randomDmsSettings(random);
    const isTogether = settings.preserveTransactionsIn !== undefined;
    note(isTogether ? "a source with whole transactions" : `a source of ${settings.dataFormat}`);
    const task = openDmsTask({
      folder,
      random,
      settings,
      tables: {
        product: "number",
        stock: "two columns",
        log: "none",
        note: "one column",
        ...(isTogether && { event: "number" }),
      },
      isGiven: random.chance(0.5),
      withoutFolder: new Set(isTogether ? ["event"] : []),
    });
    for (const table of task.tables) await beginTable(task, table);
    await changes(task);
    const soft = new Set(["stock", ...(random.chance(0.3) ? ["product"] : [])]);
    const recorded = ["stock", ...(random.chance(0.3) ? ["product"] : [])];
    await declare(held, { own, folder, task, soft, recorded });
    return {
      name: own,
      task,
      model: openDmsModel(keys),
      paused: new Set(),
      stopped: new Set(),
      truncated: new Set(),
      soft,
      beginnings: new Map(recorded.map((table) => [table, undefined])),
    };
  }
  async function beginTable(task: DmsTask, table: DmsTable): Promise<void> {
    if (task.withoutFolder.has(table.name)) return task.change(12, table);
    task.fill(table, 1 + random.below(60));
    await task.load(table, { overlap: overlapOf(table) });
  }
  interface Declared extends Pick<Feed, "task" | "soft"> {
    readonly own: string;
    readonly folder: string;
    readonly recorded: readonly string[];
  }
  async function declare(held: HeldHeadgate, { own, folder, task, soft, recorded }: Declared): Promise<void> {
    const kept = task.tables.map((table) => {
      const mode = random.pick(["auto", "files"]);
      return [table.name, { mode, soft_delete: soft.has(table.name), history: recorded.includes(table.name) }] as const;
    });
    const tables = declaredTables(task, Object.fromEntries(kept));
    const text = JSON.stringify({
      sources: { [own]: { url: `dms-files+file://${folder}?schema=shop&settle=0`, tables } },
    });
    await held.session.call(declarationApply, { text, file: `${own}.yaml`, passwords: {}, dryRun: false }, call);
  }
  function overlapOf({ key }: DmsTable): number {
    return key === undefined ? 0 : random.below(8);
  }
  async function changes(task: DmsTask): Promise<void> {
    for (let file = random.below(4); file >= 0; file--) {
      task.change(1 + random.below(40));
      await task.flush();
    }
  }
  async function happen(held: HeldHeadgate, now: Feed): Promise<void> {
    const { task, paused, stopped } = now;
    if (paused.size + stopped.size === 0 && random.chance(0.12)) {
      note("copied");
      return task.copy();
    }
    await changes(task);
    if (task.canAddColumns && random.chance(0.2)) {
      note("column added");
      await task.addColumn(random.pick(task.tables.filter(({ columns }) => columns.length > 1)));
    }
    await files(now);
    await changes(task);
    for (const table of task.tables) if (random.chance(0.25)) await control(held, now, table);
    if (now.truncated.size > 0 && random.chance(0.5)) await beginAnew(held, now);
  }
  /** Files are late, lost or gone, or a table is loaded again. */
  async function files(now: Feed): Promise<void> {
    const { task, truncated } = now;
    if (random.chance(0.5)) {
      if (await task.deliver()) note("late files");
    }
    if (random.chance(0.3)) {
      task.change(1 + random.below(10));
      await task.withhold();
    }
    if (random.chance(0.3)) await lose(now);
    const table = random.pick(task.tables);
    if (random.chance(0.15) && hasFolder(now, table.name)) {
      note("truncated");
      await task.truncate(table);
      truncated.add(table.name);
    }
    if (!random.chance(0.2)) return;
    note("loaded again");
    task.fill(table, 1 + random.below(5));
    await task.load(table, { overlap: overlapOf(table) });
    truncated.delete(table.name);
  }
  function hasFolder({ task }: Feed, table: string): boolean {
    return task.files().some(({ path }) => path.startsWith(`shop/${table}/`));
  }
  /** A lifecycle rule removes the oldest files of changes that all tables have read. */
  async function lose({ task, model, paused, stopped, truncated }: Feed): Promise<void> {
    if (paused.size + stopped.size + truncated.size > 0) return;
    const read = new Set(task.tables.flatMap((table) => model.readFiles(table.name)));
    const all = task.files().filter(({ stage }) => stage === "changes");
    const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
    const old = all
      .filter(({ path }) => read.has(nameOf(path)))
      .toSorted((left, right) => (nameOf(left.path) < nameOf(right.path) ? -1 : 1));
    const perTable = [...Map.groupBy(old, ({ path }) => path.split("/").slice(0, 2).join("/")).values()];
    const lost = perTable.flatMap((own) => own.slice(0, Math.min(2, Math.max(0, own.length - 4))));
    if (lost.length > 0) note("lost files");
    await task.lose(lost.map(({ path }) => path));
  }
  /** Pauses or resumes a table, or moves its place back. */
  async function control(held: HeldHeadgate, now: Feed, { name: table }: DmsTable): Promise<void> {
    const { name: source, model, paused, stopped, truncated } = now;
    const set = (controls: object): Promise<unknown> =>
      held.session.call(tableController, { table: `${source}.${table}`, ...controls }, call);
    const what = random.pick(["active", "file", "load"] as const);
    if (what === "active") {
      note("switched on or off");
      await set({ ActiveFlag: paused.has(table) });
      if (!paused.delete(table)) paused.add(table);
    }
    const read = model.readFiles(table);
    if (stopped.has(table) || truncated.has(table)) return;
    if (what === "file" && read.length > 0) {
      note("LastIncrementalFile set back");
      const after = random.pick(read);
      await set({ LastIncrementalFile: after });
      model.readAgain(table, after);
    }
    if (what !== "load" || model.columns(table).length === 0) return;
    note("LastFullLoadDate set back");
    await set({ LastFullLoadDate: hasFolder(now, table) ? "1900-01-01 00:00:00" : null });
    model.loadAgain(table);
  }
  /** Somebody says that a truncated table begins with the files that are there, in one of two ways. */
  async function beginAnew(held: HeldHeadgate, now: Feed): Promise<void> {
    const { name: source, model, task, truncated, paused } = now;
    const table = random.pick([...truncated]);
    if (paused.has(table) || model.columns(table).length === 0) return;
    note("begun anew");
    model.loadAgain(table);
    truncated.delete(table);
    if (random.chance(0.5))
      return void (await held.session.call(
        tableController,
        { table: `${source}.${table}`, LastFullLoadDate: null },
        call,
      ));
    await held.session.call(sync, { source, tables: [`shop.${table}`], full: true }, call);
    model.read(task.files(), (other) => other === table);
  }
  /** Kills the run at a random moment, while files appear. */
  async function syncKilled({ name: source, task }: Feed): Promise<void> {
    const running = startCommand(["sync", source], at);
    const writing = changes(task);
    await Promise.race([delay(random.below(killAfterMs)), running.result]);
    running.process.kill("SIGKILL");
    const { code } = await running.result;
    await writing;
    if (code === null) counts.kills++;
  }
  async function settle(held: HeldHeadgate, now: Feed): Promise<readonly string[]> {
    const { name: source, task, model, paused, soft } = now;
    const report = await held.session.call(sync, { source, tables: [], full: false }, call);
    const stopped = model.read(task.files(), (table) => !paused.has(table));
    now.stopped = new Set(stopped.keys());
    for (const code of stopped.values()) note(code);
    const failed = report.tables.filter(({ outcome }) => outcome === "failed");
    const expected = [...stopped].map(([table, code]) => `shop.${table} ${code}`).toSorted();
    const found = failed.map(({ sourceTable, error }) => `${sourceTable} ${error?.code}`).toSorted();
    counts.tables += task.tables.length;
    const differences = await lakeDifferences({ held, task, model, database: source, soft });
    const context = `step ${counts.steps}: ${source} with ${JSON.stringify(task.settings)}`;
    const wrong = expected.join() === found.join() ? [] : [`stopped: ${found.join()} instead of ${expected.join()}`];
    const details = failed.map(({ error }) => JSON.stringify(error));
    const histories = await historyDifferences(held, now);
    return [...wrong, ...differences, ...histories].map((what) => `${what}; ${context}; ${details.join()}`);
  }
  /** A table's rows without the changes in its history are always those from before the history began. */
  async function historyDifferences(
    held: HeldHeadgate,
    { name: source, task, beginnings, soft }: Feed,
  ): Promise<readonly string[]> {
    const wrong: string[] = [];
    for (const table of task.tables.filter((each) => beginnings.has(each.name))) {
      const begun = await historyBeginning({ held, task, table, database: source, isSoft: soft.has(table.name) });
      const before = beginnings.get(table.name);
      if (before === undefined) beginnings.set(table.name, begun);
      else if (begun !== before) wrong.push(`${table.name} without its history: ${begun}, and before: ${before}`);
    }
    return wrong;
  }
  return { step, counts, [Symbol.asyncDispose]: release };
}
