/** `npm test`: installs the one thing the tests need beside the packages, a MariaDB server, then runs every test but those of the peers. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const debianPackage = "mariadb-server";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
if (!hasMariadb()) installMariadb();
process.exitCode = run(process.execPath, [
  "--disable-warning=ExperimentalWarning",
  "node_modules/vitest/vitest.mjs",
  "run",
  "--project",
  "unit",
  "--project",
  "real",
  ...process.argv.slice(2),
]);

function hasMariadb(): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"];
  return folders.some((folder) => existsSync(`${folder}/mariadbd`));
}

function installMariadb(): void {
  const mayInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (!mayInstall)
    fail(`the tests need a MariaDB server and this user may not install one; run: apt-get install ${debianPackage}`);
  console.error(`installing ${debianPackage} (apt-get)`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const words of [
    ["update", "-qq"],
    // Another installation may be under way on a new machine.
    ["install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", debianPackage],
  ]) {
    const { status, stderr } = spawnSync("apt-get", words, {
      env: environment,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    });
    if (status !== 0) fail(`apt-get ${words.join(" ")} failed:\n${stderr}`);
  }
  if (!hasMariadb()) fail(`${debianPackage} was installed but mariadbd is not there`);
}

function run(file: string, words: readonly string[]): number {
  return spawnSync(file, words, { stdio: "inherit" }).status ?? 1;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
