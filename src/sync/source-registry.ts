/**
 * The sources this Headgate knows: name, address, encrypted password. Not the connections themselves.
 * Invariant: a password is never part of a stored or returned address.
 */
import type { Kysely, Selectable } from "kysely";
import type { SecretBox } from "../base/secret-box.ts";
import { formatJson } from "../base/json.ts";
import { uuidv7 } from "../base/uuid.ts";
import type { NewTables, SourceRow, Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import type { Connector, Source } from "./source.ts";

export interface RegisteredSource {
  readonly id: string;
  readonly name: string;
  readonly connector: string;
  /** Without a password. */
  readonly url: string;
  /** What becomes of tables that appear in it. */
  readonly newTables: NewTables;
  /** Exact names or globs; empty for all tables. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** How old its tables may be, in seconds, where nothing is set for a table. */
  readonly freshness: number | undefined;
  /** The file it was declared in; undefined: connected by a command. */
  readonly origin: string | undefined;
  readonly createdAt: Date;
}

export interface SourceRegistry {
  add(source: {
    name: string;
    url: string;
    password: string | undefined;
    newTables?: NewTables | undefined;
  }): Promise<RegisteredSource>;
  /** The same registry in a transaction. */
  within(transaction: Kysely<Tables>): SourceRegistry;
  /** Makes the source, or changes the one of that name. A password that is not given stays as it is. */
  declare(source: DeclaredSource): Promise<RegisteredSource>;
  /** Whether this is the source's password. */
  hasPassword(name: string, password: string): Promise<boolean>;
  /** What is absent stays; a freshness of null is none. Throws SOURCE_NOT_FOUND. */
  change(
    name: string,
    change: { newTables?: NewTables | undefined; freshness?: number | null | undefined },
  ): Promise<RegisteredSource>;
  list(): Promise<readonly RegisteredSource[]>;
  /** Throws SOURCE_NOT_FOUND. */
  get(name: string): Promise<RegisteredSource>;
  /** Throws SOURCE_NOT_FOUND. */
  byId(id: string): Promise<RegisteredSource>;
  /** Forgets the source; its tables stay in the lake. Throws SOURCE_NOT_FOUND. */
  remove(name: string): Promise<void>;
  /** Connects. Throws what the connector's `open` throws. */
  open(source: RegisteredSource): Promise<Source>;
  /** Connects to an address that is not stored. */
  openAddress(address: { url: string; password: string | undefined }): Promise<Source>;
}

export interface DeclaredSource {
  readonly name: string;
  readonly url: string;
  readonly password: string | undefined;
  readonly newTables: NewTables;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly freshness: number | undefined;
  readonly origin: string;
}

export function sourceRegistry(parts: {
  db: Kysely<Tables>;
  secrets: SecretBox;
  connectors: readonly Connector[];
}): SourceRegistry {
  const { db, secrets, connectors } = parts;
  const get = async (name: string): Promise<Selectable<SourceRow>> => {
    const row = await db.selectFrom("sources").selectAll().where("name", "=", name).executeTakeFirst();
    if (row === undefined) throw new HeadgateError("SOURCE_NOT_FOUND", { place: name });
    return row;
  };
  return {
    async add({ name, url, password, newTables = "auto" }) {
      const address = splitPassword(url);
      const connector = connectorFor(connectors, address.url);
      const secret = password ?? address.password;
      const row = await db
        .insertInto("sources")
        .values({
          id: uuidv7(),
          name: checkedName(name),
          connector: connector.name,
          url: address.url.href,
          secret: secret === undefined ? null : secrets.seal(secret),
          new_tables: newTables,
        })
        .onConflict((conflict) => conflict.column("name").doNothing())
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) throw new HeadgateError("SOURCE_EXISTS", { place: name });
      return present(row);
    },
    async list() {
      const rows = await db.selectFrom("sources").selectAll().orderBy("name").execute();
      return rows.map(present);
    },
    within: (transaction) => sourceRegistry({ ...parts, db: transaction }),
    async declare({ name, url, password, newTables, include, exclude, freshness, origin }) {
      const address = splitPassword(url);
      const secret = password ?? address.password;
      const values = {
        connector: connectorFor(connectors, address.url).name,
        url: address.url.href,
        ...(secret === undefined ? {} : { secret: secrets.seal(secret) }),
        new_tables: newTables,
        include: formatJson(include),
        exclude: formatJson(exclude),
        freshness_seconds: freshness ?? null,
        origin,
      };
      await db
        .insertInto("sources")
        .values({ id: uuidv7(), name: checkedName(name), secret: null, ...values })
        .onConflict((conflict) => conflict.column("name").doUpdateSet(values))
        .execute();
      return present(await get(name));
    },
    async hasPassword(name, password) {
      const { secret } = await get(name);
      return secret !== null && secrets.open(secret) === password;
    },
    async change(name, { newTables, freshness }) {
      const { new_tables: before, freshness_seconds: known } = await get(name);
      const values = {
        new_tables: newTables ?? before,
        freshness_seconds: freshness === undefined ? known : freshness,
      };
      await db.updateTable("sources").set(values).where("name", "=", name).execute();
      return present(await get(name));
    },
    get: async (name) => present(await get(name)),
    async byId(id) {
      const row = await db.selectFrom("sources").selectAll().where("id", "=", id).executeTakeFirst();
      if (row === undefined) throw new HeadgateError("SOURCE_NOT_FOUND", { place: id });
      return present(row);
    },
    async remove(name) {
      await get(name);
      await db.deleteFrom("sources").where("name", "=", name).execute();
    },
    async open({ name }) {
      const { url, secret } = await get(name);
      return connectorFor(connectors, new URL(url)).open({
        url: new URL(url),
        password: secret === null ? undefined : secrets.open(secret),
      });
    },
    async openAddress({ url, password }) {
      const address = splitPassword(url);
      return connectorFor(connectors, address.url).open({ url: address.url, password: password ?? address.password });
    },
  };
}

function present(row: Selectable<SourceRow>): RegisteredSource {
  const { id, name, connector, url, new_tables: newTables, created_at: createdAt } = row;
  const [include, exclude] = [row.include as readonly string[], row.exclude as readonly string[]];
  const [freshness, origin] = [row.freshness_seconds ?? undefined, row.origin ?? undefined];
  return { id, name, connector, url, newTables, include, exclude, freshness, origin, createdAt };
}

function splitPassword(text: string): { url: URL; password: string | undefined } {
  if (!URL.canParse(text)) {
    throw new HeadgateError("USAGE", {
      place: "the source's address",
      message: "this is not an address like mariadb://user@host:3306/database",
    });
  }
  const url = new URL(text);
  const password = url.password === "" ? undefined : decodeURIComponent(url.password);
  url.password = "";
  return { url, password };
}

function connectorFor(connectors: readonly Connector[], url: URL): Connector {
  const scheme = url.protocol.slice(0, -1);
  const connector = connectors.find(({ schemes }) => schemes.includes(scheme));
  if (connector !== undefined) return connector;
  const known = connectors.flatMap(({ schemes }) => schemes).join(", ");
  throw new HeadgateError("SOURCE_SCHEME_UNKNOWN", { place: `${scheme}:`, remedy: `use one of ${known}` });
}

/** The name becomes the name of a lake database, so it is kept to what every engine can write without quotes. */
function checkedName(name: string): string {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(name)) return name;
  throw new HeadgateError("USAGE", {
    place: `source name "${name}"`,
    message: "a source name has lower-case letters, digits and _, beginning with a letter",
  });
}
