/**
 * Plain DuckDB behind an HTTP door that behaves like Headgate's: one process, one instance, views created once. It does
 * not authenticate, checks no statement, and uses no catalog. A separate program, started by clients.ts.
 */
import { once } from "node:events";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { fastify } from "fastify";
import { z } from "zod";
import { formatJson } from "../../src/base/json.ts";
import { lineWriter, type LineWriter } from "../../src/doors/http/line-writer.ts";
import { quoteName, quoteText } from "../../src/engine/duckdb-type.ts";
import { engineValue } from "../../src/engine/engine-value.ts";

export interface BareLake {
  readonly schema: string;
  /** The paths of each table's files. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  readonly threads: number;
}

const input = z.strictObject({ sql: z.string() });

const [{ schema, tables, threads }] = (await once(process, "message")) as [BareLake];
process.once("disconnect", () => process.exit(0));
const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
const idle: DuckDBConnection[] = [await openLake()];
const server = fastify({ forceCloseConnections: true });
server.post("/api/operations/sql", async (request, reply) => {
  const { sql } = input.parse(request.body);
  reply.hijack();
  reply.raw.writeHead(200, { "content-type": "application/x-ndjson" }).flushHeaders();
  await answer(lineWriter(reply.raw), sql);
  reply.raw.end();
});
process.send?.({ address: await server.listen({ host: "127.0.0.1", port: 0 }) });

async function openLake(): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run(`create schema ${quoteName(schema)}`);
  for (const [name, paths] of Object.entries(tables)) {
    const files = paths.map(quoteText).join(", ");
    await connection.run(`create view ${quoteName(schema)}.${quoteName(name)} as from read_parquet([${files}])`);
  }
  return connection;
}

async function answer(lines: LineWriter, sql: string): Promise<void> {
  const connection = idle.pop() ?? (await instance.connect());
  try {
    const result = await connection.stream(sql);
    const types = result.columnTypes();
    const columns = result.columnNames().map((name, index) => ({ name, type: String(types[index]) }));
    await lines.writeWhenReady(formatJson({ item: { columns } }));
    let rows = 0;
    for await (const batch of result.yieldConvertedRows(engineValue)) {
      rows += batch.length;
      await lines.writeWhenReady(formatJson({ item: { rows: batch } }));
    }
    lines.write(formatJson({ result: { columns, rows } }));
  } catch (failure) {
    lines.write(formatJson({ error: { message: String(failure) } }));
  } finally {
    idle.push(connection);
  }
}
