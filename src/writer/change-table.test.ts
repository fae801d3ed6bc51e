import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { Catalog, CatalogTable } from "../catalog/catalog.ts";
import { table as memoryTable } from "../iceberg/memory-table.fixture.ts";
import { fileObjectStore } from "../objects/fs/file-object-store.ts";
import { changeTable } from "./change-table.ts";

test("without anything to change, nothing is written and nothing is committed", async () => {
  const directory = await mkdtemp(join(tmpdir(), "headgate-change-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const location = pathToFileURL(directory).href;
  const catalog = { objects: fileObjectStore(location) } as unknown as Catalog;
  const metadataLocation = `${location}/metadata/00000-before.metadata.json`;
  const metadata = { ...memoryTable(), location };
  const named = { id: "t", database: "shop", name: "orders", location, places: [] };
  const table = { ...named, metadataLocation, metadata } as unknown as CatalogTable;
  await changeTable(catalog, { table, summary: "", updates: () => [] });
  expect(await readdir(directory)).toEqual([]);
});
