/** DuckDB reads DMS files alone: every value of every row, and nothing is kept. Words: the format, then globs. */
import { DuckDBInstance } from "@duckdb/node-api";

const [format = "", ...globs] = process.argv.slice(2);
const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
for (const glob of globs) {
  const options = format === "csv" ? ", header = true" : "";
  const result = await connection.runAndReadAll(
    `select count(*), bit_xor(hash(columns(*))) from read_${format}('${glob}'${options})`,
  );
  console.log(String(result.getRows()[0]?.[0]));
}
