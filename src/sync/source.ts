/**
 * What a database must offer to flow into the lake: the contract between sync and the connectors, types only.
 * Not a driver and not a schedule: a connector reads; what is done with the rows is sync's business.
 *
 * Order: rows of one read come in any order. Duplicates: a read yields each row of its cut exactly once; a keyless table is a
 * multiset. Durability: a source writes nothing anywhere. Concurrency: the reads of one cut may run in parallel, up to
 * `cut.readers`; everything else is called one at a time. Every method throws `HeadgateError` with a SOURCE_ code, never a
 * driver's error, and no message of one ever contains a password.
 */
import type { ColumnBuffer, StagedType } from "../engine/column-buffer.ts";
import type { ErrorCode } from "../errors.ts";

/** A kind of database. Adding one is a folder under connectors/ and a line in main.ts. */
export interface Connector {
  /** Lower case, as in `headgate source list`: `mariadb`, `postgres`. */
  readonly name: string;
  /** As people write it: `MariaDB`. */
  readonly title: string;
  /** URL schemes without the colon, the preferred one first. */
  readonly schemes: readonly string[];
  /** What happens to each type of this database; docs/reference/types-<name>.md is generated from it. */
  readonly typeRules: readonly TypeRule[];
  /** Pure: it asks no server. */
  comparePositions(left: Position, right: Position): PositionOrder;
  open(address: SourceAddress): Promise<Source>;
}

/**
 * How the state of a source at one position stands to its state at another: `before`: everything that it holds the other holds too,
 * or has changed since; `same`: no write lies between them, as far as the log tells; `unknown`: nothing is claimed. Positions of two
 * servers, of two lives of one server (it was started in between), or of a log that began anew are always `unknown`.
 */
export type PositionOrder = "before" | "same" | "after" | "unknown";

/** Where a source is. The URL carries no password; `password` never appears in logs, errors or answers. */
export interface SourceAddress {
  readonly url: URL;
  readonly password: string | undefined;
}

/** One row of the documentation of a connector's types. */
export interface TypeRule {
  /** The database's spelling, with parameters: `decimal(p,s), p ≤ 38`. */
  readonly sourceType: string;
  /** The Iceberg type it becomes. */
  readonly lakeType: string;
  /** What a person should know: ranges, what cannot be held exactly and what is done then. Empty when nothing. */
  readonly note: string;
}

/** A name exactly as the database has it: case, dots, spaces and emoji kept. For MariaDB `schema` is the database. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

export type ObjectKind = "table" | "view" | "materialized view" | "partitioned table" | "partition" | "foreign table";

/** What discovery lists: cheap, from the database's own dictionary, no columns. */
export interface SourceObject {
  readonly name: TableName;
  readonly kind: ObjectKind;
  /** The partitioned table this is a partition of. */
  readonly partOf?: TableName | undefined;
  /**
   * True where the user may not even use its schema, and knows no more than the name. It is taken in where somebody names it, or once
   * it is in the lake, so that a right that was taken away is told and is no vanished table.
   */
  readonly isOutOfReach?: boolean | undefined;
  /** The dictionary's estimate; absent when the database has none. Never used for correctness. */
  readonly estimatedRows?: number | undefined;
  readonly estimatedBytes?: number | undefined;
}

/** A table described so that it can be loaded. */
export interface SourceTable extends SourceObject {
  readonly columns: readonly SourceColumn[];
  /**
   * Names what the table's name stands for now, and everything beside its rows that its values depend on: for instance the ids of
   * the relation and its files, and the labels of its enums. An opaque text of the connector. Nothing that is remembered of the
   * table's rows (a position, a digest, a split) is believed under another incarnation; the table is then compared once, which
   * is no change of its schema. Undefined where the database has no such thing.
   */
  readonly incarnation?: string | undefined;
  /** Columns of the primary key, else of the first unique index over not-null columns, in key order. Absent: keyless. */
  readonly key?: readonly string[] | undefined;
  readonly comment?: string | undefined;
}

/** Why a table cannot be loaded as it is now, in words for whoever runs the sync. */
export interface Obstacle {
  readonly code: ErrorCode;
  readonly message: string;
  /** What to do about it, at best a statement to copy. */
  readonly remedy: string;
}

/** A table that cannot be loaded as it is now. The other tables of its source can. */
export interface UnreadableTable extends SourceObject {
  readonly obstacle: Obstacle;
}

export type DescribedTable = SourceTable | UnreadableTable;

export interface SourceColumn {
  readonly name: string;
  /** Stays the same when the column is renamed, where the database knows such a thing (PostgreSQL `attnum`); else the name. */
  readonly identity: string;
  /** As declared, with parameters, charset and signedness: `bigint(20) unsigned`, `varchar(80) latin1`. */
  readonly sourceType: string;
  /** False only when every value can be held: a not-null column whose values may become null here is nullable. */
  readonly nullable: boolean;
  readonly comment?: string | undefined;
  /** Iceberg primitive type: `boolean int long float double decimal(p,s) date time timestamp timestamptz string uuid binary`. */
  readonly lakeType: string;
  /** How `read` lays out the values in the column's buffer. */
  readonly staged: StagedType;
  /**
   * DuckDB expression that turns the staged value (`reference`, a quoted column name) into the lake type. Absent: a plain cast.
   * It must fail or count, never silently change a value.
   */
  readonly convert?: ((reference: string) => string) | undefined;
  /**
   * Whole numbers from 0 to 2^64 - 1, described as `decimal(20,0)` and staged as 64 bits. Such a column may be read with the lake
   * type `long` and no `convert`: then each value is checked, and `read` throws SOURCE_VALUE_BEYOND_LONG for one above 2^63 - 1.
   */
  readonly mayBeLong?: boolean | undefined;
  /** What this column cannot hold exactly, in words for the run report: `zero dates become null`. */
  readonly caution?: string | undefined;
}

/** One precondition of loading or of log capture, with what mends it. */
export interface Check {
  readonly name: string;
  /** `warning`: loading works, something later (log capture, resuming) will not. */
  readonly outcome: "ok" | "warning" | "failed";
  /** What was found: a version, a setting, a missing right. */
  readonly found: string;
  /** What to run on the server, as text to copy; only when not ok. */
  readonly mend?: string | undefined;
}

/** A connected database. */
export interface Source extends AsyncDisposable {
  readonly server: { readonly product: string; readonly version: string };
  /** Names the server, its history and the database, as positions do. Undefined where the user may not ask. */
  identity(): Promise<string | undefined>;
  /** The schema whose tables need no prefix in the lake: PostgreSQL's `public`, the database a MariaDB address names. */
  readonly mainSchema: string | undefined;
  /** Runs every check, also after one failed. Tables that are not meant are not looked at; all are, unless it is said. */
  test(isMeant?: (name: TableName) => boolean): Promise<readonly Check[]>;
  /** Lists the user's tables, views and partitions, system schemas left out, sorted by schema and name. */
  discover(): Promise<readonly SourceObject[]>;
  /** Given tables that were there once and are not listed now, tells which need not be gone: this user could not see them either way. */
  hidden(names: readonly TableName[]): Promise<readonly TableName[]>;
  /**
   * Describes the named objects and no others, in the order given. One that cannot be loaded, because it is gone (with
   * SOURCE_TABLE_NOT_FOUND), may not be read, or is locked, is answered with its obstacle and does not hold up the others.
   */
  describe(names: readonly TableName[]): Promise<readonly DescribedTable[]>;
  /** Opens one consistent state of the whole database, readable by up to `readers` parallel readers, without blocking writers. */
  openCut(options: { readonly readers: number }): Promise<Cut>;
}

/**
 * A position: a source's opaque, ordered place in its log, as JSON text made and understood by its connector only.
 * It identifies the server's history as well, so that a position of another server, or of a restored backup, is never equal.
 */
export type Position = string;

/** A part of a table: an opaque range made by the cut's `split`, as JSON text. `undefined` stands for the whole table. */
export type SplitRange = string;

export interface KeyExtent {
  readonly column: string;
  readonly lowest: bigint;
  readonly highest: bigint;
  readonly rows: number;
}

/**
 * Range n holds the keys from `lowest + n · width` to below `lowest + (n + 1) · width`; the first one also all keys below and rows
 * without a key, the last one all keys above: so each row is of one range, and no two sides divide a negative number differently.
 */
export interface KeyRanges {
  readonly column: string;
  readonly lowest: bigint;
  readonly width: bigint;
  /** How many there are; undefined: as many as the keys need. */
  readonly count?: bigint | undefined;
}

export interface RangeVersions {
  readonly range: bigint;
  /** In this cut. */
  readonly rows: number;
  /** Those among them that may have been written since an earlier cut. */
  readonly written: number;
}

export type DigestHash = "md5" | "sha1";

/**
 * Made of rows written as text that both sides write alike: columns in order, joined by `|`; null as `-`; a boolean as 1 or 0;
 * whole numbers and decimals as digits; dates as days, times and timestamps as microseconds since 1970-01-01; a uuid in lower
 * case; bytes as lower-case hexadecimal digits; a string as its length in bytes of UTF-8, `:`, and itself. Strings and bytes of
 * more than 1000 bytes are not written themselves: `#` and their SHA-256 in lower-case digits stand for them, so that no value is
 * too long for a server to write. The first 60 bits of the hash (`Cut.digestHash`) of the salt and each row are added up. The salt is
 * chosen anew each time: rows that were made to have one hash, or that have one by chance, do not have it again. Floats have no text
 * that all servers write alike: a table that has one has no such digest.
 */
export interface RangeDigest {
  readonly range: bigint;
  readonly rows: number;
  readonly sum: bigint;
}

/** The keys from `from` to below `to`; absent ends are unbounded. */
export interface KeySpan {
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
}

export interface KeySpans {
  readonly column: string;
  readonly spans: readonly KeySpan[];
}

/** Hashes of one table's span that are equal mean equal rows, duplicates counted. Those that differ mean nothing. */
export interface HashedSpan extends KeySpan {
  readonly rows: number;
  readonly hash: string;
}

/**
 * Hashes of rows as the server sends them. They cost about what it costs the server to send the rows: nothing is taken apart, and
 * the server computes nothing. What is hashed is what `read` would be given, so it holds for every type.
 */
export interface HashedReads {
  /**
   * Cuts a range made by `split`, or the whole table, into spans of about `rows` rows of its first key column. Undefined for a
   * table whose key does not begin with a whole number.
   */
  spans(table: SourceTable, range: SplitRange | undefined, rows: number): Promise<KeySpans | undefined>;
  /** Reads the spans one after the other as `Cut.read` does, into the sink where there is one, and hashes the rows of each. */
  read(
    table: SourceTable,
    spans: KeySpans,
    sink: RowSink | undefined,
    signal: AbortSignal,
  ): Promise<readonly HashedSpan[]>;
}

/**
 * One consistent state of a source. Disposing ends its transactions. What fails for one table (a right that is missing, a lock, a
 * value that cannot be converted) leaves the cut as it is, so that the other tables can still be read in it; a cut that is lost as
 * a whole answers with SOURCE_LOST.
 */
export interface Cut extends AsyncDisposable {
  readonly position: Position;
  /** Parallel reads this cut allows: 1 where the database cannot share a snapshot without blocking writers. */
  readonly readers: number;
  /** Why `readers` is less than asked, for the run report. */
  readonly caution?: string | undefined;
  /**
   * Cuts a table into ranges that together hold each row exactly once, each of about `bytes` of source data. A single
   * `undefined` when the table is small or has nothing to split by. Never by LIMIT and OFFSET.
   */
  split(table: SourceTable, bytes: number): Promise<readonly (SplitRange | undefined)[]>;
  /**
   * Which writes `unchanged` cannot see, in words for the run report; such a proof holds for some time only and is then replaced by
   * a comparison. Undefined where it sees all of them.
   */
  readonly proofGap?: string | undefined;
  /**
   * True only when it is proven that the range holds, in this cut, the same rows as it held in the cut at `since`, where it
   * had `rows` rows. False means "not known", which is always a safe answer. Must be much cheaper than reading the range.
   */
  unchanged(table: SourceTable, range: SplitRange | undefined, since: Position, rows: number): Promise<boolean>;
  /**
   * A digest of the table's rows in this cut, computed by the server: equal digests of one table mean equal rows, duplicates
   * counted. Undefined where the server cannot, or where `unchanged` already says as much.
   */
  fingerprint(table: SourceTable): Promise<string | undefined>;
  /**
   * The range of the rows whose value in the column is `value` or above, or null. `value`: digits; a date as `2024-01-31`; a
   * time as `2024-01-31 00:00:00.000000`, in UTC where the column knows zones.
   */
  since(column: string, value: string): SplitRange;
  /**
   * The table's extent by its first key column, where that holds whole numbers; undefined for others and for a table without rows.
   */
  keyExtent(table: SourceTable): Promise<KeyExtent | undefined>;
  /** The hash of rows in `digests`: the one that costs the server least. */
  readonly digestHash: DigestHash;
  /**
   * Number and digest of the rows in each range of keys, computed by the server; ranges without rows are left out. `ranges`
   * undefined: the whole table is range 0. Undefined where the server cannot write a row as `RangeDigest` says.
   */
  digests(
    table: SourceTable,
    ranges: KeyRanges | undefined,
    salt?: string,
  ): Promise<readonly RangeDigest[] | undefined>;
  /** True only when it is proven, at the cost of nothing, that nobody wrote anything to the source since the cut at `since`. */
  isIdle(since: Position): boolean;
  /**
   * For each range of keys that has rows, how many, and how many of them may have been written since the cut at `since`. A range
   * with none of those, and with as many rows as it had then, holds the rows it held then. The promise is of undefined where the
   * table's row versions tell nothing; a database that shows no row versions at all has no such method.
   */
  versions?(table: SourceTable, ranges: KeyRanges, since: Position): Promise<readonly RangeVersions[] | undefined>;
  /** Reads that are hashed as they arrive, for databases that show no row versions. */
  readonly hashed?: HashedReads | undefined;
  /** Whether two rows of the table have the same values in the columns; two nulls are the same. */
  hasDuplicates(table: SourceTable, columns: readonly string[]): Promise<boolean>;
  /**
   * The range of the rows whose value in the column is `from` or above and below `to`. Without `from` also those without a value;
   * without both all rows.
   */
  between(column: string, from: bigint | undefined, to: bigint | undefined): SplitRange | undefined;
  /** Reads the range into the sink. Throws when `signal` is aborted. Rows appended before a failure are discarded by the caller. */
  read(table: SourceTable, range: SplitRange | undefined, sink: RowSink, signal: AbortSignal): Promise<void>;
}

/**
 * Where a read puts its rows. The reader appends one value or null to every buffer, in the order of `table.columns`, then
 * calls `rowDone`. After each chunk of input it looks at `full` and, when true, stops reading input and awaits `drain()`.
 */
export interface RowSink {
  readonly columns: readonly ColumnBuffer[];
  rowDone(): void;
  readonly full: boolean;
  drain(): Promise<void>;
  /** Counts a value that could not be held exactly (a zero date, a broken character); shown in the run report. */
  inexact(column: SourceColumn, what: string): void;
}
