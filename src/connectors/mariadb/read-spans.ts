/**
 * Reads spans of a table's key one after the other and hashes what the server sends for each: the bytes of the rows,
 * which contain the length of each value, so that two different results never hash the same bytes. Rows of one span in
 * another order have another hash; the server sends them in the order of the key's index.
 */
import { createHash } from "node:crypto";
import type { HashedSpan, KeySpans } from "../../sync/source.ts";
import { rangePredicate, spanRange } from "./key-range.ts";
import { readTable, type ReadParts } from "./read-table.ts";

interface SpansParts extends Omit<ReadParts, "predicate" | "hash"> {
  readonly spans: KeySpans;
}

/** Prefix of every hash; changes when rows are requested or sent differently. */
const version = "sha256-1";

export async function readSpans({ spans: { column, spans }, ...parts }: SpansParts): Promise<readonly HashedSpan[]> {
  const found: HashedSpan[] = [];
  for (const span of spans) {
    const hash = createHash("sha256");
    const rows = await readTable({ ...parts, predicate: rangePredicate(spanRange(column, span)), hash });
    found.push({ ...span, rows, hash: `${version} ${hash.digest("base64")}` });
  }
  return found;
}
