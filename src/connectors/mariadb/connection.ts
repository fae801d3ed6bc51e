/**
 * One connection: handshake, login and TLS by the driver, a session prepared for reading, small queries, and a way to
 * take over the incoming bytes for bulk reads. Not a pool.
 * Invariant: every error is thrown as a HeadgateError, and none contains the password.
 */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { AuthPlugin, authPlugins, Connection, ConnectionOptions, SslOptions } from "mysql2";
import { bulkSocket, type BulkSocket } from "../../base/bulk-socket.ts";
import { loginWithTls, type TlsOptions } from "../../base/login-with-tls.ts";
import { PasswordExposure, wouldExposePassword } from "../../base/password-exposure.ts";
import { placeOf, type ServerAddress } from "../../base/server-address.ts";
import { withinTime } from "../../base/within-time.ts";
import { HeadgateError } from "../../errors.ts";
import { answerGuard } from "./answer-guard.ts";
import { capabilitiesOf, isTooOld, parseVersion, type Capabilities, type ServerVersion } from "./capabilities.ts";
import { connectFailure, statementFailure } from "./failures.ts";

/** A row of a small query; every value is the server's own text. */
export type TextRow = Readonly<Record<string, string | null>>;

export interface MariadbConnection extends AsyncDisposable {
  readonly threadId: number;
  /** False if there is a proxy in between, which shows because it and the server number the connection differently. */
  readonly isDirect: boolean;
  readonly version: ServerVersion;
  readonly capabilities: Capabilities;
  readonly encrypted: boolean;
  /** The server's address, for errors. */
  readonly place: string;
  /** For small results only; `values` fill the `?` placeholders. `place` describes the work in errors. */
  query(statement: string, values?: readonly (string | number)[], place?: string): Promise<readonly TextRow[]>;
  /** Writes `packet` to the server and passes the incoming bytes to `receiver` until `release` is called. */
  takeOver(receiver: ByteReceiver, packet: Buffer): { readonly stream: Duplex; release(): void };
}

export interface ByteReceiver {
  /** The bytes are valid only during the call. */
  execute(chunk: Buffer): void;
  /** The connection broke, so no more bytes will arrive. */
  failed(failure: Error): void;
}

export interface Credentials {
  readonly address: ServerAddress;
  readonly password: string | undefined;
}

/** Members that mysql2 has but does not declare. */
interface DriverInternals {
  packetParser: { execute(chunk: Buffer): void };
  readonly stream: Duplex;
  readonly threadId: number;
}

/** The driver with its undeclared members. */
function internalsOf(driver: Connection): DriverInternals {
  return driver as unknown as DriverInternals;
}

const connectMilliseconds = 15_000;
/** Makes a lost connection noticeable within minutes, even while waiting for a slow answer. */
const keepAliveMilliseconds = 60_000;
const commonSession = [
  "time_zone = '+00:00'",
  "sql_mode = ''",
  "character_set_results = utf8mb4",
  "net_write_timeout = 86400",
  "net_read_timeout = 3600",
  "wait_timeout = 86400",
  "lock_wait_timeout = 20",
  "sql_select_limit = default",
  "sql_big_selects = 1",
  "autocommit = 1",
];

/** Connects and prepares the session. Throws SOURCE_UNREACHABLE, _LOGIN_REFUSED, _DATABASE_UNKNOWN, _TLS_FAILED, _TOO_OLD … */
export async function connect(credentials: Credentials): Promise<MariadbConnection> {
  const place = placeOf(credentials.address);
  const { login, encrypted } = await loginWithTls(credentials.address, {
    attempt: (tls) => logInOnce(credentials, { place, tls }),
    hasNoTls,
  });
  try {
    return await withinTime(prepare(login, { place, encrypted }), {
      milliseconds: connectMilliseconds,
      late: () => new HeadgateError("SOURCE_UNREACHABLE", { place, message: notInTime }),
    });
  } catch (failure) {
    login.driver.destroy();
    throw failure;
  }
}

const notInTime = `the server accepted the login but did not answer within ${connectMilliseconds / 1000} s`;

interface Login {
  readonly driver: Connection;
  ask(question: Question): Promise<readonly TextRow[]>;
  /** Absent for an encrypted connection. */
  readonly bulk: BulkSocket | undefined;
}

function hasNoTls(failure: unknown): boolean {
  const cause =
    failure instanceof HeadgateError ? (failure.cause as { readonly code?: string } | undefined) : undefined;
  return cause?.code === "HANDSHAKE_NO_SSL_SUPPORT";
}

function sslOptions({ verify, ca }: TlsOptions): SslOptions {
  return { rejectUnauthorized: verify, verifyIdentity: verify, ...(ca === undefined ? {} : { ca }) };
}

async function logInOnce(
  { address, password }: Credentials,
  parts: { place: string; tls: TlsOptions | undefined },
): Promise<Login> {
  const bulk = parts.tls === undefined ? bulkSocket() : undefined;
  const options: ConnectionOptions = {
    ...(address.socket === undefined ? { host: address.host, port: address.port } : { socketPath: address.socket }),
    ...(parts.tls === undefined ? {} : { ssl: sslOptions(parts.tls) }),
    ...(bulk === undefined ? {} : { stream: () => connectTo(address, bulk) }),
    ...(address.database === undefined ? {} : { database: address.database }),
    user: address.user,
    password: password ?? "",
    charset: "utf8mb4",
    connectTimeout: connectMilliseconds,
    keepAliveInitialDelay: keepAliveMilliseconds,
    // Otherwise the driver generates code from column names, which come from the server.
    disableEval: true,
    // A server must not ask for local files, and bulk reads write their own COM_QUERY without attributes.
    flags: ["-LOCAL_FILES", "-CLIENT_QUERY_ATTRIBUTES"],
    typeCast: (field) => field.string(),
  };
  const { authPlugins, createConnection } = await import("mysql2");
  if (bulk !== undefined) options.authPlugins = withoutExposure(authPlugins, bulk);
  return new Promise((resolve, reject) => {
    const driver = createConnection(options);
    const ask = questions(driver);
    driver.connect((failure) => {
      if (failure === null) return resolve({ driver, bulk, ask });
      driver.destroy();
      reject(connectFailure(failure, parts.place));
    });
  });
}

/** These methods encrypt the password with a key that the server sends, which could be anybody's key. */
function withoutExposure(known: typeof authPlugins, { socket }: BulkSocket): Record<string, AuthPlugin> {
  const onServerPublicKey = (): void => {
    if (wouldExposePassword(socket)) throw new PasswordExposure();
  };
  return {
    caching_sha2_password: known.caching_sha2_password({ onServerPublicKey }),
    sha256_password: known.sha256_password({ onServerPublicKey }),
  };
}

function connectTo({ host, port, socket }: ServerAddress, bulk: BulkSocket): Socket {
  if (socket !== undefined) return bulk.socket.connect(socket);
  return bulk.socket.connect(port, host).setNoDelay(true).setKeepAlive(true, keepAliveMilliseconds);
}

async function prepare(
  { driver, bulk, ask }: Login,
  parts: { place: string; encrypted: boolean },
): Promise<MariadbConnection> {
  const { place } = parts;
  const [row] = await ask({ statement: "select version() as version, connection_id() as connection_id", place });
  const version = parseVersion(row?.["version"] ?? "");
  const capabilities = capabilitiesOf(version);
  if (isTooOld(version, capabilities)) {
    const message = `${capabilities.product} ${version.text} is older than ${capabilities.minimum.join(".")}, the oldest supported version`;
    throw new HeadgateError("SOURCE_TOO_OLD", { place: parts.place, message });
  }
  await ask({ statement: `set session ${[...commonSession, ...capabilities.session].join(", ")}`, place });
  await ask({ statement: "set session transaction isolation level repeatable read", place });
  const internals = internalsOf(driver);
  return {
    threadId: internals.threadId,
    isDirect: Number(row?.["connection_id"]) === internals.threadId,
    version,
    capabilities,
    encrypted: parts.encrypted,
    place: parts.place,
    query: (statement, values = [], asked = place) => ask({ statement, values, place: asked }),
    takeOver: (receiver, packet) => takeOver({ driver, bulk }, receiver, packet),
    async [Symbol.asyncDispose]() {
      driver.destroy();
    },
  };
}

interface Question {
  readonly statement: string;
  readonly values?: readonly (string | number)[] | undefined;
  readonly place: string;
}

/**
 * Small queries, one at a time, with a guard before the driver. When the driver gives up, it tells its connection, but
 * not always the caller.
 */
function questions(driver: Connection): Login["ask"] {
  const internals = internalsOf(driver);
  const { packetParser } = internals;
  const guard = answerGuard((packet) => packetParser.execute(packet));
  const execute = (chunk: Buffer): void => {
    try {
      guard.pass(chunk);
    } catch (violation) {
      internals.stream.destroy(violation as Error);
    }
  };
  internals.packetParser = { execute };
  let giveUp: (failure: unknown) => void = () => undefined;
  driver.on("error", (failure) => giveUp(failure));
  const ask = ({ statement, values = [], place }: Question): Promise<readonly TextRow[]> =>
    new Promise((resolve, reject) => {
      const fail = (failure: unknown): void => reject(statementFailure(failure, place));
      giveUp = fail;
      guard.begin();
      driver.query(statement, [...values], (failure, rows) => {
        if (failure !== null) return fail(failure);
        resolve(Array.isArray(rows) ? (rows as unknown as TextRow[]) : []);
      });
    });
  let previous: Promise<unknown> = Promise.resolve();
  return (question) => {
    const answer = previous.then(() => ask(question));
    previous = answer.catch(() => undefined);
    return answer;
  };
}

function takeOver(
  { driver, bulk }: Pick<Login, "driver" | "bulk">,
  receiver: ByteReceiver,
  packet: Buffer,
): { readonly stream: Duplex; release(): void } {
  const internals = internalsOf(driver);
  const own = internals.packetParser;
  const onError = (failure: Error): void => receiver.failed(failure);
  driver.on("error", onError);
  internals.packetParser = receiver;
  bulk?.divert((bytes) => receiver.execute(bytes));
  // A connection that broke while idle emits nothing any more.
  if (internals.stream.destroyed) onError(new Error("the connection was closed"));
  else internals.stream.write(packet);
  return {
    stream: internals.stream,
    release() {
      bulk?.divert(undefined);
      internals.packetParser = own;
      driver.off("error", onError);
    },
  };
}
