/** Proves that the published package works: builds it, packs it, installs the tarball elsewhere, runs its command and loads its modules. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { version, exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
  version: string;
  exports: Readonly<Record<string, string>>;
};
const scratch = mkdtempSync(join(tmpdir(), "headgate-package-"));
try {
  execFileSync(process.execPath, ["scripts/build.ts"], { stdio: "inherit" });
  const tarball = execFileSync("npm", ["pack", "--silent", "--pack-destination", scratch], { encoding: "utf8" }).trim();
  execFileSync(
    "npm",
    ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", scratch, join(scratch, tarball)],
    { stdio: "inherit" },
  );
  const printed = execFileSync(join(scratch, "node_modules", ".bin", "headgate"), ["--version"], {
    encoding: "utf8",
  }).trim();
  if (printed !== version) throw new Error(`the installed command printed "${printed}" instead of "${version}"`);
  const imports = Object.keys(exports).map((name) => `import "${name.replace(/^\./, "headgate")}";`);
  execFileSync(process.execPath, ["--input-type=module", "--eval", imports.join("\n")], { cwd: scratch });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
