/**
 * Runs the commands of the guides to tags, descriptions, personal data, views, products and kept queries from top to bottom as they are written,
 * each on a new lake with the tables of the demo.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCommand } from "../world/command.ts";
import { guideBlocks, runBlock } from "../world/guide-blocks.ts";
import { sampleShop } from "../world/sample-shop.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { serveHeadgate } from "../world/served-headgate.ts";

let home: string;
let source: SampleSource;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-guides-"));
  source = await openSampleSource("postgres", join(home, "source"));
  for (const statement of sampleShop("postgres").create) await source.execute(statement);
});
afterAll(async () => {
  await source?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

/** How the pages begin, which is what this test does itself. */
const beginning = /^(npm run demo|\.\/headgate up|export HEADGATE_DATA=)/m;

test.each([
  ["tags.md", 6],
  ["descriptions.md", 5],
  ["personal-data.md", 5],
  ["views.md", 3],
  ["products.md", 5],
  ["working-with-data.md", 1],
])(
  "docs/guide/%s",
  async (page, least) => {
    const data = join(home, page.replace(".md", ""));
    const at = { data, environment: { SHOP_PASSWORD: source.password } };
    const served = await serveHeadgate(at);
    try {
      await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
      await askCommand(["sync", "shop"], at);
      const blocks = (await guideBlocks(page)).filter(({ commands }) => !beginning.test(commands));
      expect(blocks.length).toBeGreaterThanOrEqual(least);
      for (const { commands } of blocks) {
        const { code, complaints } = await runBlock(commands, { folder: home, data });
        expect({ commands, code, complaints: code === 0 ? "" : complaints }).toEqual({
          commands,
          code: 0,
          complaints: "",
        });
      }
    } finally {
      await served.stop();
    }
  },
  300_000,
);
