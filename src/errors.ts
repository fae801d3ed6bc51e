/**
 * Every error that people can see. The comment above a code is its section in docs/reference/errors.md (generated): what
 * happened, and when it is normal. `title` says what happened, `remedy` what to do, `status` is the HTTP status.
 * These are operating errors only: programmer errors throw `TypeError`. A cause is kept and never put into the text.
 */
import type { ErrorEntry } from "./error-entry.ts";
import { accessErrorCodes } from "./access-error-codes.ts";
import { peopleErrorCodes } from "./people-error-codes.ts";
import { sourceErrorCodes } from "./source-error-codes.ts";

export const errorCodes = {
  /** A command or a request has an option, a name or a value that does not exist or cannot be used. */
  USAGE: {
    title: "the command was not understood",
    remedy: "see `headgate help <command>`, or /api/docs for requests",
    status: 400,
  },
  /** Something failed that has no code of its own, which is a defect in Headgate. The cause is in the log. */
  INTERNAL: {
    title: "something failed inside Headgate",
    remedy: "run the command again with HEADGATE_LOG=debug and report what it prints",
    status: 500,
  },
  /**
   * The work was stopped by Ctrl-C, by a signal, or by somebody else with `headgate run cancel`. Nothing half-done is
   * visible, and the next run continues from there.
   */
  CANCELLED: {
    title: "the work was cancelled",
    remedy: "run the command again; it continues where it can",
    status: 499,
  },

  /**
   * The command had joined another Headgate process on the same data directory, and that process ended before it
   * answered.
   */
  SERVER_LOST: {
    title: "the Headgate process that did the work has ended",
    remedy: "run the command again; it does the work itself if no other process holds the data directory",
    status: 502,
  },

  /**
   * Nothing answers at the address of the server that a command was to work at, or something that is not a Headgate
   * answers.
   */
  SERVER_UNREACHABLE: {
    title: "the server cannot be reached",
    remedy: "check the address (--server or HEADGATE_SERVER), and whether `headgate up` runs there",
    status: 502,
  },

  /** A setting in the environment, a flag or a file has a value that cannot be used. */
  SETTING_INVALID: {
    title: "a setting has a value that cannot be used",
    remedy: "see docs/reference/settings.md for the values that it accepts",
    status: 400,
  },

  /**
   * Another Headgate server already uses this data directory. Two servers would overwrite each other's changes, so the
   * second one does not start.
   */
  DATA_DIRECTORY_IN_USE: {
    title: "another Headgate server runs on this data directory",
    remedy: "use the running server, stop it, or choose another directory with --data",
    status: 409,
  },
  /** Headgate cannot create the data directory or write to it. */
  DATA_DIRECTORY_UNWRITABLE: {
    title: "the data directory cannot be written",
    remedy: "give this user write permission, or choose another directory with --data",
    status: 500,
  },
  /**
   * A command that only reads found no Headgate in its data directory. Only `source add`, `apply`, `import` and `up`
   * create one.
   */
  NOTHING_HERE: {
    title: "there is no Headgate here",
    remedy:
      "begin with `headgate source add <name> <url>` or `headgate up`, or name the directory of your Headgate with --data or HEADGATE_DATA",
    status: 404,
  },
  /**
   * The data directory is a copy of another one that still exists. The tables of both name the files of the original,
   * so both would write and delete files in one lake.
   */
  DATA_DIRECTORY_COPIED: {
    title: "the data directory is a copy of one that still exists",
    remedy: "use the original with --data, and remove the copy",
    status: 409,
  },
  /** The data directory was moved, but its tables name their files by the old path. */
  DATA_DIRECTORY_MOVED: {
    title: "the data directory was moved",
    remedy: "move it back, or make a symbolic link from the old path to the new one",
    status: 409,
  },
  /** A disk is full. Files that were only partly written have been removed, and the lake is unchanged. */
  DISK_FULL: {
    title: "there is no space left on the disk",
    remedy: "free some space, or move the data directory, and run the command again",
    status: 507,
  },
  ...peopleErrorCodes,
  /** The role of this user or key does not include the permission for this. */
  NOT_ALLOWED: {
    title: "this is not allowed",
    remedy:
      "ask an administrator for a grant, or for another role: `headgate grant …`, `headgate user set <name> --role <role>`",
    status: 403,
  },
  /**
   * A page of another site, or of an unknown one, tried to change something in a person's name. Nothing was changed.
   */
  ORIGIN_REFUSED: {
    title: "the request does not come from a page of this server",
    remedy:
      "send the request from Headgate's own pages, or with an API key; behind a reverse proxy, start the server with --trust-proxy yes and let the proxy send X-Forwarded-Proto and X-Forwarded-Host",
    status: 403,
  },
  /** The server has nothing at this path. */
  PATH_NOT_FOUND: {
    title: "there is nothing at this path",
    remedy: "see /api/docs for the paths that exist",
    status: 404,
  },
  /** This address has sent more requests than are accepted per minute. */
  TOO_MANY_REQUESTS: {
    title: "this address has sent too many requests",
    remedy:
      "wait for the number of seconds in the retry-after header; --rate-limit sets how many requests are accepted per minute",
    status: 429,
  },
  /** A user or an API key with this name already exists. */
  NAME_TAKEN: { title: "this name is taken", remedy: "choose another name", status: 409 },
  /** A webhook or a mail server did not accept an alert. Headgate tries again until it does. */
  ALERT_NOT_SENT: {
    title: "an alert could not be sent",
    remedy: "check --alert-webhook, or --smtp and --alert-email, and that they accept connections from this machine",
    status: 502,
  },
  /**
   * The lake's object store does not answer, or says that it is unavailable. If it had answered before, Headgate
   * retried for two minutes.
   */
  STORE_UNREACHABLE: {
    title: "the object store cannot be reached",
    remedy:
      "check --lake and --s3-endpoint, that the store is running, and that it accepts connections from this machine",
    status: 503,
  },
  /** The bucket that `--lake` names does not exist. Headgate does not create buckets. */
  STORE_BUCKET_MISSING: {
    title: "the object store has no such bucket",
    remedy: "create the bucket, or correct the name after s3:// in --lake",
    status: 404,
  },
  /**
   * The store accepts the credentials but does not allow the request. Headgate must be able to read, write, delete and
   * list objects below the lake's prefix.
   */
  STORE_REFUSED: {
    title: "the object store does not allow this",
    remedy:
      "grant s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload, s3:ListBucket and s3:ListBucketMultipartUploads to this access key",
    status: 403,
  },
  /** No credentials were found in AWS's usual places, or they have expired, or the store does not accept them. */
  STORE_LOGIN_REFUSED: {
    title: "the object store does not accept these credentials",
    remedy:
      "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the machine's role; renew credentials that have expired",
    status: 401,
  },
  /** The bucket is in a different region from the one that Headgate asked. */
  STORE_REGION_WRONG: {
    title: "the bucket is in another region",
    remedy: "set --s3-region (or AWS_REGION) to the bucket's region",
    status: 400,
  },
  /** The clocks of this machine and of the store differ by more than the store accepts. */
  STORE_CLOCK_DIFFERS: {
    title: "the clock of this machine differs from the object store's",
    remedy: "set the wrong clock right (NTP), here or at the store",
    status: 400,
  },
  /**
   * Encryption is required (`--s3-encryption`), but the store did not encrypt the object. The unencrypted object was
   * deleted.
   */
  STORE_NOT_ENCRYPTED: {
    title: "the object store does not encrypt as required",
    remedy: "give the store a key, correct the key's id in --s3-encryption, or do not require encryption",
    status: 400,
  },
  /** Another program already listens at the address that Headgate should use. */
  PORT_IN_USE: {
    title: "the port is in use",
    remedy: "choose another port with --port, or stop the program that uses this one",
    status: 409,
  },
  /** The key file that protects stored passwords is missing, or does not belong to the stored secrets. */
  SECRET_KEY_MISMATCH: {
    title: "stored secrets cannot be read with this key file",
    remedy:
      "restore the key file that belongs to this data directory, or store each password again with `headgate source set <name> --password-env <variable>`",
    status: 500,
  },

  /**
   * Users other than its owner may read a key file: the one that encrypts the passwords of sources, or the key of the
   * TLS certificate.
   */
  KEY_FILE_EXPOSED: {
    title: "others can read a key file",
    remedy: "run `chmod 600` on the file; if others may have read it, use another key and other passwords",
    status: 500,
  },
  /**
   * Another user has created, or could create, a file at the path where Headgate keeps a socket. Passwords are sent
   * through these sockets, so nothing was sent.
   */
  PATH_NOT_PRIVATE: {
    title: "other users could change a path that must belong to one user alone",
    remedy:
      "remove it, or have its owner remove it, and run the command again; or use a data directory with a shorter path",
    status: 500,
  },

  /** A newer version of Headgate has written the metadata database. An older version must not touch it. */
  METADATA_NEWER: {
    title: "the metadata database is from a newer Headgate",
    remedy: "use that version of Headgate, or restore an older backup",
    status: 500,
  },
  /**
   * The metadata database was restored from a backup: it does not have an event of the audit log that this data directory
   * has seen. Rights that were taken away since the backup count again in it, so nobody is served, and nothing runs by
   * schedule, before the owner of the data directory has looked at it. Commands work.
   */
  METADATA_RESTORED: {
    title: "the metadata database is an earlier state of itself",
    remedy:
      'see docs/guide/audit.md, "After a restore of the metadata database"; then `headgate audit accept-restore` takes it into use',
    status: 503,
  },
  /**
   * The metadata database did not accept an event of the audit log. What somebody reads is recorded before it is sent,
   * so nothing was read.
   */
  AUDIT_UNWRITABLE: {
    title: "the audit log cannot be written, and nothing is read without it",
    remedy: "check that the metadata database is running, may be written and has space, and ask again",
    status: 503,
  },
  /** An event of the audit log was changed, removed or inserted by somebody else than Headgate. */
  AUDIT_CHAIN_BROKEN: {
    title: "the audit log is not as it was written",
    remedy:
      "find out who can write to the metadata database; a backup, or an earlier `headgate audit export`, shows the events as they were",
    status: 409,
  },
  /** The metadata database does not start or cannot be reached. */
  METADATA_UNREACHABLE: {
    title: "the metadata database cannot be reached",
    remedy: "see the log named here; if you use an external database, check HEADGATE_DATABASE_URL",
    status: 503,
  },

  ...sourceErrorCodes,
  ...accessErrorCodes,
  /** Two tables would have the same name in the lake. */
  LAKE_NAME_TAKEN: {
    title: "two tables would share one name in the lake",
    remedy: "load them into different databases, or rename one of them at the source",
    status: 409,
  },

  /** The schedule's times cannot be read, or never occur. */
  SCHEDULE_INVALID: {
    title: "the schedule cannot be used",
    remedy:
      "write five cron fields, an IANA time zone and dates: --cron '*/15 8-18 * * mon-fri' --time-zone Europe/Bucharest",
    status: 400,
  },
  /** headgate.yaml cannot be read, or asks for something that is not possible. Nothing in it was applied. */
  DECLARATION_INVALID: {
    title: "headgate.yaml cannot be used",
    remedy: "see the line and column named here; `headgate apply --schema` prints the schema for editors",
    status: 400,
  },
  /** No file has ever been applied. */
  DECLARATION_NOT_FOUND: {
    title: "no headgate.yaml has been applied",
    remedy: "write a headgate.yaml and run `headgate apply`",
    status: 404,
  },
  /** No schedule has this name. */
  SCHEDULE_NOT_FOUND: {
    title: "there is no such schedule",
    remedy: "see `headgate schedule list` for the names of all schedules",
    status: 404,
  },
  /**
   * The run took longer than it is allowed to and was ended. The lake is unchanged, and the run will be tried again.
   */
  RUN_TIMED_OUT: {
    title: "the run took longer than allowed",
    remedy: "find out what its source was waiting for, or give the schedule a longer --timeout",
    status: 504,
  },
  /** No run has this id. */
  RUN_NOT_FOUND: {
    title: "there is no such run",
    remedy: "see `headgate run list` for the ids of all runs",
    status: 404,
  },

  /** No table in the lake has this name. */
  TABLE_NOT_FOUND: {
    title: "there is no such table",
    remedy: "see `headgate table list` for the names of all tables",
    status: 404,
  },
  /** More than one database of the lake has a table with this name. */
  TABLE_AMBIGUOUS: {
    title: "more than one table has this name",
    remedy: "write the name as database.table",
    status: 400,
  },
  /**
   * The table has columns whose names differ only by case, and the statement does not say which one it means, or asks
   * for a result that cannot tell them apart. Each column is found by its exact name: `"Id"`, `"ID"`.
   */
  COLUMN_AMBIGUOUS: {
    title: "more than one column has this name",
    remedy:
      "write the name exactly as the table has it (`headgate table show <table>`), and give columns of results other names with AS",
    status: 400,
  },
  /**
   * `headgate table register` found no metadata of an Iceberg table at this location, or must not look there because it
   * is not below one of the table roots.
   */
  TABLE_LOCATION_INVALID: {
    title: "there is no table at this location",
    remedy: "name the table's directory or its metadata file, below one of HEADGATE_TABLE_ROOTS",
    status: 422,
  },
  /** Metadata of another writer names a file that may belong to somebody else. It is not opened. */
  FILE_OUTSIDE_TABLE: {
    title: "the table's metadata names a file outside the table",
    remedy:
      "if the file belongs to the table, register it again and name the place of its other files with --files-at; otherwise have its writer repair the metadata",
    status: 422,
  },
  /** A table would get the right to files that are not its own alone. */
  TABLE_PLACE_TAKEN: {
    title: "files of another table may lie there",
    remedy:
      "name a location that only this table uses; whoever may read the whole other table may also register its files again",
    status: 409,
  },
  /** The table has no state for this time, snapshot or run. */
  SNAPSHOT_NOT_FOUND: {
    title: "there is no such snapshot",
    remedy: "see `headgate table history <table>` for the states that can be read",
    status: 404,
  },
  /**
   * Another writer has changed the data that this change is based on, or committed first at every attempt
   * (`commit.retry.num-retries`). Nothing of this change is in the table; running the command again starts from the new
   * state.
   */
  COMMIT_CONFLICT: { title: "another writer changed the table first", remedy: "run the command again", status: 409 },
  /**
   * `headgate reconcile` found rows that only the source or only the lake has. They may be newer than the last sync.
   */
  TABLES_DIFFER: {
    title: "source and lake differ",
    remedy: "bring the whole lake up to date with `headgate sync`, or correct only these rows with `--repair`",
    status: 409,
  },
  /** The process of a run ended before the run did. The lake is either unchanged or contains the run's whole commit. */
  RUN_LOST: {
    title: "the run's process ended before the run did",
    remedy: "you need not do anything; the next run of the source reuses what is still exact and removes the rest",
    status: 500,
  },
  /**
   * The connection broke during a commit, and Headgate could not find out whether the commit took place. No file was
   * deleted.
   */
  COMMIT_UNKNOWN: {
    title: "it is not known whether the commit took place",
    remedy: "run `headgate table history` to see whether it did; it is safe to run the sync again",
    status: 503,
  },
  /** The store does not have a file that the table's metadata names. Somebody has deleted or moved it. */
  DATA_FILE_MISSING: {
    title: "a file of the table is missing",
    remedy: "restore the file, or load the table again with `headgate sync <source> --table <name> --full`",
    status: 500,
  },
  /**
   * An encrypted file of an account with an encryption key is not the one that Headgate wrote at this location: it was
   * altered, cut off, exchanged for another file, or put there from another place. Nothing of it was used.
   */
  OBJECT_NOT_AUTHENTIC: {
    title: "an encrypted file is not the one that was written",
    remedy:
      "find out who can write to this location, and restore the file or load its table again with `headgate sync <source> --table <name> --full`",
    status: 500,
  },
  /** An encrypted file names a key that the account of its location does not have. */
  OBJECT_KEY_MISSING: {
    title: "there is no key for an encrypted file",
    remedy: "restore the metadata database that has the key, or a backup of the file from before",
    status: 500,
  },
  /** A file of the table exists, but its contents are not valid. */
  DATA_FILE_CORRUPT: {
    title: "a file of the table is damaged",
    remedy: "restore the file, or load the table again with `headgate sync <source> --table <name> --full`",
    status: 500,
  },
  /**
   * The table's metadata violates the Iceberg specification, or uses a version or a feature that Headgate does not
   * support.
   */
  METADATA_INVALID: {
    title: "the table metadata cannot be used",
    remedy: "see the place named here; tables of other writers must follow the Iceberg specification v1 to v3",
    status: 422,
  },

  /** The engine would change the values of the column by reading them. The other columns of the table can be read. */
  COLUMN_UNREADABLE: {
    title: "a column cannot be read",
    remedy:
      "leave the column out of the statement, or change it in the program that writes the table: to timestamp_ns or timestamptz, or so that names within a struct differ by more than case",
    status: 422,
  },

  /** The location to import is not below one of the table roots, or contains no file with a supported ending. */
  IMPORT_LOCATION_INVALID: {
    title: "there is nothing to import here",
    remedy:
      "name a directory or s3:// prefix below one of HEADGATE_TABLE_ROOTS that contains .parquet, .csv, .json, .ndjson or .jsonl files (the text formats also as .gz)",
    status: 404,
  },
  /** The proposal for the import was shown but not approved. Nothing was imported. */
  IMPORT_NOT_APPROVED: {
    title: "the proposal is not approved",
    remedy:
      "check the proposal, then run the same command with `--approve <digest>`; --type and --rename change columns",
    status: 409,
  },
  /**
   * Since the proposal was approved, files were added, removed or changed, or have other columns. Nothing was imported.
   */
  IMPORT_PROPOSAL_STALE: {
    title: "the proposal is no longer what would be imported",
    remedy: "look at the new proposal with `headgate import <table> <location> --plan`, and approve its digest",
    status: 409,
  },
  /**
   * A file that was imported earlier now has another size or modification time. Its old rows are in the table; nothing
   * was imported.
   */
  IMPORT_FILE_CHANGED: {
    title: "a file has changed since it was imported",
    remedy: "put the new rows into a separate file, or import the location into another table",
    status: 409,
  },
  /**
   * A file is not valid in the format of its ending: a line has too many fields, JSON ends early, or Parquet is
   * incomplete. Nothing was imported.
   */
  IMPORT_FILE_INVALID: {
    title: "a file cannot be read",
    remedy: "correct or remove the file named here, and run the command again",
    status: 422,
  },
  /**
   * A value cannot be converted to the column's type without loss. Rows are counted from 1, without the header line.
   * Nothing was imported.
   */
  IMPORT_VALUE_MISFIT: {
    title: "a value does not fit the type of its column",
    remedy: "correct the file, or import the location into another table with `--type <column>=string`",
    status: 422,
  },
  /**
   * A column of structs, lists or maps has other parts, or parts of other types, than the table's column. Nothing was
   * imported.
   */
  IMPORT_TYPE_CHANGED: {
    title: "a column no longer fits the table",
    remedy: "correct the file, or import the location into another table",
    status: 422,
  },

  /** The engine does not understand the statement. */
  SQL_INVALID: {
    title: "the SQL statement is not valid",
    remedy: "correct the statement at the position in the message",
    status: 400,
  },
  /** Only statements that read are allowed here, and only from tables of the lake. */
  SQL_NOT_ALLOWED: {
    title: "this statement is not allowed",
    remedy: "use a single SELECT over tables of the lake",
    status: 403,
  },
  /** The statement was valid but failed while it ran. */
  SQL_FAILED: { title: "the statement failed", remedy: "see the engine's message for the reason", status: 400 },
  /** The query needed more memory than it is allowed to use, even after spilling to disk. */
  SQL_OUT_OF_MEMORY: {
    title: "the query needs more memory than allowed",
    remedy: "ask for less at once, or raise HEADGATE_ENGINE_MEMORY",
    status: 507,
  },
  /**
   * The statement worked for longer than allowed and was ended. Time during which its result waits to be read does not
   * count.
   */
  SQL_TIMEOUT: {
    title: "the statement took too long and was ended",
    remedy: "ask for less at once, or raise HEADGATE_STATEMENT_TIMEOUT (--statement-timeout)",
    status: 408,
  },
  /** Somebody opened a result and then stopped reading it while others waited for engines. */
  RESULT_UNREAD: {
    title: "the result was not read for too long and was closed",
    remedy: "run the statement again and read its rows as they arrive, or ask for fewer rows with LIMIT",
    status: 408,
  },
  /** One person has so many waiting statements that no more are accepted. */
  TOO_MANY_STATEMENTS: {
    title: "too many statements are waiting",
    remedy: "wait until some of them have ended; --engines sets how many run at a time",
    status: 429,
  },
  /** The engine's process ended in the middle of its work. */
  ENGINE_LOST: {
    title: "the engine process ended unexpectedly",
    remedy: "run the command again; if memory ran out, lower HEADGATE_ENGINE_MEMORY",
    status: 500,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorDetails {
  /** Where it happened: a table, a column, a file, a setting, or a line and column. */
  readonly place?: string | undefined;
  /** The event, in one sentence; by default the code's title. */
  readonly message?: string | undefined;
  /** The message including values of rows, for people who may read them; see base/row-values.ts. */
  readonly quoted?: string | undefined;
  /** Replaces the code's remedy if a better one is known. */
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

/** An operating error with a code, a place and a remedy. */
export class HeadgateError extends Error {
  override readonly name = "HeadgateError";
  readonly code: ErrorCode;
  readonly place: string | undefined;
  readonly remedy: string;
  readonly quoted: string | undefined;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(
      details.message ?? errorCodes[code].title,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.place = details.place;
    this.quoted = details.quoted;
    this.remedy = details.remedy ?? errorCodes[code].remedy;
  }
}
