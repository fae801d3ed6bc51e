/**
 * One connection: handshake, login and TLS by the driver, small queries, and a way to take over the incoming bytes for
 * bulk reads. Not a pool.
 * Invariants: every error is thrown as a HeadgateError, and none contains the password; every statement that depends on
 * a setting runs in a transaction that begins by setting it (transaction.ts), and no setting outlives its transaction.
 */
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import { Client } from "pg";
import { bulkSocket, type BulkSocket } from "../../base/bulk-socket.ts";
import { loginWithTls, type TlsOptions } from "../../base/login-with-tls.ts";
import { PasswordExposure, wouldExposePassword } from "../../base/password-exposure.ts";
import { placeOf, type ServerAddress } from "../../base/server-address.ts";
import type { WireGuard } from "../../base/wire-guard.ts";
import { withinTime } from "../../base/within-time.ts";
import { HeadgateError } from "../../errors.ts";
import { answerGuard } from "./answer-guard.ts";
import { connectFailure } from "./failures.ts";
import { answerInTime, sender, type TextRow } from "./statement.ts";
import { transactions } from "./transaction.ts";

export interface PostgresConnection extends AsyncDisposable {
  /** `server_version_num`: 150018 for 15.18. */
  readonly version: number;
  readonly versionText: string;
  readonly encrypted: boolean;
  /** Whether a connection pooler answers in place of the server. Not every kind of pooler is recognised. */
  readonly pooled: boolean;
  /** Opens a transaction in which every later statement runs until the connection is closed. */
  begin(parts?: { readonly snapshot: string }): Promise<void>;
  /**
   * Runs a statement that sees the current state: ends the open transaction, runs the statement, and opens the
   * transaction again.
   */
  apart(statement: string): Promise<readonly TextRow[]>;
  /** Runs all queries of `work` in one transaction. */
  within<T>(work: () => Promise<T>): Promise<T>;
  /** For small results only; runs in a transaction of its own if none is open. `place` describes the work in errors. */
  query(statement: string, values?: readonly unknown[], place?: string): Promise<readonly TextRow[]>;
  /** Sends a simple query and passes the incoming bytes to `receiver` until `release` is called. */
  takeOver(receiver: ByteReceiver, statement: string): { readonly stream: Duplex; release(): void };
}

/** The queries that a caller may run without knowing which connection answers. */
export type Queries = Pick<PostgresConnection, "query">;

export interface ByteReceiver {
  /** The bytes are valid only during the call. */
  chunk(bytes: Buffer): void;
  /** The connection broke, so no more bytes will arrive. */
  failed(failure: Error): void;
}

export interface Credentials {
  readonly address: ServerAddress;
  readonly password: string | undefined;
}

interface DataSource {
  on(event: string, listener: (heard: Buffer) => void): unknown;
}

/** Members that the driver has but does not declare. */
interface DriverInternals {
  /** The server process that the login announced. */
  readonly processID: number | null;
  readonly connection: {
    readonly stream: Duplex;
    attachListeners(stream: DataSource): void;
    once(event: "authenticationCleartextPassword", listener: () => void): void;
  };
}

/** The driver with its undeclared members. */
function internalsOf(client: Client): DriverInternals {
  return client as unknown as DriverInternals;
}

const connectMilliseconds = 15_000;
/** Makes a lost connection noticeable within minutes, even while waiting for a slow answer. */
const keepAliveMilliseconds = 60_000;
/** Time for the server to close its side. */
const leaveMilliseconds = 3_000;
/** In the format of `server_version_num`. */
const oldestVersion = 140_000;

/**
 * Connects and asks for the version. Throws SOURCE_UNREACHABLE, _LOGIN_REFUSED, _DATABASE_UNKNOWN, _TLS_FAILED,
 * _TOO_OLD …
 */
export async function connect(credentials: Credentials): Promise<PostgresConnection> {
  const place = placeOf(credentials.address);
  const { login, encrypted } = await loginWithTls(credentials.address, {
    attempt: (tls) => logInOnce(credentials, { place, tls }),
    hasNoTls,
  });
  try {
    return await prepare(login, { place, encrypted });
  } catch (failure) {
    await leave(login);
    throw failure;
  }
}

/** Does not wait for a server that does not close its side. */
async function leave(
  { client }: Pick<Login, "client">,
  before: () => Promise<void> = async () => undefined,
): Promise<void> {
  const { connection } = internalsOf(client);
  const left = before().then(() => client.end());
  const late = (): Error => new Error("the server did not close the connection");
  await withinTime(left, { milliseconds: leaveMilliseconds, late }).catch(() => undefined);
  connection.stream.destroy();
}

interface Login {
  readonly client: Client;
  readonly guard: WireGuard;
  /** Absent for an encrypted connection. */
  readonly bulk: BulkSocket | undefined;
}

function hasNoTls(failure: unknown): boolean {
  return failure instanceof HeadgateError && /does not support SSL/i.test(failure.message);
}

function sslOptions({ verify, ca }: TlsOptions): ConnectionOptions {
  return {
    rejectUnauthorized: verify,
    ...(verify ? {} : { checkServerIdentity: () => undefined }),
    ...(ca === undefined ? {} : { ca }),
  };
}

/** The server's own default: the administrator, and a database with the user's name. */
function userOf({ user }: ServerAddress): string {
  return user || "postgres";
}

async function logInOnce(
  { address, password }: Credentials,
  parts: { place: string; tls: TlsOptions | undefined },
): Promise<Login> {
  const bulk = parts.tls === undefined ? bulkSocket() : undefined;
  const client = new Client({
    host: address.socket ?? address.host,
    port: address.port,
    user: userOf(address),
    database: address.database ?? userOf(address),
    password: password ?? "",
    ssl: parts.tls === undefined ? false : sslOptions(parts.tls),
    ...(bulk === undefined ? {} : { stream: () => bulk.socket }),
    connectionTimeoutMillis: connectMilliseconds,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMilliseconds,
    types: { getTypeParser: () => (text: string) => text },
  });
  // An idle connection that breaks is noticed at its next use; without a listener the error would end the process.
  client.on("error", () => undefined);
  if (bulk !== undefined) refuseToExposePassword(client, bulk);
  const guard = guardDriver(client);
  try {
    await client.connect();
    return { client, guard, bulk };
  } catch (failure) {
    internalsOf(client).connection.stream.destroy();
    throw connectFailure(failure, parts.place);
  }
}

/** Everything that the driver would receive from its stream passes the guard first. */
function guardDriver(client: Client): WireGuard {
  const { connection } = internalsOf(client);
  const attach = connection.attachListeners.bind(connection);
  let toDriver: (message: Buffer) => void = () => undefined;
  const guard = answerGuard((message) => toDriver(message));
  connection.attachListeners = (stream) => {
    const receive = (chunk: Buffer): void => {
      try {
        guard.pass(chunk);
      } catch (violation) {
        connection.stream.destroy(violation as Error);
      }
    };
    const guarded = {
      on(event: string, listener: (heard: Buffer) => void) {
        if (event !== "data") return stream.on(event, listener);
        toDriver = listener;
        return stream.on("data", receive);
      },
    };
    attach(guarded);
  };
  return guard;
}

/**
 * The driver would send the password to any server that asks for it. Its own listener runs later, when the socket is
 * already closed.
 */
function refuseToExposePassword(client: Client, { socket }: BulkSocket): void {
  const { connection } = internalsOf(client);
  connection.once("authenticationCleartextPassword", () => {
    if (wouldExposePassword(socket)) socket.destroy(new PasswordExposure());
  });
}

interface LoginParts {
  readonly place: string;
  readonly encrypted: boolean;
}

async function prepare({ client, guard, bulk }: Login, { place, encrypted }: LoginParts): Promise<PostgresConnection> {
  const { connection, processID } = internalsOf(client);
  const lastWords = firstFailure(client);
  const send = sender(client, guard, lastWords);
  const [row] = await answerInTime(send({ statement: versionStatement, place }), { stream: connection.stream, place });
  const version = Number(row?.["number"]);
  const versionText = row?.["text"] ?? "";
  if (version < oldestVersion)
    throw new HeadgateError("SOURCE_TOO_OLD", {
      place,
      message: `PostgreSQL ${versionText} is older than 14, the oldest supported version`,
    });
  const { query, begin, apart, within, end } = transactions({ send, version, place, stream: connection.stream });
  return {
    version,
    versionText,
    encrypted,
    pooled: String(processID) !== row?.["process"],
    query,
    begin,
    apart,
    within,
    takeOver: (receiver, statement) => takeOver(connection.stream, { bulk, receiver, statement, lastWords }),
    [Symbol.asyncDispose]: () => leave({ client }, end),
  };
}

/** When a server ends an idle session, its last message is the reason why the next statement fails. */
function firstFailure(client: Client): () => Error | undefined {
  let found: Error | undefined;
  client.on("error", (failure) => (found ??= failure));
  return () => found;
}

interface TakeOverParts {
  readonly bulk: BulkSocket | undefined;
  readonly receiver: ByteReceiver;
  readonly statement: string;
  lastWords(): Error | undefined;
}

/** Depends on no setting, because it runs before any transaction. */
const versionStatement = `select pg_catalog.current_setting('server_version_num') as number,
  pg_catalog.current_setting('server_version') as text, pg_catalog.pg_backend_pid() as process`;

function takeOver(
  stream: Duplex,
  { bulk, receiver, statement, lastWords }: TakeOverParts,
): { stream: Duplex; release(): void } {
  const listeners = stream.listeners("data") as ((chunk: Buffer) => void)[];
  const onChunk = (chunk: Buffer): void => receiver.chunk(chunk);
  const onClose = (): void => receiver.failed(lastWords() ?? new Error("Connection terminated unexpectedly"));
  stream.removeAllListeners("data");
  bulk?.divert(onChunk);
  stream.on("data", onChunk).on("close", onClose).on("error", onClose);
  // A connection that broke while idle emits nothing any more.
  if (stream.destroyed) onClose();
  else stream.write(simpleQuery(statement));
  return {
    stream,
    release() {
      bulk?.divert(undefined);
      stream.off("data", onChunk).off("close", onClose).off("error", onClose);
      for (const listener of listeners) stream.on("data", listener);
    },
  };
}

/** The `Query` message: type, length, text, zero byte. */
function simpleQuery(statement: string): Buffer {
  const text = Buffer.from(`${statement}\0`, "utf8");
  const head = Buffer.alloc(5);
  head.write("Q");
  head.writeInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}
