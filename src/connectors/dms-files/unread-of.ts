/** How far a table lags behind its files: those that no run has applied yet. */
import type { UnreadFiles } from "../../sync/source.ts";
import { loadState, type LoadState } from "./full-load.ts";
import type { TableFiles } from "./layout.ts";
import type { Looking } from "./looked-at.ts";
import { unreadFiles } from "./next-files.ts";
import { parsePosition } from "./position.ts";

/** Undefined if every file was read. A full load that cannot be compared with the one that was read counts as unread. */
export async function unreadOf(
  looking: Looking,
  table: TableFiles,
  position: string | undefined,
): Promise<UnreadFiles | undefined> {
  const since = position === undefined ? undefined : parsePosition(position);
  const load = await loadState(looking, table, since).catch((): LoadState => "new");
  const { loads, changes } = unreadFiles(table, since, load);
  const files = [...loads, ...changes];
  if (files.length === 0) return undefined;
  const oldest = files.reduce((least, { modifiedAt }) => Math.min(least, modifiedAt.getTime()), Infinity);
  return { name: table.name, files: files.length, oldestAt: new Date(oldest) };
}
