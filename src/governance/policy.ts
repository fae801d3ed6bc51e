/**
 * Everything that decides who may do what, as it stands at one epoch. A value, never changed: a new epoch is a new
 * policy. policy-store.ts reads it.
 * Invariant: it has no ended grant, membership or filter, and no deleted principal.
 */
import type { GrantedKind, PrincipalKind, StewardRole } from "../db/tables.ts";
import type { Mask } from "./mask.ts";
import type { Permission } from "./permission.ts";
import type { Predicate } from "./predicate/predicate.ts";
import type { ColumnSet } from "./table-access.ts";
import { noTags, type TagPolicy } from "./tag-policy.ts";

export interface Policy {
  readonly epoch: bigint;
  readonly accounts: ReadonlyMap<string, PolicyAccount>;
  /** Org units by their ids. One that was removed stays, has no account below it, and is no principal. */
  readonly units: ReadonlyMap<string, PolicyUnit>;
  readonly principals: ReadonlyMap<string, PolicyPrincipal>;
  /** By member. */
  readonly memberships: ReadonlyMap<string, readonly Membership[]>;
  readonly grants: ReadonlyMap<string, Grant>;
  /** By principal, then by the key of the resource (`resourceKey`). */
  readonly grantsTo: ReadonlyMap<string, ReadonlyMap<string, readonly Grant[]>>;
  readonly filters: ReadonlyMap<string, DataFilter>;
  readonly shares: ReadonlyMap<string, PolicyShare>;
  /** Everything that marks databases, tables and columns as sensitive, beside their tags; by the id of a database or a table. */
  readonly sensitivity: ReadonlyMap<string, SensitivityFacts>;
  /** The same value for as long as no tag changes. */
  readonly tags: TagPolicy;
  /** Who was named for a database or a table, by its id; also principals that were deleted since. */
  readonly stewards: ReadonlyMap<string, readonly Steward[]>;
}

export interface Steward {
  readonly id: string;
  readonly role: StewardRole;
  readonly principalId: string;
}

/** `unit:*`: everybody who acts in an account of the organisation, which is every account that is not outside. */
export const organisationId = "00000000-0000-0000-0000-0000000000e0";

export interface PolicyAccount {
  readonly id: string;
  readonly name: string;
  /** Whether it is the one of `doctor governance`, which is there for seconds and does not count as a second account. */
  readonly isCanary?: boolean | undefined;

  /** The org unit that it belongs to. */
  readonly unitId?: string | undefined;
  /** Whether it is not of the organisation. */
  readonly isOutside?: boolean | undefined;
  /** False for one that receives nothing of other accounts. */
  readonly isConsumer?: boolean | undefined;
}

export interface PolicyUnit {
  readonly id: string;
  readonly parentId: string | undefined;
}

export interface PolicyPrincipal {
  readonly id: string;
  readonly kind: PrincipalKind;
  readonly name: string;
  readonly accountId: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly isActive: boolean;
}

/** Moments in milliseconds since 1970; `until` itself is no longer valid. */
export interface Validity {
  readonly from: number | undefined;
  readonly until: number | undefined;
}

export interface Membership {
  readonly id: string;
  readonly containerId: string;
  readonly memberId: string;
  readonly valid: Validity;
}

export interface Grant {
  readonly id: string;
  readonly principalId: string;
  readonly on: GrantedOn;
  readonly columns: ColumnSet;
  readonly filterId: string | undefined;
  readonly permissions: ReadonlySet<Permission>;
  readonly grantable: ReadonlySet<Permission>;
  readonly valid: Validity;
  readonly parentId: string | undefined;
  readonly grantedBy: string | undefined;
  readonly origin: string | undefined;
  /** The share that gives it. */
  readonly shareId?: string | undefined;
  /** The account by whose share it was passed on. */
  readonly accountId?: string | undefined;
}

/** A share of one account with others; share.ts says what it means. */
export interface PolicyShare {
  readonly id: string;
  readonly sourceAccountId: string;
  readonly targetId: string;
  readonly isActive: boolean;
  /** Milliseconds since 1970; at this moment it is over. */
  readonly until: number | undefined;
  readonly mayReshare: boolean;
  /** Set for a share that nobody decided on: it gives only this, and nothing that was marked as sensitive since. */
  readonly judged?: JudgedThings | undefined;
}

/** The things and marks that a share was judged by; judged-share.ts says what they mean. */
export interface JudgedThings {
  readonly tables: ReadonlyMap<string, JudgedColumns>;
  /** The marks that were known. */
  readonly known: ReadonlySet<string>;
}

export interface JudgedColumns {
  readonly fieldIds: ReadonlySet<number>;
  /** Columns that somebody has decided to leave out. */
  readonly leftOut: ReadonlySet<number>;
  /** The table whose history it is: the marks of that count, too. */
  readonly baseId: string | undefined;
}

export interface SensitivityFacts {
  /** Undefined where nobody has said anything. */
  readonly isFlagged: boolean | undefined;
  /** By field id. */
  readonly columns: ReadonlyMap<number, boolean>;
  /** Whether a column that nobody has judged counts as sensitive. */
  readonly isDemanded: boolean;
}

/** `tables` is every table of a database, also future ones; `expression` is whatever has the tags that it names. */
export type GrantedOn =
  | { readonly kind: "lake" }
  | { readonly kind: Exclude<GrantedKind, "lake" | "location">; readonly id: string }
  | { readonly kind: "location"; readonly location: string };

export interface DataFilter {
  readonly id: string;
  readonly tableId: string;
  readonly name: string;
  readonly columns: ColumnSet;
  /** Undefined: all rows. */
  readonly rows: Predicate | undefined;
  readonly masks: ReadonlyMap<number, Mask>;
}

export function resourceKey(on: GrantedOn): string {
  if (on.kind === "lake") return "lake";
  return on.kind === "location" ? `location ${on.location}` : `${on.kind} ${on.id}`;
}

export function isValidAt({ from, until }: Validity, now: number): boolean {
  return (from === undefined || from <= now) && (until === undefined || now < until);
}

export const emptyPolicy: Policy = {
  epoch: 0n,
  accounts: new Map(),
  units: new Map(),
  principals: new Map(),
  memberships: new Map(),
  grants: new Map(),
  grantsTo: new Map(),
  filters: new Map(),
  shares: new Map(),
  sensitivity: new Map(),
  tags: noTags,
  stewards: new Map(),
};
