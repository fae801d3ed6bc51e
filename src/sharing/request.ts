/** A share request as a value: who asked for what, how it was judged, and what was decided. request-store.ts reads it. */
import { sql, type RawBuilder } from "kysely";
import type { RequestKind, RequestState, ShareTargetKind, SharedKind, Verdict } from "../db/share-request-rows.ts";
import type { Mask } from "../governance/mask.ts";
import type { Predicate } from "../governance/predicate/predicate.ts";
import type { ColumnSet } from "../governance/table-access.ts";
import type { SensitivityClass } from "../stewardship/sensitivity.ts";
import type { ProcessStep, Relation } from "./process.ts";

export interface ShareRequest {
  readonly id: string;
  readonly handle: string;
  readonly kind: RequestKind;
  /** The share that a judgement or an extension is about. */
  readonly aboutShareId: string | undefined;
  readonly sourceAccountId: string;
  readonly target: { readonly kind: ShareTargetKind; readonly id: string };
  /** The account in which the requester acted. */
  readonly accountId: string | undefined;
  /** Undefined for the owner of the data directory. */
  readonly requesterId: string | undefined;
  /** The user behind the requester. */
  readonly personId: string | undefined;
  readonly followerIds: readonly string[];
  /** The users who own the keys among the followers. */
  readonly behindFollowers: readonly string[];
  /** Those who asked and have left it to the others, with the users who own the keys among them. */
  readonly leftIds: readonly string[];
  readonly purpose: string;
  readonly answers: Readonly<Record<string, string>>;
  readonly productId: string | undefined;
  /** The version of the product's terms that was accepted. */
  readonly termsVersion: number | undefined;
  readonly mayReshare: boolean;
  /** Milliseconds since 1970, as all its moments. */
  readonly until: number | undefined;
  /** As it was written; `stateAt` knows of a time that is over. */
  readonly state: RequestState;
  readonly round: number;
  readonly judgement: Judgement | undefined;
  readonly steps: readonly ProcessStep[];
  readonly processIds: readonly string[];
  readonly extendsId: string | undefined;
  readonly createdAt: number;
  readonly submittedAt: number | undefined;
  readonly judgedAt: number | undefined;
  readonly decideBy: number | undefined;
  readonly endedAt: number | undefined;
  readonly endReason: string | undefined;
  readonly shareId: string | undefined;
  readonly items: readonly RequestItem[];
  readonly decisions: readonly Decision[];
}

export interface RequestItem {
  readonly id: string;
  readonly kind: SharedKind;
  readonly thingId: string;
  readonly databaseId: string;
  readonly columns: ColumnSet;
  readonly rows: RowRule | undefined;
  readonly judged: readonly JudgedTable[];
  /** Why it is not in the share. */
  readonly leftOut: string | undefined;
}

export interface RowRule {
  readonly text: string;
  readonly predicate: Predicate;
}

/** A table with the columns that it had when it was judged. */
export interface JudgedTable {
  readonly id: string;
  readonly fieldIds: readonly number[];
  /** The table whose history it is. */
  readonly baseId?: string | undefined;
  /** The only columns that whoever asked may know; left out if they may know all. Nobody gets others by asking. */
  readonly knownIds?: readonly number[] | undefined;
}

export interface Judgement {
  readonly class: SensitivityClass;
  readonly relation: Relation;
  readonly findings: readonly JudgedFinding[];
  readonly because: readonly string[];
}

export interface JudgedFinding {
  readonly class: SensitivityClass;
  readonly level: "database" | "table" | "column";
  readonly tableId?: string | undefined;
  /** The name that the column had. */
  readonly column?: string | undefined;
}

export interface Decision {
  readonly id: string;
  readonly round: number;
  /** The place of the step among all steps. */
  readonly step: number;
  /** Undefined for the owner of the data directory. */
  readonly principalId: string | undefined;
  readonly personId: string | undefined;
  readonly standing: string;
  readonly verdict: Verdict;
  readonly itemIds: readonly string[];
  readonly comment: string | undefined;
  readonly narrowed: readonly Narrowing[];
  readonly until: number | undefined;
  readonly channel: string;
  readonly at: number;
}

/** The part that an approver takes away of an item. */
export interface Narrowing {
  readonly itemId: string;
  /** The only columns that are left; undefined for all that were asked for. */
  readonly fieldIds: readonly number[] | undefined;
  /** A further condition on rows. */
  readonly rows: RowRule | undefined;
  /** Columns that are shown masked. */
  readonly masks?: readonly (Mask & { readonly fieldId: number })[];
}

/** Its state at a moment: undecided for too long, or asked for until a time that is over, it is expired. */
export function stateAt(request: Pick<ShareRequest, "state" | "decideBy" | "until">, now: number): RequestState {
  if (request.state !== "pending") return request.state;
  const end = Math.min(request.decideBy ?? Infinity, request.until ?? Infinity);
  return end <= now ? "expired" : "pending";
}

export function isOpen(state: RequestState): boolean {
  return state === "draft" || state === "pending";
}

export function currentDecisions({ decisions, round }: ShareRequest): readonly Decision[] {
  return decisions.filter((decision) => decision.round === round);
}

/** A condition on rows of `share_requests`. */
export function byId(id: string): RawBuilder<boolean> {
  return sql<boolean>`id = ${id}::uuid`;
}
