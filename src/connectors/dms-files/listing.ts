/** The listings of a source's files. One is taken when first needed, and again for each later cut. */
import type { ForeignFile, ForeignFiles } from "../../objects/foreign-files.ts";
import type { TableName } from "../../sync/source.ts";
import { layoutOf, type Layout, type TableFiles } from "./layout.ts";

export interface Listing extends Layout {
  find(name: TableName): TableFiles | undefined;
}

export interface Listings {
  /** A new listing, which stays the current one. */
  anew(): Promise<Listing>;
  current(): Promise<Listing>;
}

export function listings(files: ForeignFiles): Listings {
  let latest: Promise<Listing> | undefined;
  const anew = (): Promise<Listing> => (latest = takeListing(files));
  return { anew, current: () => latest ?? anew() };
}

async function takeListing(files: ForeignFiles): Promise<Listing> {
  const found: ForeignFile[] = [];
  for await (const file of files.list()) found.push(file);
  const layout = layoutOf(found);
  const byName = new Map(layout.tables.map((table) => [keyOf(table.name), table]));
  return { ...layout, find: (name) => byName.get(keyOf(name)) };
}

function keyOf({ schema, name }: TableName): string {
  return JSON.stringify([schema, name]);
}
