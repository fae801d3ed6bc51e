/** Checks that the program in the guide of `headgate/iceberg` runs and prints what it should. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

const printed = [
  "[ 's3://bucket/orders/data/1.parquet' ]",
  "[ 'main', 'audit' ]",
  "no conflict",
  "added rows that the operation would have met",
  "1",
];

test("docs/guide/iceberg.md", () => {
  const [, program = ""] = /```ts\n(.*?)```/s.exec(readFileSync(join(root, "docs/guide/iceberg.md"), "utf8")) ?? [];
  const directory = mkdtempSync(join(tmpdir(), "headgate-guide-"));
  try {
    const file = join(directory, "program.ts");
    writeFileSync(file, program.replaceAll(/"headgate\/iceberg\/(.*?)"/g, `"${root}/src/iceberg/$1.ts"`));
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
    expect({ stdout, failed: /Error/.test(stderr) }).toEqual({
      stdout: `${printed.join("\n")}\n`,
      failed: false,
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("the modules that the guide lists are those that the package offers", () => {
  const guide = readFileSync(join(root, "docs/guide/iceberg.md"), "utf8");
  const listed = [...guide.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => `./iceberg/${name}`);
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: object };
  expect(listed.toSorted()).toEqual(Object.keys(exports).toSorted());
});
