/**
 * Makes DuckDB's client keep U+FEFF at the beginning of a text. Its decoder takes it for a byte order mark of a file and drops it,
 * so a value would come out shorter than it is stored. To be called once in a process, before the first statement.
 */
import { createRequire } from "node:module";

interface TextAccess {
  textDecoder: InstanceType<typeof TextDecoder>;
}

export function keepByteOrderMarks(): void {
  const access = createRequire(import.meta.url)("@duckdb/node-api/lib/vectors/dataAccessors.js") as TextAccess;
  access.textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
}
