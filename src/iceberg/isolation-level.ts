/** How strictly an operation is isolated from concurrent ones (table properties `write.<command>.isolation-level`). */
import { HeadgateError } from "../errors.ts";

/**
 * `serializable`: as if operations ran one after the other. `snapshot`: rows that were added concurrently and that the
 * operation would have affected are no conflict.
 */
export type IsolationLevel = "serializable" | "snapshot";

export type RowLevelCommand = "delete" | "update" | "merge";

/** Throws METADATA_INVALID. */
export function isolationLevel(
  { properties }: { readonly properties: Readonly<Record<string, string>> },
  command: RowLevelCommand,
): IsolationLevel {
  const key = `write.${command}.isolation-level`;
  const level = (properties[key] ?? "serializable").toLowerCase();
  if (level === "serializable" || level === "snapshot") return level;
  throw new HeadgateError("METADATA_INVALID", { place: key, message: `"${level}" is not an isolation level` });
}
