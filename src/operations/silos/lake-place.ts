/**
 * Whether a location can become the lake of an account: apart from the common lake, from the lakes of other accounts,
 * from tables, from the roots of others' files and from Headgate's own directories, neither in them nor around them.
 * Directories are compared as they really are, with links followed.
 */
import { isAbsolute } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Kysely } from "kysely";
import { accountLakes } from "../../catalog/account-lakes.ts";
import { selectEntries } from "../../catalog/catalog.ts";
import { placesOf } from "../../catalog/table-files.ts";
import { lakeLocation, type Config } from "../../config.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { realPathOf } from "../../objects/fs/file-location.ts";

/** The location in the form in which it is stored. Throws USAGE. */
export async function lakePlace(given: string): Promise<string> {
  if (!given.startsWith("s3://") && !isAbsolute(given.replace(/^file:\/\//, "")))
    throw new HeadgateError("USAGE", {
      place: `the lake ${given}`,
      message: "expected s3://bucket/prefix or the whole path of a directory",
    });
  try {
    const location = lakeLocation(given.replace(/^file:\/\/(?=\/)/, ""));
    return location.startsWith("s3://") ? checkedNames(location) : await realLocation(location);
  } catch (failure) {
    if (!(failure instanceof HeadgateError) || failure.code !== "SETTING_INVALID") throw failure;
    throw new HeadgateError("USAGE", { place: `the lake ${given}`, message: failure.message, cause: failure });
  }
}

function checkedNames(location: string): string {
  if (!location.split("/").some((name) => name === "." || name === "..")) return location;
  throw new HeadgateError("USAGE", { place: `the lake ${location}`, message: "a prefix cannot have . or .. in it" });
}

async function realLocation(location: string): Promise<string> {
  return pathToFileURL(await realPathOf(fileURLToPath(location))).href.replace(/\/+$/, "");
}

interface Apart {
  readonly accountId: string;
  readonly location: string;
}

type ApartConfig = Pick<Config, "lakeLocation" | "tableRoots" | "dataDirectory" | "scratchDirectory" | "keyFile">;

/** Throws ACCOUNT_LAKE_TAKEN. */
export async function checkApart(
  db: Kysely<Tables>,
  config: ApartConfig,
  { accountId, location }: Apart,
): Promise<void> {
  const lakes = (await accountLakes(db)).filter((lake) => lake.account_id !== accountId);
  const tables = await selectEntries(db, { accountId });
  const own = (await accountLakes(db)).find((lake) => lake.account_id === accountId);
  const isInOwn = (place: string): boolean => own !== undefined && touch(place, own.location);
  const places: readonly (readonly [string, string])[] = [
    ["the common lake", config.lakeLocation],
    ["the data directory", pathToFileURL(config.dataDirectory).href],
    ["the scratch directory", pathToFileURL(config.scratchDirectory).href],
    ["the key file", pathToFileURL(config.keyFile).href],
    ...config.tableRoots.map((root) => ["the files of others in HEADGATE_TABLE_ROOTS", canonicalRoot(root)] as const),
    ...lakes.map((lake) => ["the lake of another account", lake.location] as const),
    ...tables.flatMap(placesOf).flatMap((place) => (isInOwn(place) ? [] : [["the files of a table", place] as const])),
  ];
  for (const [name, place] of places)
    if (touch(location, await really(place)))
      throw new HeadgateError("ACCOUNT_LAKE_TAKEN", {
        place: location,
        message: `the location lies in ${name}, or around it`,
      });
}

/** Roots of tables are not encoded; their own locations are. */
function canonicalRoot(root: string): string {
  return root.startsWith("file://") ? pathToFileURL(root.slice("file://".length)).href : root;
}

async function really(place: string): Promise<string> {
  if (!place.startsWith("file:///")) return place;
  try {
    return await realLocation(place);
  } catch {
    return place;
  }
}

function touch(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
