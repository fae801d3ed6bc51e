/** A short text that is equal for equal access to a table, whatever the order of its sets. It cannot be read back. */
import { createHash } from "node:crypto";
import { formatJson } from "../base/json.ts";
import type { AccessPart, ColumnSet, TableAccess } from "./table-access.ts";

export function accessFingerprint({ parts }: TableAccess): string {
  return createHash("sha256")
    .update(formatJson(parts.map(partText)))
    .digest("base64url");
}

function partText({ columns, rows, masks }: AccessPart): string {
  const sorted = [...masks].toSorted(([one], [other]) => one - other);
  return JSON.stringify([columnsText(columns), rows, sorted.map(([id, { action, value }]) => [id, action, value])]);
}

function columnsText(columns: ColumnSet): unknown {
  return columns.mode === "all" ? "all" : [columns.mode, [...columns.fieldIds].toSorted((one, other) => one - other)];
}
