/** The errors of sources: of their addresses, servers and tables. They are part of the table in errors.ts, which explains its members. */
import type { ErrorEntry } from "./error-entry.ts";

export const sourceErrorCodes = {
  /** No connector supports the scheme of this address. */
  SOURCE_SCHEME_UNKNOWN: {
    title: "there is no connector for this kind of address",
    remedy: "use one of the schemes that `headgate source add --help` lists",
    status: 400,
  },
  /** A source with this name already exists. */
  SOURCE_EXISTS: {
    title: "a source of this name exists",
    remedy: "change its address or password with `headgate source set`, or choose another name",
    status: 409,
  },
  /** No source has this name. */
  SOURCE_NOT_FOUND: {
    title: "there is no such source",
    remedy: "see `headgate source list` for the names of all sources",
    status: 404,
  },
  /**
   * The server does not answer. The host or the port may be wrong, a firewall may block the connection, or the server
   * may be down.
   */
  SOURCE_UNREACHABLE: {
    title: "the source cannot be reached",
    remedy:
      "check the host and the port, that the server is running, and that it accepts connections from this machine; `headgate source set <name> --url <address>` changes the address",
    status: 502,
  },
  /** The server does not accept the user or the password. */
  SOURCE_LOGIN_REFUSED: {
    title: "the source refused the login",
    remedy:
      "check the user and the password; for an existing source, `headgate source set <name> --password-env <variable>` stores another password",
    status: 401,
  },
  /**
   * A proxy between Headgate and the server sends statements through connections that do not have Headgate's session
   * settings, so times, texts or row counts could be wrong. Nothing was read.
   */
  SOURCE_SESSION_LOST: {
    title: "a proxy loses the session's settings",
    remedy:
      "give the address of the server itself, or configure the proxy to keep a session on one connection (ProxySQL: transaction_persistent=1 and multiplexing off for this user)",
    status: 409,
  },
  /**
   * The server asked for the password itself (in clear, or encrypted with a key of its own) over a connection that is
   * not encrypted. Anybody between Headgate and the server could have read it, so it was not sent.
   */
  SOURCE_PASSWORD_EXPOSED: {
    title: "the password would have been sent in readable form",
    remedy:
      "turn TLS on at the server and add tls=require (or tls=verify) to the address, or give the user a login method that does not send the password (PostgreSQL: scram-sha-256)",
    status: 400,
  },
  /** The server does not have the database that the address names. */
  SOURCE_DATABASE_UNKNOWN: {
    title: "the source has no such database",
    remedy: "check the part after the last / of the address; `headgate source set <name> --url <address>` changes it",
    status: 404,
  },
  /** The user does not have a right that this work needs. */
  SOURCE_RIGHT_MISSING: {
    title: "the source user lacks a right",
    remedy:
      "give the user the right on the server; for a source that was added, `headgate source test` prints the statement",
    status: 403,
  },
  /** The connection to the server broke while rows were being read. Readers still see the previous cut. */
  SOURCE_LOST: {
    title: "the connection to the source was lost",
    remedy: "run the sync again; it reuses the parts that are still exact",
    status: 502,
  },
  /**
   * The server sent something that its protocol does not allow or that no honest server sends: a length beyond its
   * packet, a value of the wrong type, a request for a local file, an answer that does not end or that arrives byte by
   * byte. None of it was used, and the connection was closed. Either something on the way damages the traffic, or this
   * is not the server it claims to be.
   */
  SOURCE_PROTOCOL: {
    title: "the source broke its protocol",
    remedy: "check that the address leads directly to the database; if it does, report this with the server's version",
    status: 502,
  },
  /** The connector does not support server versions as old as this one. */
  SOURCE_TOO_OLD: {
    title: "the source server is too old",
    remedy: "see docs/reference for the versions that each connector supports",
    status: 400,
  },
  /**
   * The source could not execute a statement, for a reason that has no code of its own. The message quotes the server.
   */
  SOURCE_FAILED: {
    title: "the source reported an error",
    remedy: "see the server's message; the place names the table and the statement",
    status: 502,
  },
  /** TLS is required but the server does not offer it, or its certificate is not trusted. */
  SOURCE_TLS_FAILED: {
    title: "no trusted TLS connection to the source could be made",
    remedy: "add ?tls=disable for a server without TLS, or ?tls-ca=<file> with its certificate authority",
    status: 502,
  },
  /** No table of the source matches the request. */
  SOURCE_TABLE_NOT_FOUND: {
    title: "the source has no such table",
    remedy: "see `headgate source discover <source>` for the tables that the source has",
    status: 404,
  },
  /**
   * Somebody rewrote, emptied, replaced or redefined the table while the run was reading it, so its rows no longer
   * belong to the state that the run reads. None of them was written. This is normal during maintenance of the source.
   */
  SOURCE_TABLE_ALTERED: {
    title: "the table was altered while it was being read",
    remedy: "run the sync again when the change of the table is complete",
    status: 409,
  },
  /**
   * A column of `bigint unsigned` for which you chose the type long contains a value above 2^63 - 1. The value is
   * neither wrapped nor left out: the table is unchanged, and other tables are not affected.
   */
  SOURCE_VALUE_BEYOND_LONG: {
    title: "a value of bigint unsigned does not fit a long",
    remedy:
      "choose decimal for this table: `headgate table set <database.table> --unsigned-bigint decimal`, or unsigned_bigint: decimal in headgate.yaml",
    status: 422,
  },
  /**
   * Another session holds a lock on the table that keeps readers out, and did not release it in time. Other tables are
   * not affected.
   */
  SOURCE_TABLE_LOCKED: {
    title: "the table is locked by another session",
    remedy:
      "run the sync again when that session has ended its transaction; the message names the session if it could be found",
    status: 409,
  },
  /**
   * The source is a standby, and it ended the read to keep up with its primary: either the primary has removed rows
   * that the read still needs, and the standby's settings allow no longer delay, or it had to take a lock that the
   * primary took. The table was read again, and that was ended as well.
   */
  SOURCE_STANDBY_CONFLICT: {
    title: "the standby ended the read to follow its primary",
    remedy:
      "on the standby: alter system set hot_standby_feedback = on; alter system set max_standby_streaming_delay = '1h'; select pg_reload_conf(); or connect to the primary",
    status: 409,
  },
  /**
   * A row-level security policy would hide rows of the table from this user. A table in the lake that silently lacks
   * rows would be worse than none.
   */
  SOURCE_ROWS_HIDDEN: {
    title: "row-level security would hide rows",
    remedy: "give the source user the attribute bypassrls, or connect as a user to whom no policy of the table applies",
    status: 403,
  },
  /** The table is of a kind, or in a state, in which it has no rows to load. Other tables are not affected. */
  SOURCE_TABLE_UNFIT: {
    title: "the table cannot be loaded as it is",
    remedy: "see the message for what the table lacks; if that is intended, leave the table out with --exclude",
    status: 409,
  },
  /**
   * A connection pooler stands between Headgate and the server and gives each statement to another session, or each
   * connection to another server. A consistent state can only be read in transactions that share one snapshot.
   */
  SOURCE_POOL_UNFIT: {
    title: "the connection pooler does not keep transactions together",
    remedy:
      "run the pool in transaction or session mode and let it lead to one server only, or give the address of the database itself",
    status: 400,
  },
  /**
   * The place of the source's files may not be read: a directory that is not below the roots in HEADGATE_TABLE_ROOTS, a
   * place of the lake's or of a table's own files, or an endpoint of others for which the address has no access key of
   * its own.
   */
  SOURCE_PLACE_REFUSED: {
    title: "the place of the source's files may not be read",
    remedy: "have the person who runs Headgate add the directory to HEADGATE_TABLE_ROOTS, or give an access key",
    status: 403,
  },
  /**
   * A file of the source cannot be read as rows of its table: a row is cut off or has another number of columns, a value
   * does not fit its column, an operation is unknown. The table stays as it was; other tables are not affected.
   */
  SOURCE_FILE_INVALID: {
    title: "a file of the source cannot be read as rows of its table",
    remedy:
      "mend or replace the file, or set how the table's files are read: `headgate table set <database.table> --reading <json>`",
    status: 422,
  },
  /**
   * Files that the table was loaded from no longer exist. Headgate never takes that for deleted rows: DMS empties a
   * folder when the table is truncated or loaded again, and a lifecycle rule of the bucket removes old files.
   */
  SOURCE_FILES_VANISHED: {
    title: "files that the table was loaded from have vanished",
    remedy:
      "have DMS load the table again, or put the files back; if the table was truncated, begin it anew with the files that are there: `headgate sync <source> --table <schema.table> --full`; if it was dropped, pause or drop it here",
    status: 409,
  },
  /**
   * A change file has another size than when it was read: it was read while it was still being written, or it was
   * written again. What it says now is not in the lake. The table stays as it was; other tables are not affected.
   */
  SOURCE_FILE_REWRITTEN: {
    title: "a file of changes was written again after it was read",
    remedy:
      "load the table again: `headgate sync <source> --table <schema.table> --full`; or, for a table with a key, set LastIncrementalFile to the file before it: `headgate table controller <database.table> --last-incremental-file <file>`",
    status: 409,
  },
  /**
   * All files have new times, as after a copy of the bucket, and the full load is another one. Nothing says which files
   * of changes are newer than the full load. The table stays as it was; other tables are not affected.
   */
  SOURCE_FILES_COPIED: {
    title: "the files were copied, and the full load is a new one",
    remedy:
      "tell which file of changes is the last one before the new full load: `headgate table controller <database.table> --last-full-load-date null --last-incremental-file <file>`, and have DMS load the table again if nobody knows",
    status: 409,
  },
  /**
   * The table shares transactions with a table that has stopped with an error. If it went on alone, queries would see
   * these transactions in part, so it waits and stays as it was. Tables that share no transactions with it go on.
   */
  SOURCE_TRANSACTION_HELD: {
    title: "the table's transactions wait for another table",
    remedy:
      "resolve the error of the other table, or leave that table out: `headgate table controller <database.table> --active-flag false`",
    status: 409,
  },
  /** A full load is being written, so that the files do not add up to the table at this moment. */
  SOURCE_FILES_UNSETTLED: {
    title: "a full load of the table is being written",
    remedy: "run the command again when the full load is complete",
    status: 409,
  },
  /** A change file updates or deletes a row of a table without a key, so nothing says which row is meant. */
  SOURCE_KEY_NEEDED: {
    title: "a row is updated or deleted, and the table has no key",
    remedy: "name the columns that identify a row: `headgate table set <database.table> --key id`",
    status: 409,
  },
} as const satisfies Record<string, ErrorEntry>;
