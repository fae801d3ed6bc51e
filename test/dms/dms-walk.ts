/**
 * A random walk over files of DMS: settings, changes, reloads, truncation, new columns, controls, and syncs that are
 * killed or meet files which appear meanwhile. After each step the lake must have the rows that the model says.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseJson } from "../../src/base/json.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import type { Random } from "../soak/random.ts";
import { askCommand, runCommand, startCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate } from "../world/held-headgate.ts";
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
}

export interface DmsWalk {
  /** Returns what is wrong after it, in words. */
  step(): Promise<readonly string[]>;
  readonly counts: { steps: number; kills: number; tables: number };
}

interface Feed {
  readonly name: string;
  readonly task: DmsTask;
  readonly model: DmsModel;
  readonly paused: Set<string>;
  /** Tables whose files had vanished after the last sync: nobody moves the place of such a table. */
  stopped: ReadonlySet<string>;
  readonly folder: string;
}

const soft: ReadonlySet<string> = new Set(["stock"]);

export function openDmsWalk({ home, name, random, at, killAfterMs = 4_000 }: WalkParts): DmsWalk {
  const counts = { steps: 0, kills: 0, tables: 0 };
  let feed: Feed | undefined;

  async function step(): Promise<readonly string[]> {
    counts.steps++;
    if (feed === undefined || random.chance(0.15)) feed = await newFeed();
    else await happen(feed);
    if (random.chance(0.4)) await syncKilled(feed);
    return settle(feed);
  }
  /** A source with settings of its own, whose tables have a full load. */
  async function newFeed(): Promise<Feed> {
    const own = `${name}_${counts.steps}`;
    const folder = join(home, own);
    await mkdir(folder, { recursive: true });
    const task = openDmsTask({
      folder,
      random,
      settings: randomDmsSettings(random),
      tables: { product: "number", stock: "two columns", log: "none" },
    });
    for (const table of task.tables) {
      task.fill(table, 1 + random.below(60));
      await task.load(table, { overlap: overlapOf(table) });
    }
    await changes(task);
    const tables = declaredTables(task, { stock: { soft_delete: true, history: true } });
    const source = { url: `dms-files+file://${folder}?schema=shop`, tables };
    const file = join(home, `${own}.yaml`);
    await writeFile(file, JSON.stringify({ sources: { [own]: source } }));
    await askCommand(["apply", file], at);
    return {
      name: own,
      task,
      folder,
      model: openDmsModel({ product: ["id"], stock: ["area", "number"] }),
      paused: new Set(),
      stopped: new Set(),
    };
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
  async function happen(now: Feed): Promise<void> {
    const { task } = now;
    const table = random.pick(task.tables);
    const isTogether = task.settings.preserveTransactionsIn !== undefined;
    await changes(task);
    if (task.canAddColumns && random.chance(0.2)) await task.addColumn(table);
    if (!isTogether && random.chance(0.1)) await task.truncate(table);
    if (random.chance(0.15)) {
      task.fill(table, 1 + random.below(5));
      await task.load(table, { overlap: overlapOf(table) });
    }
    await changes(task);
    if (random.chance(0.25)) await control(now, random.pick(task.tables));
  }
  /** Pauses or resumes a table, or moves its place back. */
  async function control({ name: source, model, paused, stopped }: Feed, { name: table }: DmsTable): Promise<void> {
    const words = ["table", "controller", `${source}.${table}`];
    const what = random.pick(["active", "file", "load"] as const);
    if (what === "active") {
      const isPaused = !paused.has(table);
      await askCommand([...words, "--active-flag", String(!isPaused)], at);
      if (isPaused) paused.add(table);
      else paused.delete(table);
    }
    const read = model.readFiles(table);
    if (stopped.has(table)) return;
    if (what === "file" && read.length > 0) {
      const after = random.pick(read);
      await askCommand([...words, "--last-incremental-file", after], at);
      model.readAgain(table, after);
    }
    if (what !== "load") return;
    await askCommand([...words, "--last-full-load-date", "1900-01-01 00:00:00"], at);
    model.loadAgain(table);
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
  async function settle(now: Feed): Promise<readonly string[]> {
    const { name: source, task, model, paused } = now;
    const { code, stdout, stderr } = await runCommand(["sync", source, "--json"], at);
    if (stdout === "") return [`${source}: the sync ended with ${code}: ${stderr.slice(-1_000)}`];
    const report = parseJson(stdout) as unknown as SyncReport;
    const stopped = model.read(task.files(), (table) => !paused.has(table));
    now.stopped = stopped;
    const failed = report.tables.filter(({ outcome }) => outcome === "failed");
    const expected = [...stopped].map((table) => `shop.${table} SOURCE_FILES_VANISHED`).toSorted();
    const found = failed.map(({ sourceTable, error }) => `${sourceTable} ${error?.code}`).toSorted();
    await using held = await holdHeadgate(at);
    counts.tables += task.tables.length;
    const differences = await lakeDifferences({ held, task, model, database: source, soft });
    const context = `${source} with ${JSON.stringify(task.settings)}`;
    const wrong = expected.join() === found.join() ? [] : [`stopped: ${found.join()} instead of ${expected.join()}`];
    const details = failed.map(({ error }) => JSON.stringify(error));
    return [...wrong, ...differences].map((what) => `${what}; ${context}; ${details.join()}`);
  }
  return { step, counts };
}
