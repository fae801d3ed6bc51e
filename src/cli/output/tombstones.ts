/** Lines in a list about users, groups and roles that were removed. */
import { printRows } from "./rows.ts";

interface Tombstone {
  readonly name: string;
  readonly createdAt: string;
  readonly removedAt: string;
}

export function printTombstones(removed: readonly Tombstone[] | undefined): void {
  if (removed === undefined) return;
  process.stdout.write("\n");
  const rows = removed.map(({ name, createdAt, removedAt }) => ({ removed: name, created: createdAt, at: removedAt }));
  printRows(rows, process.stdout, { none: "nothing was removed" });
}
