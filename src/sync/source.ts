/**
 * The contract between sync and the connectors: the methods that a database must offer so that its tables can flow into
 * the lake. Types only. A connector only reads; sync decides what to do with the rows. It is neither a driver nor a
 * schedule.
 *
 * Order: the rows of one read arrive in any order. Duplicates: a read yields each row of its cut exactly once; a
 * keyless table is a multiset. Durability: a source writes nothing anywhere. Concurrency: the reads of one cut may run
 * in parallel, up to `cut.readers`; everything else is called one at a time. Every method throws a `HeadgateError` with
 * a SOURCE_ code, never a driver's error, and no error message ever contains a password.
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
  /** The rule for each type of this database; docs/reference/types-<name>.md is generated from it. */
  readonly typeRules: readonly TypeRule[];
  /** The address that the absolute path of a directory stands for. Only for a source of files. Pure. */
  addressOfPath?(path: string): string;
  /** Pure: it asks no server. */
  comparePositions(left: Position, right: Position): PositionOrder;
  /** Only for sources whose tables are files. */
  readonly places?: FilePlaces | undefined;
  /** Only for sources whose tables are files. */
  readonly descriptions?: TableDescriptions | undefined;
  open(address: SourceAddress): Promise<Source>;
}

/**
 * How a source's state at one position compares with its state at another. `before`: the other state is the same or
 * newer. `same`: as far as the log tells, nothing was written between them. `unknown`: no claim is made, which is
 * always the case for positions of two servers, of a server before and after a restart, or of a log that was started
 * again.
 */
export type PositionOrder = "before" | "same" | "after" | "unknown";

/**
 * How far a table has been read, in the words of the controller table that people keep beside DMS. It is what they may
 * see and change of a position. Pure.
 */
export interface FilePlaces {
  of(position: Position): FilePlace;
  /** Absent members stay as they are. A full load that is read again is followed by all files of changes. */
  moved(position: Position, change: Partial<FilePlace>): Position;
}

export interface FilePlace {
  /** The instant at which the newest file of the full load was written; null: none has been read. */
  readonly lastFullLoadDate: string | null;
  /** The last file of changes that was read, by its name or path; null: none has been read. */
  readonly lastIncrementalFile: string | null;
}

/** A column as somebody knows it who did not look into the files. */
export interface GivenColumn {
  readonly name: string;
  /** A type of the lake. Undefined: the one that is found in the files holds. */
  readonly type?: string | undefined;
}

/**
 * Descriptions that people have elsewhere of the tables of a source of files, whose files say too little. Pure. All
 * throw USAGE, with its place, for text that cannot be understood.
 */
export interface TableDescriptions {
  /** The table mapping of the DMS task that writes the files, as JSON. */
  tableMapping(text: string): DescribedTables;
  /** A table, or several, of the Glue data catalog, as JSON. */
  glueTable(text: string): DescribedTables;
}

export interface DescribedTables {
  /** Whether the table is one of those that are chosen; undefined if nothing is chosen. */
  readonly isChosen?: ((name: TableName) => boolean) | undefined;
  /** The labels of what is described and is none of these tables. */
  unmatched(names: readonly TableName[]): readonly string[];
  /**
   * How the table is read with what is said of it, given how it is read now (`KnownTable.reading`). Undefined if
   * nothing is said. Throws USAGE if it does not fit the files.
   */
  readingOf(table: SourceTable, reading: string | undefined): DescribedReading | undefined;
}

export interface DescribedReading {
  readonly reading: string;
  /** The columns that identify a row. Undefined if nothing is said of them. */
  readonly key: readonly string[] | undefined;
  /** The parts that cannot be followed, in whole sentences. */
  readonly left: readonly string[];
}

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
  /**
   * Notes for people: ranges, values that cannot be held exactly and what is done about them. Empty if there are none.
   */
  readonly note: string;
}

/** A name exactly as the database has it: case, dots, spaces and emoji kept. For MariaDB `schema` is the database. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

export type ObjectKind = "table" | "view" | "materialized view" | "partitioned table" | "partition" | "foreign table";

/** An object as discovery lists it: cheap, from the database's own dictionary, without columns. */
export interface SourceObject {
  readonly name: TableName;
  readonly kind: ObjectKind;
  /** The partitioned table this is a partition of. */
  readonly partOf?: TableName | undefined;
  /**
   * True when the user may not even use the schema, so that only the name is known. Such a table is included when
   * somebody names it or when it is already in the lake, so that a revoked right is reported and not mistaken for a
   * dropped table.
   */
  readonly isOutOfReach?: boolean | undefined;
  /** The dictionary's estimate; absent when the database has none. Never used for correctness. */
  readonly estimatedRows?: number | undefined;
  readonly estimatedBytes?: number | undefined;
}

/** A table with everything that is needed to load it. */
export interface SourceTable extends SourceObject {
  readonly columns: readonly SourceColumn[];
  /**
   * Identifies the object that currently has this table's name, and everything besides its rows that its values depend
   * on, such as the ids of the relation and its files, or the labels of its enums. Opaque text that only the connector
   * understands. A position, digest or split stored under one incarnation is not trusted under another: the table is
   * compared once, and its schema does not change. Undefined when the database has nothing like this.
   */
  readonly incarnation?: string | undefined;
  /**
   * Columns of the primary key, or else of the first unique index over not-null columns, in key order. Absent for a
   * keyless table.
   */
  readonly key?: readonly string[] | undefined;
  /** True if its rows lie in files, so that its changes are found by `Cut.planFiles` alone. */
  readonly inFiles?: boolean | undefined;
  readonly comment?: string | undefined;
}

/** Stored facts about a table, given when it is described again. */
export interface KnownTable {
  /**
   * How the rows of a source that is no database are read, as far as somebody set it: JSON text that only the connector
   * understands.
   */
  readonly reading: string | undefined;
  /** The incarnation and the position of the table's last load. */
  readonly incarnation: string | undefined;
  readonly position: Position | undefined;
}

/** Undefined for a table of which nothing is stored. */
export type KnownTables = (name: TableName) => KnownTable | undefined;

/** Why a table cannot be loaded as it is now, in words for the person who runs the sync. */
export interface Obstacle {
  readonly code: ErrorCode;
  readonly message: string;
  /** How to resolve it, ideally a statement to copy. */
  readonly remedy: string;
}

/** A table that cannot be loaded as it is now. The other tables of its source can. */
export interface UnreadableTable extends SourceObject {
  readonly obstacle: Obstacle;
}

export type DescribedTable = SourceTable | UnreadableTable;

export interface SourceColumn {
  readonly name: string;
  /** Survives renaming the column when the database has such an identity (PostgreSQL `attnum`); otherwise the name. */
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
  /** Describes values of this column that cannot be held exactly, for the run report: `zero dates become null`. */
  readonly caution?: string | undefined;
}

/** One precondition of loading or of log capture, with its remedy. */
export interface Check {
  readonly name: string;
  /** `warning`: loading works, something later (log capture, resuming) will not. */
  readonly outcome: "ok" | "warning" | "failed";
  /** The finding: a version, a setting, a missing right. */
  readonly found: string;
  /** The statement to run on the server, as text to copy; only if not ok. */
  readonly mend?: string | undefined;
}

/** A connected database. */
export interface Source extends AsyncDisposable {
  readonly server: { readonly product: string; readonly version: string };
  /** Names the server, its history and the database, as positions do. Undefined where the user may not ask. */
  identity(): Promise<string | undefined>;
  /**
   * The schema whose tables need no prefix in the lake: PostgreSQL's `public`, or the database that a MariaDB address
   * names. Empty if every table has the prefix of its schema.
   */
  readonly mainSchema: string | undefined;
  /**
   * Runs every check, even after one has failed. Looks only at the tables that `isMeant` selects; by default at all of
   * them.
   */
  test(isMeant?: (name: TableName) => boolean, known?: KnownTables): Promise<readonly Check[]>;
  /** Lists the user's tables, views and partitions, system schemas left out, sorted by schema and name. */
  discover(): Promise<readonly SourceObject[]>;
  /**
   * Given tables that were listed before and are not listed now, returns those that may still exist: this user could
   * not see them, or nothing tells.
   */
  hidden(names: readonly TableName[]): Promise<readonly TableName[]>;
  /**
   * Describes exactly the named objects, in the order given. An object that cannot be loaded (it no longer exists:
   * SOURCE_TABLE_NOT_FOUND; it may not be read; it is locked) is returned with its obstacle and does not delay the
   * others.
   */
  describe(names: readonly TableName[], known?: KnownTables): Promise<readonly DescribedTable[]>;
  /**
   * Only for sources whose tables are files: the tables that have files which no run has applied, as they are now.
   * `known` tells how far each table has been read.
   */
  unread?(known: KnownTables): Promise<readonly UnreadFiles[]>;
  /** Opens one consistent state of the whole database, readable by up to `readers` parallel readers, without blocking writers. */
  openCut(options: { readonly readers: number }): Promise<Cut>;
}

export interface UnreadFiles {
  readonly name: TableName;
  /** How many. */
  readonly files: number;
  /** When the oldest of them was written. */
  readonly oldestAt: Date;
}

/**
 * A source's opaque, ordered place in its log, as JSON text that only its connector reads and writes. It also
 * identifies the server's history, so that a position of another server or of a restored backup never compares as
 * equal.
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
 * Range n holds the keys from `lowest + n · width` up to, but not including, `lowest + (n + 1) · width`. The first
 * range also holds all lower keys and rows without a key, and the last one all higher keys, so that every row is in
 * exactly one range and both sides agree on negative numbers.
 */
export interface KeyRanges {
  readonly column: string;
  readonly lowest: bigint;
  readonly width: bigint;
  /** Number of ranges. Undefined: as many as the keys need. */
  readonly count?: bigint | undefined;
}

export interface RangeVersions {
  readonly range: bigint;
  /** Rows of the range in this cut. */
  readonly rows: number;
  /** How many of these rows may have been written since an earlier cut. */
  readonly written: number;
}

export type DigestHash = "md5" | "sha1";

/**
 * Digest of rows, each written as text that both sides write alike: columns in order, joined by `|`; null as `-`; a
 * boolean as 1 or 0; whole numbers and decimals as digits; dates as days, times and timestamps as microseconds since
 * 1970-01-01; a uuid in lower case; bytes as lower-case hexadecimal digits; a string as its length in bytes of UTF-8,
 * `:`, and the string itself. A string or byte value of more than 1000 bytes is replaced by `#` and its SHA-256 in
 * lower-case digits, so that no value is too long for a server to write. The digest is the sum of the first 60 bits of
 * the hash (`Cut.digestHash`) of the salt and each row. A new salt each time ensures that two rows whose hashes are
 * equal, by design or by chance, do not collide again. There is no digest for a table with floats, because servers do
 * not all write them as the same text.
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

/** Two equal hashes of the same span of a table mean equal rows, duplicates counted. Different hashes mean nothing. */
export interface HashedSpan extends KeySpan {
  readonly rows: number;
  readonly hash: string;
}

/**
 * Hashes of rows in the form in which the server sends them. They cost about as much as it costs the server to send the
 * rows: nothing is parsed, and the server computes nothing. The hash covers the bytes that `read` would receive, so it
 * works for every type.
 */
export interface HashedReads {
  /**
   * Divides a range made by `split`, or the whole table, into spans of about `rows` rows each by its first key column.
   * Undefined for a table whose key does not begin with a whole number.
   */
  spans(table: SourceTable, range: SplitRange | undefined, rows: number): Promise<KeySpans | undefined>;
  /**
   * Reads the spans one after the other and hashes the rows of each. With a sink, also appends the rows to it as
   * `Cut.read` does.
   */
  read(
    table: SourceTable,
    spans: KeySpans,
    sink: RowSink | undefined,
    signal: AbortSignal,
  ): Promise<readonly HashedSpan[]>;
}

/** Rows that already lie in files which the engine can read: nothing has to be decoded and staged. */
export interface FileRows {
  /**
   * A select statement. Its columns are `op` (`I`, `U` or `D`); `file` and `row`, which order the rows of the files as
   * they apply; and `c0`, `c1` … in the order of `table.columns`, with the lake's types.
   */
  readonly sql: string;
  /** The engine's failure in reading the rows, as an error that names the file and the row if they can be found. */
  explain(failure: unknown): Promise<unknown>;
  /** Where a row is, for people: the file, and its number in the file, counted from 1. */
  placeOf(file: number, row: number): Promise<string>;
}

/** The files that bring one table from its position to a cut. */
export interface FilePlan {
  /** `changes`: the rows of `changed` are enough. `whole`: the rows of `loaded`, and then those of `changed`. */
  readonly how: "nothing" | "changes" | "whole";
  /** In words for the run report. */
  readonly reason: string;
  /** Something that people should notice about the files, for the run report. */
  readonly notice?: string | undefined;
  /** The table's position once it has the rows. */
  readonly position: Position;
  loaded(): Promise<FileRows | undefined>;
  changed(): Promise<FileRows | undefined>;
}

/** A table, and how far it has been read. */
export interface PositionedTable {
  readonly name: TableName;
  readonly position: Position | undefined;
}

export interface PlanRequest {
  readonly since: Position | undefined;
  /** The columns that identify a row. Undefined: rows are only inserted. */
  readonly key: readonly string[] | undefined;
  /** Read everything, whatever the position is. */
  readonly isWhole: boolean;
  /** Somebody asked to load the table from the beginning, and files that are gone are meant to be. */
  readonly isAnew: boolean;
  /** Somebody named the table, rather than asking for all tables. */
  readonly isNamed: boolean;
}

/**
 * One consistent state of a source. Disposing it ends its transactions. A failure of one table (a missing right, a
 * lock, a value that cannot be converted) leaves the cut intact, so that the other tables can still be read; when the
 * whole cut is lost, its methods throw SOURCE_LOST.
 */
export interface Cut extends AsyncDisposable {
  readonly position: Position;
  /**
   * How many reads this cut allows in parallel: 1 when the database cannot share a snapshot without blocking writers.
   */
  readonly readers: number;
  /** Why `readers` is lower than requested, for the run report. */
  readonly caution?: string | undefined;
  /**
   * Divides a table into ranges of about `bytes` of source data each, so that every row is in exactly one of them.
   * Returns a single `undefined` when the table is small or has nothing to split by. Never uses LIMIT and OFFSET.
   */
  split(table: SourceTable, bytes: number): Promise<readonly (SplitRange | undefined)[]>;
  /**
   * Which writes `unchanged` cannot see, in words for the run report; such a proof is trusted only for a limited time,
   * after which the table is compared. Undefined when `unchanged` sees every write.
   */
  readonly proofGap?: string | undefined;
  /**
   * True only when it is proven that the range has the same rows in this cut as in the cut at `since`, where it had
   * `rows` rows. False means "not known" and is always a safe answer. Must be much cheaper than reading the range.
   */
  unchanged(table: SourceTable, range: SplitRange | undefined, since: Position, rows: number): Promise<boolean>;
  /**
   * A digest of the table's rows in this cut, computed by the server: equal digests of one table mean equal rows,
   * duplicates counted. Undefined when the server cannot compute one, or when `unchanged` already proves as much.
   */
  fingerprint(table: SourceTable): Promise<string | undefined>;
  /**
   * The range of rows whose value in the column is null or at least `value`. `value` is written as digits; a date as
   * `2024-01-31`; a time as `2024-01-31 00:00:00.000000`, in UTC when the column has a time zone.
   */
  since(column: string, value: string): SplitRange;
  /**
   * The extent of the table's first key column if it holds whole numbers. Undefined for other columns and for a table
   * without rows.
   */
  keyExtent(table: SourceTable): Promise<KeyExtent | undefined>;
  /** The hash of rows that `digests` uses: the one that is cheapest for the server. */
  readonly digestHash: DigestHash;
  /**
   * Number and digest of the rows in each range of keys, computed by the server; ranges without rows are left out.
   * Without `ranges`, the whole table is range 0. Undefined when the server cannot write a row as `RangeDigest`
   * requires.
   */
  digests(
    table: SourceTable,
    ranges: KeyRanges | undefined,
    salt?: string,
  ): Promise<readonly RangeDigest[] | undefined>;
  /**
   * True only when it is known, without asking the server, that nobody wrote anything to the source since the cut at
   * `since`.
   */
  isIdle(since: Position): boolean;
  /**
   * For each range of keys that has rows: how many it has, and how many of them may have been written since the cut at
   * `since`. A range in which none may have been written, and whose count is unchanged, has the same rows as it had
   * then. The promise resolves to undefined when this table's row versions tell nothing; a database without visible row
   * versions does not have this method.
   */
  versions?(table: SourceTable, ranges: KeyRanges, since: Position): Promise<readonly RangeVersions[] | undefined>;
  /** Reads that are hashed as they arrive, for databases without visible row versions. */
  readonly hashed?: HashedReads | undefined;
  /**
   * Given by a source whose rows lie in files. Its tables are then read by such plans alone, and each has a position of
   * its own. Throws the obstacle if the files do not tell the table's rows.
   */
  planFiles?(table: SourceTable, request: PlanRequest): Promise<FilePlan>;
  /**
   * Given by a source whose files can hold whole transactions of several tables. For each table, the files that have
   * rows of it, that have not been applied to it, and that another of these tables has not applied either.
   */
  sharedFiles?(tables: readonly PositionedTable[]): Promise<readonly (readonly string[])[]>;
  /** Whether two rows of the table have the same values in these columns; nulls count as equal. */
  hasDuplicates(table: SourceTable, columns: readonly string[]): Promise<boolean>;
  /**
   * The range of rows whose value in the column is at least `from` and below `to`. Without `from`, rows without a value
   * are included; without both, all rows.
   */
  between(column: string, from: bigint | undefined, to: bigint | undefined): SplitRange | undefined;
  /**
   * Reads the range into the sink. Throws when `signal` is aborted. If it fails, the caller discards the rows appended
   * so far.
   */
  read(table: SourceTable, range: SplitRange | undefined, sink: RowSink, signal: AbortSignal): Promise<void>;
}

/**
 * Receives the rows of a read. The reader appends one value or null to every buffer, in the order of `table.columns`,
 * then calls `rowDone`. After each chunk of input it checks `full` and, when it is true, stops reading input and awaits
 * `drain()`.
 */
export interface RowSink {
  readonly columns: readonly ColumnBuffer[];
  rowDone(): void;
  readonly full: boolean;
  drain(): Promise<void>;
  /** Counts a value that could not be held exactly (a zero date, an invalid character); shown in the run report. */
  inexact(column: SourceColumn, what: string): void;
}
