import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Licences, by SPDX name, that let anybody use, change and redistribute Headgate. */
const permissive = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MIT-0",
  "PostgreSQL",
  "Python-2.0",
  "Unlicense",
  "Zlib",
  "CC0-1.0",
]);

interface LockedPackage {
  readonly dev?: boolean;
  readonly license?: string;
}

/** Packages that an installed Headgate needs to run: everything in the lock file that is not only for development. */
function production(): readonly (readonly [string, LockedPackage])[] {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  return Object.entries(lock.packages).filter(([path, { dev }]) => path !== "" && dev !== true);
}

/** In `(MIT OR GPL-3.0)`, which some write in small letters, either licence may be chosen; in `MIT AND ISC` both must be allowed. */
function isPermissive(expression: string): boolean {
  const text = expression.replace(/^\((.*)\)$/, "$1");
  if (/ or /i.test(text)) return text.split(/ or /i).some(isPermissive);
  return text.split(" AND ").every((name) => permissive.has(name.replace(/^\(|\)$/g, "")));
}

test("everything that Headgate runs on has a permissive licence", () => {
  const refused = production().filter(([, { license }]) => license === undefined || !isPermissive(license));
  expect(refused.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
});

test("the licence that the lock file tells is the package's own", () => {
  const installed = production().filter(([path]) => existsSync(join(root, path, "package.json")));
  expect(installed.length).toBeGreaterThan(50);
  for (const [path, { license }] of installed) {
    const own = JSON.parse(readFileSync(join(root, path, "package.json"), "utf8")) as { license?: unknown };
    if (typeof own.license === "string") expect(license, path).toBe(own.license);
  }
});
