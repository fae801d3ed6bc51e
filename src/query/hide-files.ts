/** Failures about a table's files and states as they are told to somebody who may read only a part of the table. */
import { tableLabel, type NamedTable } from "../catalog/table-name.ts";
import { HeadgateError } from "../errors.ts";

/**
 * Rethrows a failure. One about a file names the table in place of the file, because files tell how it is divided. One
 * about a state does not say when others were made, which tells of changes to rows that are hidden.
 */
export function hidingFiles(table: NamedTable): (failure: unknown) => never {
  return (failure) => {
    throw failure instanceof HeadgateError ? hidden(failure, table) : failure;
  };
}

function hidden(failure: HeadgateError, table: NamedTable): HeadgateError {
  const { code } = failure;
  const label = tableLabel(table);
  const place = code === "SNAPSHOT_NOT_FOUND" ? failure.place : label;
  const message = messages[code]?.(label);
  return message === undefined ? failure : new HeadgateError(code, { place, message, cause: failure });
}

const messages: Readonly<Record<string, ((label: string) => string) | undefined>> = {
  DATA_FILE_MISSING: (label) => `a data file of ${label} is missing`,
  DATA_FILE_CORRUPT: (label) => `a data file of ${label} is damaged`,
  FILE_OUTSIDE_TABLE: (label) => `the metadata of ${label} names a file that is not the table's own`,
  SNAPSHOT_NOT_FOUND: () => "this state has been removed",
  METADATA_INVALID: (label) => `the metadata of ${label} cannot be used`,
};
