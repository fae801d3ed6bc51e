/**
 * Makes DuckDB's client keep U+FEFF at the beginning of a text. Its decoder would treat it as a byte order mark and
 * drop it, so the value would be shorter than what is stored. Call this once in a process, before the first statement.
 */
import { createRequire } from "node:module";

interface TextAccess {
  textDecoder: InstanceType<typeof TextDecoder>;
}

export function keepByteOrderMarks(): void {
  const access = createRequire(import.meta.url)("@duckdb/node-api/lib/vectors/dataAccessors.js") as TextAccess;
  access.textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
}
