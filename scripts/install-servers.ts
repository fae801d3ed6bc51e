/**
 * Installs the servers that tests, soaks, storms, simulations and benchmarks start beside the packages of the project: a MariaDB
 * server and PgBouncer. Not PostgreSQL, which is one of the packages. It does nothing where they are there.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Program and Debian package of what is started. */
const needed = { mariadbd: "mariadb-server", pgbouncer: "pgbouncer" };

/** Ends this process where it may not install them, and says what to run. */
export function installServers(): void {
  const missing = missingPackages();
  if (missing.length > 0) install(missing);
}

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

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
