/**
 * Whether somebody may bring files of others into the lake from these locations, by registering a table or by an import.
 * A location must be below a root that the person who runs Headgate has set, in a location that the caller may use, and
 * apart from the lake's own files and from those of other tables. Otherwise the files of a table could be read through
 * another one, with other grants.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { TableEntry } from "../catalog/catalog.ts";
import { placesOf } from "../catalog/table-files.ts";
import { HeadgateError } from "../errors.ts";
import { isOwner, type Asking } from "../governance/asking.ts";
import { decideFor } from "../governance/decide.ts";
import { securableTable } from "../governance/securable.ts";
import { isWhole } from "../governance/table-access.ts";
import { usableLocations } from "../governance/usable-locations.ts";
import type { ObjectStore } from "../objects/object-store.ts";
import type { Context } from "./context.ts";
import type { Silos } from "./silos/silos.ts";

interface PlaceContext {
  readonly config: Pick<Context["config"], "tableRoots" | "lakeLocation" | "dataDirectory">;
  readonly objects: Pick<ObjectStore, "within">;
  readonly silos: Pick<Silos, "roots">;
}

export interface WantedPlaces {
  /** Canonical, without a trailing slash. */
  readonly locations: readonly string[];
  /** The tables that have places already, without the one for which these are wanted. */
  readonly beside: readonly TableEntry[];
}

/** Throws TABLE_LOCATION_INVALID, NOT_ALLOWED, TABLE_PLACE_TAKEN. */
export async function checkPlaces(
  { config, objects, silos }: PlaceContext,
  asking: Asking,
  { locations, beside }: WantedPlaces,
): Promise<void> {
  const { tableRoots, lakeLocation, dataDirectory } = config;
  // A lake that moved to S3 keeps its earlier tables in the data directory.
  const own = [lakeLocation, pathToFileURL(join(dataDirectory, "lake")).href];
  const ofAccounts = await silos.roots();
  const others = beside.filter((entry) => !readsWhole(asking, entry));
  const taken = [...ofAccounts, ...(isOwner(asking) ? [] : own), ...others.flatMap(placesOf)];
  const usable = usableLocations(asking);
  for (const location of locations) {
    if (!isBelowRoot(location, tableRoots)) throw notBelowRoots(location, tableRoots);
    if (usable !== "all" && !(await objects.within(usable)(inside(location)))) throw notUsable(asking, location);
    if (await overlaps(objects, location, taken)) throw new HeadgateError("TABLE_PLACE_TAKEN", { place: location });
  }
}

function isBelowRoot(location: string, roots: readonly string[]): boolean {
  if (location.split("/").some((name) => name === "." || name === "..")) return false;
  return roots.some((root) => location === root || location.startsWith(`${root}/`));
}

function readsWhole(asking: Asking, entry: TableEntry): boolean {
  const decision = decideFor(asking, "read", securableTable(entry));
  return decision.allowed && isWhole(decision.access);
}

/** Whether one of the places contains the location, or lies in it. */
async function overlaps(
  objects: PlaceContext["objects"],
  location: string,
  places: readonly string[],
): Promise<boolean> {
  if (await objects.within(places)(inside(location))) return true;
  const isWithin = objects.within([location]);
  for (const place of places) if (await isWithin(inside(place))) return true;
  return false;
}

/** Any file of the place; it need not exist. */
function inside(place: string): string {
  return `${place}/file`;
}

function notBelowRoots(place: string, roots: readonly string[]): HeadgateError {
  const message =
    roots.length === 0
      ? "no roots are set in HEADGATE_TABLE_ROOTS"
      : `the location is not below any of the roots in HEADGATE_TABLE_ROOTS: ${roots.join(", ")}`;
  const remedy =
    roots.length === 0
      ? "name the directories or buckets with tables of others in HEADGATE_TABLE_ROOTS before Headgate starts, separated by commas"
      : undefined;
  return new HeadgateError("TABLE_LOCATION_INVALID", { place, message, remedy });
}

function notUsable({ principal }: Asking, place: string): HeadgateError {
  return new HeadgateError("NOT_ALLOWED", {
    place,
    message: `${principal.name} may not use files of this location`,
    remedy: `ask whoever administers the account main: headgate grant data_location_access on "location ${place}" to ${principal.name}`,
  });
}
