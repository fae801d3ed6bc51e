import { describe, expect, test } from "vitest";
import { openRandom } from "../soak/random.ts";
import { fuzzOnce } from "./fuzz-once.ts";
import { fuzzTargets } from "./targets.ts";

const inputs = 300;

describe.each(fuzzTargets)("$name", (target) => {
  test("reads its recordings as they are", async () => {
    for (const recording of target.recordings) expect(await target.read(recording)).toBeGreaterThanOrEqual(0);
  });

  test("fails soundly on damaged ones", async () => {
    const random = openRandom(20_261_129);
    for (let input = 0; input < inputs; input++) await fuzzOnce(target, random);
  });
});
