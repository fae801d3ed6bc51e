/** Turns a failure to read a file into an error of the source that names the file and, if it is known, the line. */
import { HeadgateError } from "../../errors.ts";
import { fileFailure, type LocationOf } from "../../ingest/import/file-failure.ts";
import { codeOf } from "../../base/thrown.ts";

/** Failures of other kinds are returned as they are. `locations` has the file's name for each local path. */
export function fileInvalid(failure: unknown, locations: LocationOf): unknown {
  const code = codeOf(failure) ?? "";
  const place = [...locations.values()].join(", ");
  if (code.startsWith("Z_")) return damaged(failure, place);
  if (code === "EACCES" || code === "EPERM") return refused(failure, place);
  if (code === "ENOENT")
    return new HeadgateError("SOURCE_TABLE_ALTERED", { place, message: "the file was removed", cause: failure });
  const found = fileFailure(failure, locations);
  if (!(found instanceof HeadgateError) || found.code !== "IMPORT_FILE_INVALID") return found;
  return new HeadgateError("SOURCE_FILE_INVALID", { place: found.place, quoted: found.quoted, cause: found.cause });
}

/** The file is not what its first bytes promise, or it is cut off. */
function damaged(cause: unknown, place: string): HeadgateError {
  return new HeadgateError("SOURCE_FILE_INVALID", {
    place,
    message: "the compressed file is damaged or cut off",
    cause,
  });
}

function refused(cause: unknown, place: string): HeadgateError {
  const remedy = "give the user that runs Headgate the right to read the file";
  return new HeadgateError("SOURCE_RIGHT_MISSING", { place, message: "the file may not be read", remedy, cause });
}
