/**
 * `npm test`, and `npm run test:long` for the tests that it leaves out because they take long: installs what the tests need beside the
 * packages, a MariaDB server and PgBouncer, then runs them. More words choose files.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Program and Debian package of what the tests start. */
const needed = { mariadbd: "mariadb-server", pgbouncer: "pgbouncer" };

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const missing = missingPackages();
if (missing.length > 0) install(missing);
const asked = process.argv.slice(2);
const isLong = asked[0] === "long";
process.exitCode = run(process.execPath, [
  "--disable-warning=ExperimentalWarning",
  "node_modules/vitest/vitest.mjs",
  "run",
  ...(isLong ? ["--project", "long", ...asked.slice(1)] : ["--project", "unit", "--project", "real", ...asked]),
]);

function missingPackages(): readonly string[] {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"];
  return Object.entries(needed)
    .filter(([program]) => !folders.some((folder) => existsSync(`${folder}/${program}`)))
    .map(([, debianPackage]) => debianPackage);
}

function install(packages: readonly string[]): void {
  const mayInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  const names = packages.join(" ");
  if (!mayInstall) fail(`the tests need more than this user may install; run: apt-get install ${names}`);
  console.error(`installing ${names} (apt-get)`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const words of [
    ["update", "-qq"],
    // Another installation may be under way on a new machine.
    ["install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", ...packages],
  ]) {
    const { status, stderr } = spawnSync("apt-get", words, {
      env: environment,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    });
    if (status !== 0) fail(`apt-get ${words.join(" ")} failed:\n${stderr}`);
  }
  const absent = missingPackages();
  if (absent.length > 0) fail(`${absent.join(" ")} was installed but its program is not there`);
}

function run(file: string, words: readonly string[]): number {
  return spawnSync(file, words, { stdio: "inherit" }).status ?? 1;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
