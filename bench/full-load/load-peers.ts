/**
 * Other loaders for the same table: DuckDB's own scanners, and dlt with connectorx. Both write Parquet; neither makes a
 * consistent cut.
 */
import { join } from "node:path";
import { measure, type Measured } from "../measure.ts";
import { pythonWith } from "../python.ts";
import type { BenchSource, Dialect } from "../source-table.ts";

const packages = [
  "duckdb==1.5.5",
  "duckdb-extension-mysql-scanner==1.5.5",
  "duckdb-extension-postgres-scanner==1.5.5",
  "dlt[filesystem,parquet]==1.31.0",
  "connectorx==0.4.6",
  "pymysql==1.1.2",
  "sqlalchemy==2.0.44",
  "psycopg2-binary==2.9.11",
];

interface PeerParts {
  readonly dialect: Dialect;
  readonly source: BenchSource;
  readonly home: string;
}

export function loadPeers(parts: PeerParts): readonly { name: string; run(): Promise<Measured> }[] {
  const python = pythonWith("bench-peers", packages);
  return [
    {
      name: `DuckDB ${parts.dialect === "mariadb" ? "mysql_scanner" : "postgres_scanner"}`,
      run: () => measure([python, script("duckdb_load.py")], { environment: environmentOf(parts), cwd: parts.home }),
    },
    {
      name: "dlt with connectorx",
      run: () => measure([python, script("dlt_load.py")], { environment: environmentOf(parts), cwd: parts.home }),
    },
  ];
}

function script(name: string): string {
  return join(import.meta.dirname, name);
}

function environmentOf({ dialect, source: { server }, home }: PeerParts): NodeJS.ProcessEnv {
  return {
    BENCH_DIALECT: dialect,
    BENCH_HOST: server.host,
    BENCH_PORT: String(server.port),
    BENCH_USER: server.user,
    BENCH_PASSWORD: server.password,
    BENCH_OUTPUT: home,
    HOME: home,
    RUNTIME__DLTHUB_TELEMETRY: "false",
  };
}
