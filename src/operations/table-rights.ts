/**
 * The part of each table that the caller of a statement may read, and the end of the call when that changes.
 * Invariant: every table that a statement could have read is followed with the access that it was read with.
 */
import type { TableEntry } from "../catalog/catalog.ts";
import { tableLabel } from "../catalog/table-name.ts";
import type { HeadgateError } from "../errors.ts";
import { accessFingerprint } from "../governance/access-fingerprint.ts";
import type { Asking } from "../governance/asking.ts";
import { decideFor } from "../governance/decide.ts";
import type { TableAccess } from "../governance/table-access.ts";
import type { TableRights } from "../query/readable-tables.ts";
import { rightEnded } from "./access-watch.ts";
import { securableTable } from "../governance/securable.ts";
import type { Call } from "./operation.ts";

/** `ended` is told to the caller when what they may read of a table is no longer what it was. */
export function tableRights(
  call: Pick<Call, "asking" | "follow">,
  ended: (entry: TableEntry) => HeadgateError = changed,
): TableRights {
  const read = new Map<string, { readonly entry: TableEntry; readonly fingerprint: string }>();
  call.follow((asking) => {
    const other = [...read.values()].find(
      ({ entry, fingerprint }) => fingerprint !== fingerprintOf(accessTo(asking, entry)),
    );
    return other && ended(other.entry);
  });
  return (entry) => {
    const access = accessTo(call.asking, entry);
    if (access !== undefined) read.set(entry.id, { entry, fingerprint: fingerprintOf(access) });
    return access;
  };
}

function changed(entry: TableEntry): HeadgateError {
  return rightEnded(`what you may read of ${tableLabel(entry)} was changed`);
}

/** No part for a table that somebody may know of and not read; undefined for one that they may not know of. */
function accessTo(asking: Asking, entry: TableEntry): TableAccess | undefined {
  const resource = securableTable(entry);
  const read = decideFor(asking, "read", resource);
  if (read.allowed) return read.access;
  return decideFor(asking, "watch", resource).allowed ? { parts: [] } : undefined;
}

function fingerprintOf(access: TableAccess | undefined): string {
  return access === undefined ? "" : accessFingerprint(access);
}
