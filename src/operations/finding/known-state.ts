/** How somebody stands to a thing that they know of: they may read it, have asked for it, or may ask for it. */
import type { Asking } from "../../governance/asking.ts";
import { decideFor, type Decision } from "../../governance/decide.ts";
import { securableTable, type Securable } from "../../governance/securable.ts";
import type { FoundDocument } from "../../stewardship/search/find-documents.ts";

export const knownStates = ["readable", "requested", "requestable"] as const;

export type KnownState = (typeof knownStates)[number];

/** The thing that a document is about. */
export function securableOf({ id, kind, accountId, databaseId }: FoundDocument): Securable {
  if (kind === "database") return { kind: "database", id, accountId };
  return securableTable({ id, databaseId: databaseId ?? "", accountId });
}

/** A database is readable for somebody who may read all of its tables. */
export function stateOf(asking: Asking, document: FoundDocument): KnownState {
  const { id, kind, accountId } = document;
  const read: Decision = decideFor(
    asking,
    "read",
    kind === "database" ? { kind: "tables", id, accountId } : securableOf(document),
  );
  return read.allowed ? "readable" : "requestable";
}
