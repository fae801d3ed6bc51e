import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { reach } from "./crash-points.ts";

test("a point that is not named is passed", () => {
  reach("planned", { crashAt: undefined });
  reach("planned", { crashAt: "committed" });
});

test("the named point kills the process as kill -9 does", () => {
  const program = `import { reach } from ${JSON.stringify(import.meta.resolve("./crash-points.ts"))};
    reach("planned", { crashAt: "planned" });`;
  const words = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program];
  expect(spawnSync(process.execPath, words).signal).toBe("SIGKILL");
});
