/**
 * The files of one table. Others may have written its metadata, and metadata can name any file that the store reaches:
 * those of another table, for example. So a file is opened, or deleted, only if it lies in one of the table's places.
 * These are its location and the places that were approved when it was registered (`table-places.ts`); the metadata
 * itself has no say in it.
 */
import { HeadgateError } from "../errors.ts";
import type { FileIO } from "../iceberg/file-io.ts";
import type { ObjectStore } from "../objects/object-store.ts";
import type { TableEntry } from "./catalog.ts";
import type { LakeFiles } from "./deletion-vectors.ts";
import { fileIO } from "./file-io.ts";
import { tableLabel } from "./table-name.ts";

export interface TableFiles extends LakeFiles {
  readonly io: FileIO;
  /** Like `io`, but recently read files come from memory. */
  readonly manifests: FileIO;
  /** Throws FILE_OUTSIDE_TABLE. */
  check(location: string): Promise<void>;
}

type Files = LakeFiles & { readonly manifests?: FileIO | undefined };
type PlacedTable = Pick<TableEntry, "database" | "name" | "location" | "places">;

/** Each of its functions throws FILE_OUTSIDE_TABLE for a location outside the table's places. */
export function tableFiles({ objects, derived, manifests }: Files, table: PlacedTable): TableFiles {
  const own = checkedPlaces(objects, table);
  const store = checkedStore(objects, own);
  const io = fileIO(store);
  const kept = manifests === undefined ? io : checkedIO(manifests, own);
  return { objects: store, derived, io, manifests: kept, check: own.check };
}

export function placesOf({ location, places }: Pick<TableEntry, "location" | "places">): readonly string[] {
  return [location, ...places].map((place) => place.replace(/\/+$/, ""));
}

/** The same for work that needs nothing but the objects. */
export function tableObjects(objects: ObjectStore, table: PlacedTable): ObjectStore {
  return checkedStore(objects, checkedPlaces(objects, table));
}

interface CheckedPlaces extends Pick<TableFiles, "check"> {
  readonly places: readonly string[];
}

function checkedPlaces(objects: ObjectStore, table: PlacedTable): CheckedPlaces {
  const places = placesOf(table);
  const isWithin = objects.within(places);
  return {
    places,
    async check(location) {
      if (!(await isWithin(location))) throw outside(table, location);
    },
  };
}

/** A store that looks at a file again once it is open. The engine opens paths later, by itself. */
function checkedStore(objects: ObjectStore, { places, check }: CheckedPlaces): ObjectStore {
  return {
    ...objects,
    get: (location) => check(location).then(() => objects.get(location, places)),
    open: (location) => check(location).then(() => objects.open(location, places)),
    has: (location) => check(location).then(() => objects.has(location)),
    localPath: (location) => check(location).then(() => objects.localPath(location)),
    put: (location, bytes) => check(location).then(() => objects.put(location, bytes)),
    draft: (location) => check(location).then(() => objects.draft(location)),
    async delete(locations) {
      for (const location of locations) await check(location);
      await objects.delete(locations);
    },
  };
}

function checkedIO(io: FileIO, { places, check }: CheckedPlaces): FileIO {
  return { ...io, read: (location) => check(location).then(() => io.read(location, places)) };
}

function outside(table: PlacedTable, location: string): HeadgateError {
  return new HeadgateError("FILE_OUTSIDE_TABLE", {
    place: `${tableLabel(table)}: ${location}`,
    message: `the metadata of ${tableLabel(table)} names a file that is not below ${placesOf(table).join(" or ")}`,
  });
}
