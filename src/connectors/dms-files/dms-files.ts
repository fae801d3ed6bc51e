/**
 * The connector for the files that AWS DMS writes to S3, in a bucket or in a directory:
 * `dms-files+s3://key-id@bucket/prefix?region=…&endpoint=…&path-style=…&schema=…`, `dms-files+file:///directory`.
 * The modules for reading are loaded when the first source is opened.
 * Invariant: nothing is ever written where the files are.
 */
import type { Connector } from "../../sync/source.ts";
import { addressOfPath, parseFilesAddress } from "./address.ts";
import { knownPlaces } from "./known-places.ts";
import type { FilesMeans } from "./open-source.ts";
import { comparePositions, filePlaces } from "./position.ts";
import { tableDescriptions } from "./table-descriptions.ts";
import { typeRules } from "./types.ts";

export function dmsFiles(means: FilesMeans): Connector {
  const places = knownPlaces(means.notes);
  return {
    name: "dms-files",
    title: "AWS DMS files",
    schemes: ["dms-files+s3", "dms-files+file"],
    typeRules,
    addressOfPath,
    comparePositions,
    places: filePlaces,
    descriptions: tableDescriptions,
    async open({ url, password }) {
      const { openSource } = await import("./open-source.ts");
      return openSource(means, { address: parseFilesAddress(url), secret: password, places });
    },
  };
}
