/** Changes of parameters for the audit log: from what to what, but for descriptions, which may be long, only that. */
import type { ChangedParameter } from "../../stewardship/parameters.ts";

const mostRecorded = 200;

export function recordedParameters(changes: readonly ChangedParameter[]): readonly object[] {
  return changes.map(({ key, value, before, on: { fieldId } }) => {
    const isText = key === "description" || (value ?? "").length > mostRecorded || (before ?? "").length > mostRecorded;
    const at = fieldId === undefined ? {} : { fieldId };
    if (isText) return { key, ...at, change: value === undefined ? "remove" : before === undefined ? "add" : "change" };
    return { key, ...at, from: before ?? null, to: value ?? null };
  });
}
