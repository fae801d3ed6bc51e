/**
 * The checked parts of an address: `dms-files+s3://key-id@bucket/prefix?region=…` or `dms-files+file:///directory`. The
 * password, if there is one, is the secret of the access key.
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { HeadgateError } from "../../errors.ts";
import type { FilesPlace } from "../../objects/foreign-files.ts";

export interface FilesAddress extends FilesPlace {
  /** The schema whose tables need no prefix in the lake. */
  readonly schema: string | undefined;
  /** A new full load, and in a directory any file, is read once it has not been written for so many seconds. */
  readonly settleSeconds: number;
}

const schemes = { directory: "dms-files+file:", bucket: "dms-files+s3:" };
const parameters = new Set(["endpoint", "region", "path-style", "schema", "settle"]);

/** Throws SETTING_INVALID for unknown parameters and values. */
export function parseFilesAddress(url: URL): FilesAddress {
  const unknown = [...url.searchParams.keys()].find((name) => !parameters.has(name));
  if (unknown !== undefined) throw invalid(`parameter "${unknown}"`, `use only ${[...parameters].join(", ")}`);
  const text = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
  return {
    place: placeOf(url),
    accessKeyId: decodeURIComponent(url.username),
    endpoint: text("endpoint"),
    region: text("region"),
    pathStyle: flagOf(text("path-style")),
    schema: text("schema"),
    settleSeconds: secondsOf(text("settle"), url.protocol),
  };
}

/** The address of a directory by its absolute path. */
export function addressOfPath(path: string): string {
  return `${schemes.directory}${pathToFileURL(path).href.slice("file:".length)}`;
}

function placeOf(url: URL): FilesAddress["place"] {
  if (url.protocol === schemes.directory) {
    if (url.hostname !== "")
      throw invalid(url.href, "write a directory with three slashes: dms-files+file:///directory");
    return { kind: "directory", directory: fileURLToPath(`file://${url.pathname}`) };
  }
  if (url.hostname === "") throw invalid(url.href, "name the bucket: dms-files+s3://bucket/prefix");
  const prefix = decodeURIComponent(url.pathname).replaceAll(/^\/+|\/+$/g, "");
  return { kind: "bucket", bucket: url.hostname, prefix };
}

function flagOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === "true" || text === "false") return text === "true";
  throw invalid("parameter path-style", "say true or false");
}

/** Objects of a bucket are written whole, each at once; a file that is copied into a directory grows all the time. */
const usualSeconds: Readonly<Record<string, number>> = { [schemes.bucket]: 60, [schemes.directory]: 5 };

function secondsOf(text: string | undefined, scheme: string): number {
  if (text === undefined) return usualSeconds[scheme] ?? 0;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw invalid("parameter settle", "give a number of seconds");
}

function invalid(place: string, message: string): HeadgateError {
  return new HeadgateError("SETTING_INVALID", { place: `the source's address: ${place}`, message });
}
