/** A search of the audit log, as it stands in the address. */
import type { AuditListInput } from "../../../src/client/api-client.ts";

export interface AuditSearch {
  readonly by?: string;
  readonly table?: string;
  readonly kind?: NonNullable<AuditListInput["kind"]>;
  readonly text?: string;
  readonly since?: string;
  readonly until?: string;
  /** The event that is shown as a whole. */
  readonly event?: number;
}

export const auditKinds = [
  "sign-in",
  "sign-in refused",
  "lockout",
  "sign-out",
  "refused",
  "change",
  "query begin",
  "query end",
  "query refused",
  "download",
  "download end",
  "audit removed",
] as const satisfies readonly NonNullable<AuditListInput["kind"]>[];

export function auditSearchOf(given: Record<string, unknown>): AuditSearch {
  const kind = auditKinds.find((one) => one === given["kind"]);
  const event = Number(given["event"]);
  const search: AuditSearch = {
    ...textOf(given, "by"),
    ...textOf(given, "table"),
    ...textOf(given, "text"),
    ...textOf(given, "since"),
    ...textOf(given, "until"),
  };
  return {
    ...search,
    ...(kind === undefined ? {} : { kind }),
    ...(Number.isSafeInteger(event) && event > 0 ? { event } : {}),
  };
}

function textOf(given: Record<string, unknown>, name: "by" | "table" | "text" | "since" | "until"): AuditSearch {
  const value = given[name];
  // The router reads an address with digits only as a number.
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? { [name]: text } : {};
}

/** Days stand for their beginning and their end, in the zone of whoever looks. */
export function inputOf({ by, table, kind, text, since, until }: AuditSearch): AuditListInput {
  return {
    ...(by === undefined ? {} : { by }),
    ...(table === undefined ? {} : { table }),
    ...(kind === undefined ? {} : { kind }),
    ...(text === undefined ? {} : { text }),
    ...(since === undefined ? {} : { since: new Date(`${since}T00:00:00`).toISOString() }),
    ...(until === undefined ? {} : { until: new Date(`${until}T23:59:59.999`).toISOString() }),
  };
}
