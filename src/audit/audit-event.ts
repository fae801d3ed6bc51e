/**
 * The events of the audit log: who did what to which resources, and how it ended. Each kind has details of its own.
 * Invariant: an event contains no password, key or token, no value of a row, and no message of an engine or a source,
 * because such a message may quote one. Statements are without their constants.
 */

/** Who acted. `nobody`: a person who has not proved who they are, under the name that they gave. */
export interface Actor {
  readonly kind: "user" | "service" | "local" | "nobody";
  readonly id?: string | undefined;
  readonly name: string;
  /** The account that they act in. */
  readonly accountId?: string | undefined;
  readonly assumedRole?: AssumedRole | undefined;
}

/** The role whose rights alone somebody has at the moment. */
export interface AssumedRole {
  readonly id: string;
  readonly name: string;
}

export interface AuditResource {
  readonly kind: string;
  readonly name?: string | undefined;
  readonly id?: string | undefined;
}

/** The part of a table that a statement reads, as it was decided. */
export interface TableRead {
  /** `database.table`. */
  readonly table: string;
  readonly id: string;
  /** As a text, because it may exceed 2^53. */
  readonly snapshot: string | null;
  /** The ids of the grants that allow it; none for the owner of the data directory. */
  readonly grants?: readonly string[] | undefined;
  /** The names of the columns that the person may see; undefined if the whole table may be read. */
  readonly columns?: readonly string[] | undefined;
  /** The names of the filters that apply. */
  readonly filters?: readonly string[] | undefined;
  /** Set for a view: by whose rights it is read, and what it reads by them. */
  readonly view?: ViewOfRead | undefined;
}

export interface ViewOfRead {
  /** The id of its owner; null for the owner of the data directory. */
  readonly owner: string | null;
  readonly version: number;
  readonly tables: readonly TableRead[];
}

/** The form in which somebody wanted the rows. */
export type ReadPurpose = "rows" | "file" | "plan" | "differences";

interface DownloadOf {
  /** Names the download in its end. */
  readonly download: string;
  readonly what: string;
}

export interface AuditDetails {
  /** The name of the identity provider, if one says who it is. */
  "sign-in": { readonly from: string; readonly provider?: string | undefined };
  "sign-in refused": { readonly from: string; readonly provider?: string | undefined };
  lockout: { readonly from: string; readonly until: string };
  "sign-out": { readonly from: string };
  /** An operation, a page or a stream that somebody may not use. */
  refused: {
    /** Set if the work refused it: the parts of the input that say what was asked. */
    readonly what?: Readonly<Record<string, unknown>> | undefined;
  };
  /** An operation that changes something, or begins or ends work. */
  change: {
    readonly milliseconds: number;
    /** The parts of the input that say what changed, as the operation chose them. */
    readonly what?: Readonly<Record<string, unknown>> | undefined;
    /** Set if an administrator granted a right to themselves. */
    readonly isSelfGrant?: true | undefined;
  };
  /** Recorded before the first row is sent. */
  "query begin": {
    /** Names the query in its end. */
    readonly query: string;
    readonly purpose: ReadPurpose;
    readonly statement: string;
    readonly asOf?: string | undefined;
    readonly policyEpoch?: string | undefined;
    readonly tables: readonly TableRead[];
  };
  "query end": {
    readonly query: string;
    /** The rows and bytes that were sent, or written to the file; bytes are unknown for rows on a terminal. */
    readonly rows: number;
    readonly bytes?: number | undefined;
    readonly milliseconds: number;
  };
  /** A statement that ended before it read anything. */
  "query refused": {
    readonly purpose: ReadPurpose;
    readonly statement: string;
    readonly asOf?: string | undefined;
    readonly milliseconds: number;
  };
  /** Something else that leaves as a stream: recorded before anything is sent. */
  download: DownloadOf;
  "download end": DownloadOf & {
    readonly items: number;
    readonly bytes?: number | undefined;
    readonly milliseconds: number;
  };
  /** The oldest month of the audit log was removed; the chain continues from this hash. */
  "audit removed": {
    readonly month: string;
    readonly events: number;
    readonly lastSequence: number;
    readonly lastHash: string;
  };
}

export type AuditKind = keyof AuditDetails;

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
] as const satisfies readonly AuditKind[];

interface AnyKind {
  readonly actor: Actor;
  readonly operation?: string | undefined;
  readonly action?: string | undefined;
  readonly resources?: readonly AuditResource[] | undefined;
  /** `done`, `begun`, or the code of an error. */
  readonly outcome: string;
  /** Why it was allowed or refused. */
  readonly because?: string | undefined;
}

/** An event before it has its place in the chain. */
export type AuditEvent = {
  [Kind in AuditKind]: AnyKind & { readonly kind: Kind; readonly details: AuditDetails[Kind] };
}[AuditKind];
