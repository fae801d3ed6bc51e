/**
 * When a server is killed, its statements end with it, whatever they are doing, because nobody limits their memory and
 * time any more.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { seeProcess, treeOf, type SeenProcess } from "../world/process-tree.ts";
import { serveHeadgate } from "../world/served-headgate.ts";

/** Neither statement returns a first row within minutes. */
const statements = [
  "select max(a.range * b.range * c.range) from range(100000) a, range(100000) b, range(100000) c",
  "with recursive r(n) as (select 1 union all select n + 1 from r) select max(n) from r",
];

async function untilTrue(isSo: () => boolean, seconds: number): Promise<boolean> {
  for (let turn = 0; turn < seconds * 10 && !isSo(); turn++) await delay(100);
  return isSo();
}

const isStill = ({ pid, startedAt }: SeenProcess): boolean => seeProcess(pid)?.startedAt === startedAt;

test("engines end with a server that was killed", async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-orphans-"));
  const served = await serveHeadgate({ data: join(home, "data") });
  const server = served.running.process;
  const engines = (): readonly SeenProcess[] =>
    treeOf(server.pid ?? 0)
      .slice(1)
      .filter(({ name }) => name !== "postgres");
  let all: readonly SeenProcess[] = [];
  try {
    for (const sql of statements)
      void served
        .post("/api/operations/sql", JSON.stringify({ sql }))
        .then((response) => response.text())
        .catch(() => undefined);
    const isWorking = (): boolean => engines().filter(({ cpuSeconds }) => cpuSeconds > 2).length >= statements.length;
    expect(await untilTrue(isWorking, 60)).toBe(true);
    all = engines();
    server.kill("SIGKILL");
    expect(await untilTrue(() => !all.some(isStill), 10)).toBe(true);
  } finally {
    for (const engine of all.filter(isStill)) process.kill(engine.pid, "SIGKILL");
    await served.stop();
    await rm(home, { recursive: true, force: true });
  }
});
