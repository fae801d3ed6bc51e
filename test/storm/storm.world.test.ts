/**
 * A storm in which the server does what it must never do, to check that this would be noticed. The real one is `npm run
 * storm`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { actorsOf } from "./actors/actors.ts";
import { runStorm } from "./run-storm.ts";
import type { Actor } from "./storm-world.ts";

/** Kills the server, and makes a reader expect a state that the lake has not reached. */
const saboteur: Actor = {
  name: "saboteur",
  async run({ banks, pause, server }) {
    for (const bank of banks) bank.reached = 1;
    await pause(2_000);
    for (const bank of banks) bank.reached = 1_000_000;
    await pause(4_000);
    server.kill("SIGKILL");
    await pause(120_000);
  },
};

test("wrong answers and the end of the server are seen, and end the storm", { timeout: 300_000 }, async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-storm-"));
  try {
    const actors = [...actorsOf(["reader"]), saboteur];
    const { totals, after } = await runStorm({ home, seed: 1, seconds: 200, actors, quietP99: 1, say: () => {} });
    const complaints = totals.complaints.join("\n");
    expect(totals.outcomes.get("reader")?.get("ok")).toBeGreaterThan(0);
    expect(complaints).toContain("where 1000000 to");
    expect(complaints).toContain("the server ended with SIGKILL");
    expect(complaints).toContain("quiet person's slowest hundredth took null ms, more than 1");
    expect(after).toBeUndefined();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
