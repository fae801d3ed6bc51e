/**
 * Every error a person can meet, once. The comment above a code is its page in docs/reference/errors.md (generated):
 * what happened and when it is normal. `remedy` is what to do; `status` the HTTP status; `exit` the exit code of a command.
 * Operating errors only: programmer errors throw `TypeError`. A cause is kept, never flattened into the text.
 */
import type { ErrorEntry } from "./error-entry.ts";
import { sourceErrorCodes } from "./source-error-codes.ts";

export const errorCodes = {
  /** A command was given an option, name or value it does not have. */
  USAGE: {
    title: "the command was not understood",
    remedy: "see `headgate help` and `headgate help <command>`",
    status: 400,
  },
  /** Something failed that has no code of its own: a defect. The cause is in the log. */
  INTERNAL: {
    title: "something failed inside Headgate",
    remedy: "run again with HEADGATE_LOG=debug and report what it prints",
    status: 500,
  },
  /** The command was stopped by Ctrl-C or by a signal. Nothing half-done is visible; the next run goes on from there. */
  CANCELLED: { title: "cancelled", remedy: "run the command again: it continues where it can", status: 499 },

  /** The command joined another Headgate process on the same data directory, and that one was ended before it answered. */
  SERVER_LOST: {
    title: "the Headgate process that did the work was ended",
    remedy: "run the command again: it does the work itself where nobody else holds the data directory",
    status: 502,
  },

  /** A setting in the environment, a flag or a file has a value that cannot be used. */
  SETTING_INVALID: {
    title: "a setting has an unusable value",
    remedy: "see docs/reference/settings.md for its form",
    status: 400,
  },

  /** Another Headgate server already holds this data directory. Two would overwrite each other, so the second does not start. */
  DATA_DIRECTORY_IN_USE: {
    title: "another Headgate server runs on this data directory",
    remedy: "use the one that runs, stop it, or choose another directory with --data",
    status: 409,
  },
  /** The data directory cannot be created or written. */
  DATA_DIRECTORY_UNWRITABLE: {
    title: "the data directory cannot be written",
    remedy: "give this user write permission, or choose another directory with --data",
    status: 500,
  },
  /** A command that only looks found no Headgate in its data directory. It makes none: `source add`, `apply`, `import` and `up` do. */
  NOTHING_HERE: {
    title: "there is no Headgate here",
    remedy:
      "begin with `headgate source add <name> <url>` or `headgate up`, or say where yours is with --data or HEADGATE_DATA",
    status: 404,
  },
  /**
   * The data directory is a copy of another one that is still there. Its tables name the files of the original, so both would write
   * and delete in one lake.
   */
  DATA_DIRECTORY_COPIED: {
    title: "the data directory is a copy of one that is still there",
    remedy: "use the original with --data, and remove the copy",
    status: 409,
  },
  /** The data directory was moved, and its tables name their files by the path that it had. */
  DATA_DIRECTORY_MOVED: {
    title: "the data directory was moved",
    remedy: "move it back, or make a symbolic link to it where it was",
    status: 409,
  },
  /** A disk has no room left. What was half written is removed; the lake is as it was. */
  DISK_FULL: {
    title: "no space left on the disk",
    remedy: "free space (or move the data directory) and run the command again",
    status: 507,
  },
  /** The request carries no session and no API key, or one that is not known, has ended or was revoked. */
  UNAUTHENTICATED: {
    title: "nobody is signed in",
    remedy: "sign in at /sign-in, or send an API key as `Authorization: Bearer <key>` (made by `headgate key create`)",
    status: 401,
  },
  /** User and password do not fit, or the user is not active. Which of them is not told. */
  SIGN_IN_REFUSED: {
    title: "user or password is wrong",
    remedy: "try again; an administrator can run `headgate user reset <name>` for a new one-time password",
    status: 401,
  },
  /** The API key was good until its date. */
  API_KEY_EXPIRED: {
    title: "the API key has expired",
    remedy: "make another with `headgate key create` and use that",
    status: 401,
  },
  /** The password was chosen by somebody else; until it is changed nothing can be done with it. */
  PASSWORD_MUST_CHANGE: {
    title: "the one-time password must be changed first",
    remedy: "sign in at /sign-in and choose a new one, or POST /api/password",
    status: 403,
  },
  /** A new password has to have at least 12 characters, and to differ from the old one and from the user's name. */
  PASSWORD_WEAK: {
    title: "the new password cannot be used",
    remedy: "choose one of 12 characters or more",
    status: 400,
  },
  /** The role of this user or key does not allow what was asked. */
  NOT_ALLOWED: {
    title: "this is not allowed",
    remedy: "ask an administrator for another role: `headgate user set <name> --role <role>`",
    status: 403,
  },
  /** A page of another site, or of none that can be told, would have changed something in a person's name. Nothing was done. */
  ORIGIN_REFUSED: {
    title: "the request does not come from a page of this server",
    remedy:
      "send it from Headgate's own pages, or with an API key; behind a reverse proxy, start the server with --trust-proxy yes and let the proxy send X-Forwarded-Proto and X-Forwarded-Host",
    status: 403,
  },
  /** The server has nothing at this path. */
  PATH_NOT_FOUND: { title: "there is nothing here", remedy: "see /api/docs for what there is", status: 404 },
  /** More requests came from this address than are taken in a minute. */
  TOO_MANY_REQUESTS: {
    title: "too many requests",
    remedy: "wait as long as the header retry-after says; --rate-limit sets how many are taken",
    status: 429,
  },
  /** There is no user of this name. */
  USER_NOT_FOUND: { title: "no such user", remedy: "see `headgate user list`", status: 404 },
  /** A user or an API key of this name exists already. */
  NAME_TAKEN: { title: "this name is taken", remedy: "choose another name", status: 409 },
  /** There is no API key of this name. */
  API_KEY_NOT_FOUND: { title: "no such API key", remedy: "see `headgate key list`", status: 404 },
  /** Without an administrator nobody could make another. */
  LAST_ADMINISTRATOR: {
    title: "this is the last active administrator",
    remedy: "make another administrator first",
    status: 409,
  },
  /** A webhook or a mail server did not take an alert. It is tried again until it does. */
  ALERT_NOT_SENT: {
    title: "an alert could not be sent",
    remedy: "check --alert-webhook, or --smtp and --alert-email, and that they accept connections from here",
    status: 502,
  },
  /** The lake's object store does not answer, or answers that it cannot now. It was waited for, for two minutes. */
  STORE_UNREACHABLE: {
    title: "the object store cannot be reached",
    remedy: "check --lake and --s3-endpoint, and that the store runs and accepts connections from here",
    status: 503,
  },
  /** The bucket that `--lake` names does not exist. Headgate makes none. */
  STORE_BUCKET_MISSING: {
    title: "the object store has no such bucket",
    remedy: "create the bucket, or correct the name after s3:// in --lake",
    status: 404,
  },
  /** The store knows who asks and does not allow it. Reading, writing, deleting and listing are needed below the lake's prefix. */
  STORE_REFUSED: {
    title: "the object store does not allow this",
    remedy:
      "grant s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload, s3:ListBucket and s3:ListBucketMultipartUploads to this access key",
    status: 403,
  },
  /** No credentials were found in AWS's usual places, or the store does not accept those that were, or they expired. */
  STORE_LOGIN_REFUSED: {
    title: "the object store does not accept these credentials",
    remedy: "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the machine's role; renew expired ones",
    status: 401,
  },
  /** The bucket is in another region than the one that was asked. */
  STORE_REGION_WRONG: {
    title: "the bucket is in another region",
    remedy: "set --s3-region (or AWS_REGION) to the bucket's region",
    status: 400,
  },
  /** This machine's clock and the store's differ by more than the store accepts. */
  STORE_CLOCK_DIFFERS: {
    title: "the clock of this machine differs from the object store's",
    remedy: "set the clock right (NTP), here or at the store",
    status: 400,
  },
  /** Encryption is required (`--s3-encryption`) and the store did not do it. What it had stored in the clear was deleted. */
  STORE_NOT_ENCRYPTED: {
    title: "the object store does not encrypt as required",
    remedy: "give the store a key, correct the key's id in --s3-encryption, or require nothing",
    status: 400,
  },
  /** The address Headgate should listen on is taken by another program. */
  PORT_IN_USE: {
    title: "the port is in use",
    remedy: "choose another one with --port, or stop the program that has it",
    status: 409,
  },
  /** The key file that protects stored passwords is missing or does not fit the stored secrets. */
  SECRET_KEY_MISMATCH: {
    title: "stored secrets cannot be read with this key file",
    remedy:
      "restore the key file that belongs to this data directory, or store each password again with `headgate source set <name> --password-env <variable>`",
    status: 500,
  },

  /** Others than its owner may read a file with a key: the one that encrypts passwords of sources, or that of the TLS certificate. */
  KEY_FILE_EXPOSED: {
    title: "others can read a key file",
    remedy: "run `chmod 600` on it; if others may have read it, use another key and other passwords",
    status: 500,
  },
  /**
   * Where Headgate keeps a socket, another user has made something of that name, or could. Passwords are sent through these sockets,
   * so nothing was sent.
   */
  PATH_NOT_PRIVATE: {
    title: "a path that must be one user's alone is not",
    remedy:
      "remove it, or have its owner remove it, and run the command again; or use a data directory with a shorter path",
    status: 500,
  },

  /** The metadata database was written by a newer Headgate. An older one must not touch it. */
  METADATA_NEWER: {
    title: "the metadata database is from a newer Headgate",
    remedy: "use that version of Headgate, or restore an older backup",
    status: 500,
  },
  /** The metadata database does not start or cannot be reached. */
  METADATA_UNREACHABLE: {
    title: "the metadata database cannot be reached",
    remedy: "check the log named here; for an external database check HEADGATE_DATABASE_URL",
    status: 503,
  },

  ...sourceErrorCodes,
  /** Two tables of the source would get the same name in the lake. */
  LAKE_NAME_TAKEN: {
    title: "two tables would share one name in the lake",
    remedy: "load them into different databases, or rename one at the source",
    status: 409,
  },

  /** A schedule's times cannot be read, or never come. */
  SCHEDULE_INVALID: {
    title: "the schedule cannot be used",
    remedy:
      "write five cron fields, an IANA time zone and dates: --cron '*/15 8-18 * * mon-fri' --time-zone Europe/Bucharest",
    status: 400,
  },
  /** headgate.yaml cannot be read, or says something that cannot be. Nothing of it was applied. */
  DECLARATION_INVALID: {
    title: "headgate.yaml cannot be used",
    remedy: "see the line and column named here; `headgate apply --schema` prints the schema for editors",
    status: 400,
  },
  /** Nothing was ever applied from a file. */
  DECLARATION_NOT_FOUND: {
    title: "nothing was declared",
    remedy: "write a headgate.yaml and run `headgate apply`",
    status: 404,
  },
  /** There is no schedule of this name. */
  SCHEDULE_NOT_FOUND: { title: "no such schedule", remedy: "see `headgate schedule list`", status: 404 },
  /** A run took longer than it may. It was ended; the lake is as it was, and it is tried again. */
  RUN_TIMED_OUT: {
    title: "the run took longer than it may",
    remedy: "see what its source was waiting for, or give the schedule a longer --timeout",
    status: 504,
  },
  /** There is no run of this id. */
  RUN_NOT_FOUND: { title: "no such run", remedy: "see `headgate run list`", status: 404 },

  /** There is no table of this name in the lake. */
  TABLE_NOT_FOUND: { title: "no such table", remedy: "see `headgate table list`", status: 404 },
  /** The name exists in more than one database of the lake. */
  TABLE_AMBIGUOUS: { title: "more than one table has this name", remedy: "write database.table", status: 400 },
  /**
   * The table has columns whose names differ by case only, and the statement does not say which it means, or asks for what cannot tell
   * them apart. Each is found by its exact name: `"Id"`, `"ID"`.
   */
  COLUMN_AMBIGUOUS: {
    title: "more than one column has this name",
    remedy:
      "write the name exactly as the table has it (`headgate table show <table>`), and give results other names with AS",
    status: 400,
  },
  /** `headgate table register` found no metadata of an Iceberg table there, or may not look there: only below the roots in the settings. */
  TABLE_LOCATION_INVALID: {
    title: "there is no table at this location",
    remedy: "name the table's directory or its metadata file, below one of HEADGATE_TABLE_ROOTS",
    status: 422,
  },
  /** The table has no state at the asked time, snapshot or run. */
  SNAPSHOT_NOT_FOUND: { title: "no such snapshot", remedy: "see `headgate table history <table>`", status: 404 },
  /**
   * Another writer changed what this was made from, or was first again and again (`commit.retry.num-retries`). Nothing of it is in the
   * table; running again starts from the new state.
   */
  COMMIT_CONFLICT: { title: "another writer changed the table first", remedy: "run the command again", status: 409 },
  /** `headgate reconcile` found rows that only the source or only the lake has. They may be newer than the last sync. */
  TABLES_DIFFER: {
    title: "source and lake differ",
    remedy: "bring the lake to the source with `headgate sync`, or exactly these rows with `--repair`",
    status: 409,
  },
  /** The process of a sync run was gone before the run ended. The lake is as it was, or as the run's commit made it. */
  RUN_LOST: {
    title: "the run's process ended before the run did",
    remedy: "none needed: the next run of the source goes on from what is exact and removes the rest",
    status: 500,
  },
  /** The connection broke during a commit and it could not be learned whether it took place. No file was deleted. */
  COMMIT_UNKNOWN: {
    title: "it is not known whether the commit took place",
    remedy: "run `headgate table history` to see; running the sync again is safe",
    status: 503,
  },
  /** A file that the table's metadata names is not in the store. Somebody deleted or moved it. */
  DATA_FILE_MISSING: {
    title: "a file of the table is missing",
    remedy: "restore the file, or load the table anew with `headgate sync <source> --table <name> --full`",
    status: 500,
  },
  /** A file of the table exists but cannot be read as what it should be. */
  DATA_FILE_CORRUPT: {
    title: "a file of the table is damaged",
    remedy: "restore the file, or load the table anew with `headgate sync <source> --table <name> --full`",
    status: 500,
  },
  /** Table metadata that breaks the Iceberg specification, or uses a version or feature Headgate does not read. */
  METADATA_INVALID: {
    title: "the table metadata cannot be used",
    remedy: "see the place; tables of other writers must follow the Iceberg specification v1 to v3",
    status: 422,
  },

  /** The engine would change the column's values by reading them; the other columns of the table are read. */
  COLUMN_UNREADABLE: {
    title: "a column cannot be read",
    remedy:
      "leave the column out of the statement, or have the table's writer make it timestamp_ns or timestamptz, and its parts differ by more than case",
    status: 422,
  },

  /** What shall be imported is not below one of the table roots, or holds no file with one of the endings that are read. */
  IMPORT_LOCATION_INVALID: {
    title: "there is nothing to import here",
    remedy:
      "name a directory or s3:// prefix below one of HEADGATE_TABLE_ROOTS that holds .parquet, .csv, .json, .ndjson or .jsonl files, the texts also as .gz",
    status: 404,
  },
  /** What would be imported is shown and was not approved. Nothing was imported. */
  IMPORT_NOT_APPROVED: {
    title: "the proposal is not approved",
    remedy: "look at it, then run the same command with `--approve <digest>`; --type and --rename change columns",
    status: 409,
  },
  /** Files came, went or changed, or their columns are others, since the proposal that was approved. Nothing was imported. */
  IMPORT_PROPOSAL_STALE: {
    title: "the proposal is no longer what would be imported",
    remedy: "look at it again with `headgate import <table> <location> --plan`, and approve its digest",
    status: 409,
  },
  /** A file that was imported has another size or modification time now. Its rows are in the table already; nothing was imported. */
  IMPORT_FILE_CHANGED: {
    title: "a file changed since it was read",
    remedy: "put the new rows into a file of their own, or import the location into another table",
    status: 409,
  },
  /** A file cannot be read as what its ending says: a line has too many fields, JSON ends early, Parquet is cut. Nothing was imported. */
  IMPORT_FILE_INVALID: {
    title: "a file cannot be read",
    remedy: "correct or remove the file named here, and run the command again",
    status: 422,
  },
  /** A value cannot become the column's type without loss. The row is counted from 1, without a header line. Nothing was imported. */
  IMPORT_VALUE_MISFIT: {
    title: "a value does not fit the type of its column",
    remedy: "correct the file, or import the location into another table with `--type <column>=string`",
    status: 422,
  },
  /** A column of structs, lists or maps has other parts, or other types of parts, than the table's column. Nothing was imported. */
  IMPORT_TYPE_CHANGED: {
    title: "a column no longer fits the table",
    remedy: "correct the file, or import the location into another table",
    status: 422,
  },

  /** The statement is not SQL that the engine understands. */
  SQL_INVALID: { title: "the SQL statement is not valid", remedy: "see the position in the message", status: 400 },
  /** Only statements that read are served here, and only from tables of the lake. */
  SQL_NOT_ALLOWED: {
    title: "this statement is not allowed",
    remedy: "use a single SELECT over tables of the lake",
    status: 403,
  },
  /** The statement was valid but failed while running. */
  SQL_FAILED: { title: "the statement failed", remedy: "see the engine's message", status: 400 },
  /** The query needed more memory than it may have, also after spilling to disk. */
  SQL_OUT_OF_MEMORY: {
    title: "the query needs more memory than it may have",
    remedy: "ask for less at once, or raise HEADGATE_ENGINE_MEMORY",
    status: 507,
  },
  /** The statement worked for longer than one may, and was ended. Time in which its result waits to be read does not count. */
  SQL_TIMEOUT: {
    title: "the statement took too long and was ended",
    remedy: "ask for less at once, or raise HEADGATE_STATEMENT_TIMEOUT (--statement-timeout)",
    status: 408,
  },
  /** Somebody opened a result and did not go on reading it, while others wait for engines. */
  RESULT_UNREAD: {
    title: "the result was not read for too long and was given up",
    remedy: "run the statement again and read its rows as they come, or ask for fewer with LIMIT",
    status: 408,
  },
  /** One person has so many statements waiting that no more are taken. */
  TOO_MANY_STATEMENTS: {
    title: "too many statements are waiting",
    remedy: "wait for some of them; --engines sets how many run at a time",
    status: 429,
  },
  /** The engine process ended in the middle of its work. */
  ENGINE_LOST: {
    title: "the engine process ended unexpectedly",
    remedy: "run the command again; if it was out of memory, lower HEADGATE_ENGINE_MEMORY",
    status: 500,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorDetails {
  /** Where: a table, a column, a file, a setting, line and column. */
  readonly place?: string | undefined;
  /** What happened, in one sentence; the code's title when absent. */
  readonly message?: string | undefined;
  /** The message with values of rows in it, for whoever may read them; see base/row-values.ts. */
  readonly quoted?: string | undefined;
  /** Overrides the code's remedy where a better one is known. */
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

/** An operating error: a code, a place, a remedy. */
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
