/**
 * The sources that this Headgate knows: name, address and encrypted password. The connections themselves are elsewhere.
 * Invariants: a name means only a source of the account that somebody acts in. A password is never part of a stored or returned address.
 */
import { isAbsolute } from "node:path";
import type { Kysely, Selectable } from "kysely";
import type { EventLog } from "../../base/event-log.ts";
import { presentError } from "../../base/present-error.ts";
import type { SecretBox } from "../../base/secret-box.ts";
import { formatJson } from "../../base/json.ts";
import { uuidv7 } from "../../base/uuid.ts";
import type { Unclassified } from "../../db/pii-rows.ts";
import { mainAccount, type NewTables, type SourceRow, type Tables, type UnsignedBigint } from "../../db/tables.ts";
import { closest } from "../../base/closest.ts";
import { errorCodes, HeadgateError, type ErrorCode } from "../../errors.ts";
import { patientConnector } from "../run/patient-source.ts";
import type { Connector, Source } from "../source.ts";

export interface RegisteredSource {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly connector: string;
  /** The address without a password. */
  readonly url: string;
  /** Identifies the server, its history and the database that the address leads to; undefined if not known. */
  readonly identity: string | undefined;
  /** The policy for new tables in the source. */
  readonly newTables: NewTables;
  /** Exact names or globs; empty for all tables. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** How old its tables may be, in seconds, unless a table has a setting of its own. */
  readonly freshness: number | undefined;
  /** Applies unless a table has a setting of its own. */
  readonly unsignedBigint: UnsignedBigint;
  /** Whether columns about which nobody has decided count as sensitive. */
  readonly unclassified: Unclassified;
  /** The file in which it was declared; undefined when it was connected by a command. */
  readonly origin: string | undefined;
  readonly createdAt: Date;
}

export interface SourceRegistry {
  add(source: {
    name: string;
    url: string;
    password: string | undefined;
    identity?: string | undefined;
    newTables?: NewTables | undefined;
    unsignedBigint?: UnsignedBigint | undefined;
    unclassified?: Unclassified | undefined;
  }): Promise<RegisteredSource>;
  /** The same registry for somebody who acts in another account. */
  actingIn(accountId: string | undefined): SourceRegistry;
  /** The same registry within a transaction. */
  within(transaction: Kysely<Tables>): SourceRegistry;
  /** Creates the source, or changes the one of that name. Without a password, the stored one stays. */
  declare(source: DeclaredSource): Promise<RegisteredSource>;
  /** Whether this is the source's password. */
  hasPassword(name: string, password: string): Promise<boolean>;
  /** Absent values stay as they are; a freshness of null removes the target. Throws SOURCE_NOT_FOUND. */
  change(
    name: string,
    change: {
      newTables?: NewTables | undefined;
      freshness?: number | null | undefined;
      unsignedBigint?: UnsignedBigint | undefined;
      unclassified?: Unclassified | undefined;
      exclude?: readonly string[] | undefined;
      address?: ChangedAddress | undefined;
    },
  ): Promise<RegisteredSource>;
  /** Those of the account. */
  list(): Promise<readonly RegisteredSource[]>;
  /** Those of all accounts. */
  listAll(): Promise<readonly RegisteredSource[]>;
  /** Throws SOURCE_NOT_FOUND. */
  get(name: string): Promise<RegisteredSource>;
  /** Throws SOURCE_NOT_FOUND. */
  byId(id: string): Promise<RegisteredSource>;
  /** Forgets the source; its tables stay in the lake. Throws SOURCE_NOT_FOUND. */
  remove(name: string): Promise<void>;
  /** Connects. Throws what the connector's `open` throws. */
  open(source: RegisteredSource): Promise<Source>;
  /** The address as it is stored: without a password, and as a URL if it is the path of a directory. Throws USAGE. */
  addressOf(text: string): string;
  /** The kind of database that the address leads to. Throws USAGE and SOURCE_SCHEME_UNKNOWN. */
  connectorOf(source: Pick<RegisteredSource, "url">): Connector;
  /** Connects to an address that is not stored. */
  openAddress(address: { url: string; password: string | undefined }): Promise<Source>;
  /**
   * Connects to another address of a known source, using the stored password if none is given. Throws USAGE for a
   * database of another kind.
   */
  openChanged(name: string, address: Omit<ChangedAddress, "identity">): Promise<Source>;
}

export interface ChangedAddress {
  readonly url: string;
  /** Undefined: the stored password stays. */
  readonly password: string | undefined;
  readonly identity: string | undefined;
}

export interface DeclaredSource {
  readonly name: string;
  readonly url: string;
  readonly password: string | undefined;
  readonly identity: string | undefined;
  readonly newTables: NewTables;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly freshness: number | undefined;
  readonly unsignedBigint: UnsignedBigint;
  readonly unclassified: Unclassified;
  readonly origin: string;
}

export function sourceRegistry(parts: RegistryParts): SourceRegistry {
  const { db, secrets } = parts;
  const get = (name: string): Promise<Selectable<SourceRow>> => rowOf(parts, name);
  return {
    ...openings(parts),
    async add(source) {
      const row = await db
        .insertInto("sources")
        .values(newRow(parts, source))
        .onConflict((conflict) => conflict.columns(["account_id", "name"]).doNothing())
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) throw new HeadgateError("SOURCE_EXISTS", { place: source.name });
      return present(row);
    },
    async list() {
      return (await allSources(db)).filter((source) => source.accountId === accountOf(parts));
    },
    listAll: () => allSources(db),
    actingIn: (accountId) => sourceRegistry({ ...parts, accountId: accountId ?? nowhere }),
    within: (transaction) => sourceRegistry({ ...parts, db: transaction }),
    async declare(source) {
      const { name } = source;
      const values = declaredValues(parts, source);
      await db
        .insertInto("sources")
        .values({ id: uuidv7(), name: checkedName(name), account_id: accountOf(parts), secret: null, ...values })
        .onConflict((conflict) => conflict.columns(["account_id", "name"]).doUpdateSet(values))
        .execute();
      return present(await get(name));
    },
    async hasPassword(name, password) {
      const { secret, account_id: accountId } = await get(name);
      return secret !== null && secrets.of(accountId).open(secret) === password;
    },
    async change(name, { newTables, freshness, unsignedBigint, unclassified, exclude, address }) {
      const {
        id,
        new_tables: before,
        freshness_seconds: known,
        unsigned_bigint: type,
        unclassified: meant,
      } = await get(name);
      const values = {
        new_tables: newTables ?? before,
        freshness_seconds: freshness === undefined ? known : freshness,
        unsigned_bigint: unsignedBigint ?? type,
        unclassified: unclassified ?? meant,
        ...(exclude === undefined ? {} : { exclude: formatJson(exclude) }),
        ...(address === undefined ? {} : addressValues(parts, address)),
      };
      await db.updateTable("sources").set(values).where("id", "=", id).execute();
      return present(await get(name));
    },
    get: async (name) => present(await get(name)),
    async byId(id) {
      const row = await db.selectFrom("sources").selectAll().where("id", "=", id).executeTakeFirst();
      if (row === undefined) throw new HeadgateError("SOURCE_NOT_FOUND", { place: id });
      return present(row);
    },
    async remove(name) {
      const { id } = await get(name);
      await db.deleteFrom("sources").where("id", "=", id).execute();
    },
  };
}

async function allSources(db: Kysely<Tables>): Promise<readonly RegisteredSource[]> {
  return (await db.selectFrom("sources").selectAll().orderBy("name").orderBy("account_id").execute()).map(present);
}

/** Throws SOURCE_NOT_FOUND. */
async function rowOf(parts: RegistryParts, name: string): Promise<Selectable<SourceRow>> {
  const named = parts.db.selectFrom("sources").selectAll().where("name", "=", name);
  const row = await named.where("account_id", "=", accountOf(parts)).executeTakeFirst();
  if (row === undefined) throw await notFound(parts, name);
  return row;
}

/** The id that no account has: for somebody who acts in none. */
const nowhere = "00000000-0000-0000-0000-000000000000";

function accountOf({ accountId = mainAccount }: RegistryParts): string {
  return accountId;
}

function openings(
  parts: RegistryParts,
): Pick<SourceRegistry, "open" | "addressOf" | "connectorOf" | "openChanged" | "openAddress"> {
  const { db, log, secrets, connectors } = parts;
  return {
    addressOf: (text) => splitPassword(connectors, text).url.href,
    connectorOf: ({ url }) => connectorFor(connectors, splitPassword(connectors, url).url),
    async open({ id, name }) {
      const known = db.selectFrom("sources").select(["url", "secret", "account_id"]).where("id", "=", id);
      const row = await known.executeTakeFirst();
      if (row === undefined) throw new HeadgateError("SOURCE_NOT_FOUND", { place: name });
      const { url, secret, account_id: accountId } = row;
      const password = secret === null ? undefined : secrets.of(accountId).open(secret);
      const opening = connectorFor(connectors, new URL(url)).open({ url: new URL(url), password });
      return opening.catch((failure: unknown) => {
        log("source lost", { source: name, error: presentError(failure) });
        throw withSourceNamed(failure, name);
      });
    },
    async openChanged(name, { url, password }) {
      const { connector: kind, secret, account_id: accountId } = await rowOf(parts, name);
      const address = splitPassword(connectors, url);
      const connector = connectorFor(connectors, address.url);
      if (!isOfOneKind(connectors, [kind, connector.name])) throw otherKind(name, { kind, connector });
      const chosen = password ?? address.password;
      const stored = (): string | undefined => (secret === null ? undefined : secrets.of(accountId).open(secret));
      return connector.open({ url: address.url, password: chosen ?? stored() });
    },
    async openAddress({ url, password }) {
      const address = splitPassword(connectors, url);
      return connectorFor(connectors, address.url).open({ url: address.url, password: password ?? address.password });
    },
  };
}

function newRow(parts: RegistryParts, source: Parameters<SourceRegistry["add"]>[0]) {
  const { name, url, password, identity, newTables = "auto", unsignedBigint, unclassified } = source;
  const address = addressValues(parts, { url, password, identity });
  return {
    secret: null,
    ...address,
    id: uuidv7(),
    account_id: accountOf(parts),
    name: checkedName(name),
    new_tables: newTables,
    unsigned_bigint: unsignedBigint,
    unclassified,
  };
}

function declaredValues(parts: RegistryParts, source: DeclaredSource) {
  return {
    ...addressValues(parts, source),
    new_tables: source.newTables,
    include: formatJson(source.include),
    exclude: formatJson(source.exclude),
    freshness_seconds: source.freshness ?? null,
    unsigned_bigint: source.unsignedBigint,
    unclassified: source.unclassified,
    origin: source.origin,
  };
}

interface RegistryParts {
  readonly db: Kysely<Tables>;
  /** The account that somebody acts in; by default main. */
  readonly accountId?: string | undefined;
  /** Receives events about sources that cannot be reached. */
  readonly log: EventLog;
  readonly secrets: SecretBox;
  readonly connectors: readonly Connector[];
}

function addressValues(parts: RegistryParts, { url, password, identity }: ChangedAddress) {
  const { secrets, connectors } = parts;
  const address = splitPassword(connectors, url);
  const secret = password ?? address.password;
  return {
    connector: connectorFor(connectors, address.url).name,
    url: address.url.href,
    identity: identity ?? null,
    ...(secret === undefined ? {} : { secret: secrets.of(accountOf(parts)).seal(secret) }),
  };
}

async function notFound(parts: RegistryParts, name: string): Promise<HeadgateError> {
  const own = parts.db.selectFrom("sources").select("name").where("account_id", "=", accountOf(parts));
  const rows = await own.execute();
  const meant = closest(
    name,
    rows.map((row) => row.name),
  );
  const message = meant === undefined ? undefined : `there is no source ${name}; did you mean ${meant}?`;
  return new HeadgateError("SOURCE_NOT_FOUND", { place: name, message });
}

/** Kinds with the same type rules count as one: a MariaDB server may be addressed as MySQL. */
function isOfOneKind(connectors: readonly Connector[], names: readonly string[]): boolean {
  const rules = names.map((name) => connectors.find((connector) => connector.name === name)?.typeRules);
  return new Set(rules).size === 1;
}

function otherKind(name: string, { kind, connector }: { kind: string; connector: Connector }): HeadgateError {
  return new HeadgateError("USAGE", {
    place: `${name}, a source of the kind ${kind}`,
    message: `tables of ${connector.title} have other types than those that this source has loaded`,
    remedy: "add the new address as another source with `headgate source add`",
  });
}

const remedies: Partial<Record<ErrorCode, (name: string) => string>> = {
  SOURCE_LOGIN_REFUSED: (name) =>
    `check the user and the password on the server; \`headgate source set ${name} --password-env <variable>\` stores a new password`,
  SOURCE_UNREACHABLE: (name) =>
    `check that the server runs and accepts connections from here; if its address has changed, use \`headgate source set ${name} --url <address>\``,
  SOURCE_DATABASE_UNKNOWN: (name) =>
    `if the database has another name now, use \`headgate source set ${name} --url <address>\``,
  SOURCE_TLS_FAILED: (name) =>
    `change the address with \`headgate source set ${name} --url <address>\`: add ?tls=disable for a server without TLS, or ?tls-ca=<file> with its certificate authority`,
};

/** Names the source in the remedy, unless the connector provides a better remedy. */
function withSourceNamed(failure: unknown, name: string): unknown {
  if (!(failure instanceof HeadgateError) || failure.remedy !== errorCodes[failure.code].remedy) return failure;
  const { code, place, message, cause } = failure;
  return new HeadgateError(code, { place, message, cause, remedy: remedies[code]?.(name) });
}

function present(row: Selectable<SourceRow>): RegisteredSource {
  const { id, name, connector, url, new_tables: newTables, created_at: createdAt } = row;
  const [include, exclude] = [row.include, row.exclude];
  const [freshness, origin] = [row.freshness_seconds ?? undefined, row.origin ?? undefined];
  const [identity, unsignedBigint] = [row.identity ?? undefined, row.unsigned_bigint];
  const rest = {
    freshness,
    unsignedBigint,
    unclassified: row.unclassified,
    origin,
    createdAt,
    accountId: row.account_id,
  };
  return { id, name, connector, url, identity, newTables, include, exclude, ...rest };
}

function splitPassword(connectors: readonly Connector[], text: string): { url: URL; password: string | undefined } {
  const address = (isAbsolute(text) ? addressOfPath(connectors, text) : undefined) ?? text;
  if (!URL.canParse(address)) {
    throw new HeadgateError("USAGE", {
      place: "the source's address",
      message:
        "this is neither an address like mariadb://user@host:3306/database nor the whole path of a directory with files of AWS DMS",
    });
  }
  const url = new URL(address);
  const password = url.password === "" ? undefined : decodeURIComponent(url.password);
  url.password = "";
  return { url, password };
}

function addressOfPath(connectors: readonly Connector[], path: string): string | undefined {
  return connectors.find((connector) => connector.addressOfPath !== undefined)?.addressOfPath?.(path);
}

function connectorFor(connectors: readonly Connector[], url: URL): Connector {
  const scheme = url.protocol.slice(0, -1);
  const connector = connectors.find(({ schemes }) => schemes.includes(scheme));
  if (connector !== undefined) return patientConnector(connector);
  const known = connectors.flatMap(({ schemes }) => schemes).join(", ");
  throw new HeadgateError("SOURCE_SCHEME_UNKNOWN", { place: `${scheme}:`, remedy: `use one of ${known}` });
}

/** The name becomes the name of a lake database, so only names that every engine accepts without quotes are allowed. */
function checkedName(name: string): string {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(name)) return name;
  throw new HeadgateError("USAGE", {
    place: `source name "${name}"`,
    message: "the name of a source may have lower-case letters, digits and _, and begins with a letter",
  });
}
