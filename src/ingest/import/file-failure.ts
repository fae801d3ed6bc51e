/** Turns the engine's message about a file that cannot be read into an error that names the file and the line. */
import { wordsOf } from "../../base/present-error.ts";
import { HeadgateError } from "../../errors.ts";

/** For each local file, the location it comes from. */
export type LocationOf = ReadonlyMap<string, string>;

const codes: ReadonlySet<string> = new Set(["SQL_FAILED", "SQL_INVALID", "DATA_FILE_CORRUPT"]);

export function fileFailure(failure: unknown, locations: LocationOf): unknown {
  if (!(failure instanceof HeadgateError) || !codes.has(failure.code)) return failure;
  const message = wordsOf(failure);
  const path = [...locations.keys()].find((known) => message.includes(known));
  const only = locations.size === 1 ? [...locations.values()][0] : undefined;
  const location = path === undefined ? only : locations.get(path);
  if (location === undefined) return failure;
  const line = /on Line: (\d+)|in line (\d+)/i.exec(message);
  const number = line?.[1] ?? line?.[2];
  return new HeadgateError("IMPORT_FILE_INVALID", {
    place: number === undefined ? location : `${location}, line ${number}`,
    quoted: reason(message.replaceAll(path ?? location, location)),
    cause: failure,
  });
}

/** The message without the engine's suggestions about its own options. */
function reason(message: string): string {
  return message
    .split(/\nPossible (?:fixes|solutions):|\n\n/)[0]
    ?.replace(/^CSV Error on Line: \d+\n/, "")
    .replaceAll("\n", "; ")
    .trim() as string;
}
