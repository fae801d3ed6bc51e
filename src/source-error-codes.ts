/** The errors of sources: their address, their server, their tables. Part of the table in errors.ts, which says how it is read. */
import type { ErrorEntry } from "./error-entry.ts";

export const sourceErrorCodes = {
  /** No connector knows the scheme of this address. */
  SOURCE_SCHEME_UNKNOWN: {
    title: "no connector for this kind of address",
    remedy: "use one of the schemes listed by `headgate source add --help`",
    status: 400,
  },
  /** A source of this name exists already. */
  SOURCE_EXISTS: {
    title: "a source of this name exists",
    remedy: "change its address or password with `headgate source set`, or choose another name",
    status: 409,
  },
  /** There is no source of this name. */
  SOURCE_NOT_FOUND: { title: "no such source", remedy: "see `headgate source list`", status: 404 },
  /** The server does not answer: wrong host or port, a firewall, or it is down. */
  SOURCE_UNREACHABLE: {
    title: "the source cannot be reached",
    remedy:
      "check host and port, that the server runs, and that it accepts connections from here; `headgate source set <name> --url <address>` changes the address",
    status: 502,
  },
  /** The server refused the user or the password. */
  SOURCE_LOGIN_REFUSED: {
    title: "the source refused the login",
    remedy:
      "check user and password; for a source that is there, `headgate source set <name> --password-env <variable>` stores another one",
    status: 401,
  },
  /**
   * A proxy between Headgate and the server hands statements to connections that do not have the settings which Headgate made, so
   * that times, texts or numbers of rows could arrive changed. Nothing was read.
   */
  SOURCE_SESSION_LOST: {
    title: "a proxy loses the session's settings",
    remedy:
      "give the address of the server itself, or let the proxy keep a session on one connection (ProxySQL: transaction_persistent=1 and multiplexing off for this user)",
    status: 409,
  },
  /**
   * The server asked for the password itself (in clear, or encrypted with a key of its own), over a connection that is not encrypted.
   * Whoever stands between Headgate and the server could have read it, so it was not sent.
   */
  SOURCE_PASSWORD_EXPOSED: {
    title: "the password would have been sent readably",
    remedy:
      "turn TLS on at the server and add tls=require (or tls=verify) to the address, or give the user a login method that does not send the password (PostgreSQL: scram-sha-256)",
    status: 400,
  },
  /** The database named in the address does not exist on the server. */
  SOURCE_DATABASE_UNKNOWN: {
    title: "the source has no such database",
    remedy: "check the part after the last / of the address; `headgate source set <name> --url <address>` changes it",
    status: 404,
  },
  /** The user lacks a right that this work needs. */
  SOURCE_RIGHT_MISSING: {
    title: "the source user lacks a right",
    remedy: "run what `headgate source test` prints on the server",
    status: 403,
  },
  /** The connection to the server broke while rows were read. Readers still see the previous cut. */
  SOURCE_LOST: {
    title: "the connection to the source was lost",
    remedy: "run the sync again: it continues with the splits that are still exact",
    status: 502,
  },
  /**
   * The server sent what its protocol does not allow, or no honest server sends: a length beyond its packet, a value that is not of
   * its type, a wish for a local file, an answer that does not end or arrives byte by byte. Nothing of it was taken, and the
   * connection was closed. Either something on the way damages the traffic, or this is not the server it claims to be.
   */
  SOURCE_PROTOCOL: {
    title: "the source broke its protocol",
    remedy:
      "check that the address leads to the database itself and nothing else; if it does, report this with the server's version",
    status: 502,
  },
  /** The server's version is older than this connector supports. */
  SOURCE_TOO_OLD: {
    title: "the source server is too old",
    remedy: "see docs/reference for the versions each connector supports",
    status: 400,
  },
  /** A statement failed on the source for a reason of its own; the server's words are in the message. */
  SOURCE_FAILED: {
    title: "the source reported an error",
    remedy: "see the server's message; the place names table and statement",
    status: 502,
  },
  /** TLS was asked for and the server does not offer it, or its certificate is not trusted. */
  SOURCE_TLS_FAILED: {
    title: "no trusted TLS connection to the source",
    remedy: "add ?tls=disable for a server without TLS, or ?tls-ca=<file> with its certificate authority",
    status: 502,
  },
  /** No table of the source matches what was asked for. */
  SOURCE_TABLE_NOT_FOUND: {
    title: "the source has no such table",
    remedy: "see `headgate source discover <source>`",
    status: 404,
  },
  /**
   * Somebody rewrote, emptied, replaced or redefined the table while the run was reading it, so its rows are no longer those of the
   * state that the run reads. Nothing of it was written. This is normal during maintenance of the source.
   */
  SOURCE_TABLE_ALTERED: {
    title: "the table was altered while it was being read",
    remedy: "run the sync again once the change of the table is complete",
    status: 409,
  },
  /**
   * A column of `bigint unsigned` that was chosen to be a long holds a value above 2^63 - 1. It is neither wrapped nor left out: the
   * table stays as it was, and the other tables are not affected.
   */
  SOURCE_VALUE_BEYOND_LONG: {
    title: "a value of bigint unsigned does not fit a long",
    remedy:
      "choose decimal for this table: `headgate table set <database.table> --unsigned-bigint decimal`, or unsigned_bigint: decimal in headgate.yaml",
    status: 422,
  },
  /** Another session holds a lock on the table that keeps readers out, and did not let go of it in time. The other tables are not affected. */
  SOURCE_TABLE_LOCKED: {
    title: "the table is locked by another session",
    remedy:
      "run the sync again when that session has ended its transaction; the message names it where it could be found",
    status: 409,
  },
  /**
   * The source is a standby. It may not show old rows for longer than its settings allow, once the primary has removed them, or must
   * take a lock that the primary took, and so it ended the reading. The table was read again, and that was ended as well.
   */
  SOURCE_STANDBY_CONFLICT: {
    title: "the standby ended the reading to follow its primary",
    remedy:
      "on the standby: alter system set hot_standby_feedback = on; alter system set max_standby_streaming_delay = '1h'; select pg_reload_conf(); or connect to the primary",
    status: 409,
  },
  /**
   * A policy of row-level security would keep rows of the table from this user. A table of the lake that silently lacks rows would
   * be worse than none.
   */
  SOURCE_ROWS_HIDDEN: {
    title: "row-level security would hide rows",
    remedy: "give the source user the attribute bypassrls, or connect as a user to whom no policy of the table applies",
    status: 403,
  },
  /** The table is of a kind, or in a state, in which it has no rows that could be loaded. The other tables are not affected. */
  SOURCE_TABLE_UNFIT: {
    title: "the table cannot be loaded as it is",
    remedy: "the message says what it lacks; leave it out with --exclude if that is as it should be",
    status: 409,
  },
  /**
   * A connection pooler stands between Headgate and the server and gives each statement to another session, or each connection to
   * another server. A consistent state can only be read in transactions that see one snapshot.
   */
  SOURCE_POOL_UNFIT: {
    title: "the connection pooler does not keep transactions together",
    remedy:
      "let the pool run in transaction or session mode and lead to one server, or give the address of the database itself",
    status: 400,
  },
} as const satisfies Record<string, ErrorEntry>;
