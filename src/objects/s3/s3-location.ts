/**
 * Converts between `s3://bucket/key` locations and keys. A location contains the key unencoded, as in Iceberg's own S3
 * readers.
 */
import { HeadgateError } from "../../errors.ts";

export interface S3Place {
  readonly bucket: string;
  readonly key: string;
}

/** Throws DATA_FILE_MISSING for a location that is not below `root`, an `s3://` location without a trailing slash. */
export function placeOf(location: string, root: string): S3Place {
  if (!isBelow(location, root))
    throw new HeadgateError("DATA_FILE_MISSING", { place: location, message: "this location is outside the lake" });
  const { bucket, key } = splitLocation(location);
  return { bucket, key };
}

/**
 * S3 takes `..` for a name like any other, but programs between us and a store, and stores that keep their objects as
 * files, may not. So a location with such a name is below nothing.
 */
export function isBelow(location: string, place: string): boolean {
  return location.startsWith(`${place}/`) && !location.split("/").some((name) => name === "." || name === "..");
}

export function splitLocation(location: string): S3Place {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(location) ?? [];
  return { bucket, key };
}

export function locationOf({ bucket, key }: S3Place): string {
  return `s3://${bucket}/${key}`;
}

/** Separates an object's location from the id of an unfinished upload to it. */
const uploadMark = "#upload=";

export function uploadLocation(location: string, id: string): string {
  return location + uploadMark + id;
}

/** Returns undefined for the location of an object. */
export function splitUpload(location: string): { readonly location: string; readonly id: string } | undefined {
  const [object = "", id] = location.split(uploadMark);
  return id === undefined ? undefined : { location: object, id };
}
