import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";
import { expect, test } from "vitest";
import type { Tables } from "../db/tables.ts";
import { newTable } from "../iceberg/new-table.ts";
import { formatTableMetadata } from "../iceberg/table-metadata.ts";
import { fileCache } from "../objects/file-cache.ts";
import { fileObjectStore } from "../objects/fs/file-object-store.ts";
import { openCatalog } from "./catalog.ts";

test("metadata that was asked for last is read once, and no more is held than may be", async () => {
  const directory = await mkdtemp(join(tmpdir(), "headgate-catalog-"));
  try {
    const store = fileObjectStore(pathToFileURL(directory).href);
    const schema = { schemaId: 0, fields: [], identifierFieldIds: [] };
    const text = formatTableMetadata(newTable({ uuid: "u", location: "file:///t", schema, now: 1 }));
    const locations = ["a", "b", "c"].map((name) => `${pathToFileURL(directory).href}/${name}/1.metadata.json`);
    for (const location of locations) await store.put(location, Buffer.from(text));
    const reads: string[] = [];
    const get = (location: string) => {
      reads.push(location.slice(-17, -16));
      return store.get(location);
    };
    // Loading uses only the store, so nothing connects to this database.
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: new Pool() }) });
    const catalog = openCatalog({
      db,
      objects: { ...store, get },
      derived: fileCache({ directory: join(directory, "derived"), boundBytes: 1 }),
      cachedBytes: 2 * text.length,
    });
    const load = async (index: number) => {
      const entry = { id: "u", database: "d", databaseId: "d", accountId: "a", name: "t", location: "file:///t" };
      return catalog.load({ ...entry, places: [], metadataLocation: locations[index] ?? "" });
    };
    for (const index of [0, 1, 0, 2, 0, 2, 1]) expect((await load(index)).metadata.tableUuid).toBe("u");
    expect(reads.join("")).toBe("abcb");
    await Promise.all([load(1), load(1), load(2), load(2)]);
    expect(reads.join("")).toBe("abcb");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
