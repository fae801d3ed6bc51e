/**
 * A private Trino server over the lake's files, with a throw-away metastore in which tables are registered by their
 * metadata files.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { PeerResult, PeerTable } from "./peer-reader.ts";
import { javaForTrino, peers } from "./set-up.ts";
import { freePort } from "../world/free-port.ts";

export interface Trino extends AsyncDisposable {
  /** Creates a table below a directory, and returns the location of its metadata. */
  write(table: { readonly name: string; readonly steps: readonly string[] }, warehouse: string): Promise<string>;
  read(tables: readonly PeerTable[]): Promise<readonly PeerResult[]>;
}

interface QueryAnswer {
  readonly names: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

type Query = (sql: string) => Promise<QueryAnswer>;

const startPatienceMs = 180_000;

export async function startTrino(): Promise<Trino> {
  const home = mkdtempSync(join(tmpdir(), "headgate-trino-"));
  const port = await freePort();
  const javaHome = javaForTrino();
  writeConfiguration(home, port);
  const logFile = openSync(join(home, "trino.log"), "w");
  const words = [
    "-Xmx1500M",
    "-XX:+UseSerialGC",
    "-Djdk.attach.allowAttachSelf=true",
    `-Dconfig=${home}/etc/config.properties`,
    `-Dnode.data-dir=${home}/data`,
    "-cp",
    `${peers.trinoServer}/lib/*`,
    "io.trino.server.TrinoServer",
  ];
  const server = spawn(join(javaHome, "bin/java"), words, {
    cwd: peers.trinoServer,
    stdio: ["ignore", logFile, logFile],
    env: { PATH: process.env["PATH"], HOME: home },
  });
  const query: Query = (sql) => runQuery(port, sql);
  await untilReady(server, { home, query });
  return {
    async write({ name, steps }, warehouse) {
      const [schema = "", table = ""] = name.split(".");
      await query(`create schema if not exists lake.${schema} with (location = 'file://${warehouse}/${schema}')`);
      for (const step of steps) await query(step);
      const log = `lake.${schema}."${table}$metadata_log_entries"`;
      const { rows } = await query(`select file from ${log} order by "timestamp" desc limit 1`);
      return String(rows[0]?.[0]);
    },
    async read(tables) {
      await query("create schema if not exists lake.peers");
      const results: PeerResult[] = [];
      for (const [index, table] of tables.entries()) results.push(await readTable(query, { table, index }));
      return results;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(server, "exit");
      server.kill("SIGKILL");
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function writeConfiguration(home: string, port: number): void {
  mkdirSync(join(home, "etc/catalog"), { recursive: true });
  mkdirSync(join(home, "metastore"));
  writeFileSync(
    join(home, "etc/config.properties"),
    `coordinator=true\nnode-scheduler.include-coordinator=true\nhttp-server.http.port=${port}\ndiscovery.uri=http://127.0.0.1:${port}\nnode.environment=test\nnode.internal-address=127.0.0.1\nnode.bind-ip=127.0.0.1\nquery.max-memory=600MB\nquery.max-memory-per-node=600MB\nplugin.dir=${peers.trinoServer}/plugin\ncatalog.config-dir=${home}/etc/catalog\n`,
  );
  writeFileSync(
    join(home, "etc/catalog/lake.properties"),
    `connector.name=iceberg\niceberg.catalog.type=TESTING_FILE_METASTORE\nhive.metastore.catalog.dir=file://${home}/metastore\niceberg.register-table-procedure.enabled=true\nfs.hadoop.enabled=true\n${s3Properties()}`,
  );
}

function s3Properties(): string {
  const { AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  if (endpoint === undefined) return "";
  return `fs.native-s3.enabled=true\ns3.endpoint=${endpoint}\ns3.region=${AWS_REGION}\ns3.path-style-access=true\ns3.aws-access-key=${AWS_ACCESS_KEY_ID}\ns3.aws-secret-key=${AWS_SECRET_ACCESS_KEY}\n`;
}

async function untilReady(server: ChildProcess, { home, query }: { home: string; query: Query }): Promise<void> {
  const deadline = Date.now() + startPatienceMs;
  for (;;) {
    if (server.exitCode !== null || Date.now() > deadline)
      throw new Error(
        `Trino did not start:\n${spawnSync("tail", ["-40", join(home, "trino.log")], { encoding: "utf8" }).stdout}`,
      );
    if (await isReady(query).catch(() => false)) return;
    await delay(1_000);
  }
}

/**
 * The server answers before it has found itself as a worker of the catalog, and lists itself as an active node before
 * that too: only a table that was written and read proves that the next statement finds a node.
 */
async function isReady(query: Query): Promise<boolean> {
  await query("create schema if not exists lake.ready");
  await query("drop table if exists lake.ready.proof");
  await query("create table lake.ready.proof as select 1 as one");
  const { rows } = await query("select one from lake.ready.proof");
  await query("drop table lake.ready.proof");
  return rows.length === 1;
}

async function readTable(query: Query, { table, index }: { table: PeerTable; index: number }): Promise<PeerResult> {
  const name = `t${index}`;
  const slash = table.metadata.lastIndexOf("/metadata/");
  const [location, file] = [table.metadata.slice(0, slash), table.metadata.slice(slash + "/metadata/".length)];
  await query(`call lake.system.register_table('peers', '${name}', '${location}', '${file}')`);
  const version = table.snapshot === null ? "" : ` for version as of ${table.snapshot}`;
  const list = table.columns.map(([column, type]) => text(column, type)).join(", ");
  const { names } = await query(`select * from lake.peers.${name}${version} limit 0`);
  const { rows } = await query(`select ${list} from lake.peers.${name}${version}`);
  return { name: table.name, names, rows };
}

function text(name: string, type: string): string {
  const quoted = `"${name.toLowerCase().replaceAll('"', '""')}"`;
  return type === "binary" || type.startsWith("fixed") ? `lower(to_hex(${quoted}))` : `cast(${quoted} as varchar)`;
}

interface Answer {
  readonly nextUri?: string;
  readonly columns?: readonly { readonly name: string }[];
  readonly data?: readonly (readonly (string | null)[])[];
  readonly error?: { readonly message: string };
}

/** Trino's client protocol: a statement is posted, then its pages are fetched one after the other. */
async function runQuery(port: number, sql: string): Promise<QueryAnswer> {
  const headers = { "x-trino-user": "headgate", "x-trino-time-zone": "UTC" };
  const rows: (readonly (string | null)[])[] = [];
  let names: readonly string[] = [];
  let response = await fetch(`http://127.0.0.1:${port}/v1/statement`, { method: "POST", body: sql, headers });
  for (;;) {
    if (!response.ok) throw new Error(`Trino answered ${response.status}: ${await response.text()}`);
    const { columns, data, nextUri, error } = (await response.json()) as Answer;
    if (error !== undefined) throw new Error(`Trino: ${error.message}\n${sql.slice(0, 500)}`);
    rows.push(...(data ?? []));
    names = columns?.map(({ name }) => name) ?? names;
    if (nextUri === undefined) return { names, rows };
    response = await fetch(nextUri, { headers });
  }
}
