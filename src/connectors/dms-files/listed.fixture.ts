/** A file as a listing has it, for tests. */
import type { ForeignFile } from "../../objects/foreign-files.ts";

/** `minute` counts from the first minute of 2024. */
export function listed(path: string, minute = 0): ForeignFile {
  return { path, size: 10, modifiedAt: new Date(Date.UTC(2024, 0, 1, 0, minute)), version: String(minute) };
}
