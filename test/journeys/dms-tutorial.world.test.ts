/**
 * Runs every block of docs/guide/dms-tutorial.md from top to bottom as it is written. What a block of text says after a
 * block of commands is what the last of these commands prints.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { guideBlocks, runBlock } from "../world/guide-blocks.ts";

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-tutorial-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

test("docs/guide/dms-tutorial.md", async () => {
  const all = await guideBlocks("dms-tutorial.md");
  expect(all.length).toBeGreaterThan(10);
  for (const { commands, prints } of all) {
    const { code, printed, complaints } = await runBlock(commands, { folder: home, data: join(home, "data") });
    expect({ commands, code, complaints: code === 0 ? "" : complaints }).toEqual({ commands, code: 0, complaints: "" });
    if (prints === undefined) continue;
    // Lines of CSV end as RFC 4180 says.
    const lines = printed.replaceAll("\r\n", "\n");
    expect(lines.endsWith(prints) ? prints : lines).toBe(prints);
  }
}, 600_000);
