/** Turns a failure to read a file into an error of the source that names the file and, if it is known, the line. */
import { HeadgateError } from "../../errors.ts";
import { fileFailure, type LocationOf } from "../../ingest/import/file-failure.ts";
import { codeOf } from "../../base/thrown.ts";

/** Failures of other kinds are returned as they are. `locations` has the file's name for each local path. */
export function fileInvalid(failure: unknown, locations: LocationOf): unknown {
  if (codeOf(failure)?.startsWith("Z_") === true) return damaged(failure, locations);
  const found = fileFailure(failure, locations);
  if (!(found instanceof HeadgateError) || found.code !== "IMPORT_FILE_INVALID") return found;
  const { place, quoted, cause } = found;
  return new HeadgateError("SOURCE_FILE_INVALID", { place, quoted, cause });
}

/** The file is not what its first bytes promise, or it is cut off. */
function damaged(cause: unknown, locations: LocationOf): HeadgateError {
  const place = [...locations.values()].join(", ");
  return new HeadgateError("SOURCE_FILE_INVALID", {
    place,
    message: "the compressed file is damaged or cut off",
    cause,
  });
}
