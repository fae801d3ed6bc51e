/**
 * One server of a soak with its tables, and the ways ("doors") by which Headgate reads it; each is a source of its own
 * in the lake.
 */
import { codeOf } from "../../src/base/thrown.ts";
import { formatName } from "../../src/catalog/table-name.ts";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { askCommand } from "../world/command.ts";
import type { Dialect } from "../world/sample-shop.ts";
import { columnKinds } from "./column-kinds.ts";
import type { PlainAddress, PlainTable } from "./judge/plain-source.ts";
import type { OpenKind, PreparedKind } from "./kinds/kind.ts";
import { poisonKinds, poisonTypes } from "./poison-kinds.ts";
import { quoted, randomTable, type RandomTable } from "./random-table.ts";
import { openSoakServer, type SoakServer } from "./soak-server.ts";
import type { Soak } from "./soak-world.ts";

export interface Door {
  /** The source's name in Headgate. */
  readonly name: string;
  /** Headgate's user. */
  readonly url: string;
  readonly password: string;
  /** The judge's user. */
  readonly plain: PlainAddress;
  /** Waits until everything that was written to the server has arrived here. */
  settle(): Promise<void>;
  sees(table: PlainTable): boolean;
  /** The tables that the source includes; all by default. */
  readonly include: readonly string[];
  /** Tables, by name, that the user currently may not read: reported as failed, and left as they were. */
  readonly forbidden: ReadonlySet<string>;
}

export interface Side extends AsyncDisposable {
  readonly dialect: Dialect;
  readonly server: SoakServer;
  readonly doors: Door[];
  readonly kinds: PreparedKind[];
  tables: RandomTable[];
  made: number;
  /** Time of the last sync that ended normally. */
  typicalMs: number;
}

export const readerName = "soak_reader";
export const readerPassword = "soak: reader";

export async function openSide(soak: Soak, dialect: Dialect, open: readonly OpenKind[]): Promise<void> {
  const server = await openSoakServer(dialect, join(soak.home, dialect));
  const side: Side = {
    dialect,
    server,
    doors: [],
    kinds: [],
    tables: [],
    made: 0,
    typicalMs: 3_000,
    async [Symbol.asyncDispose]() {
      for (const kind of side.kinds) await kind.close?.();
      await server[Symbol.asyncDispose]();
    },
  };
  soak.sides.push(side);
  await server.execute([...readerRights[dialect], ...(soak.kinds.has("poison") ? poisonTypes[dialect] : [])]);
  side.doors.push(door(side, { name: dialect, user: readerName, password: readerPassword }));
  while (side.tables.length < soak.tables) await makeTable(soak, side);
  for (const kind of open) side.kinds.push(await kind(soak, side));
  for (const each of side.doors) await declare(soak, side, each);
}

const readerRights: Readonly<Record<Dialect, readonly string[]>> = {
  postgres: [
    `create role ${readerName} login bypassrls password '${readerPassword}'`,
    `grant pg_read_all_data to ${readerName}`,
  ],
  mariadb: [
    `create user ${readerName} identified by '${readerPassword}'`,
    `grant select, show view, binlog monitor on *.* to ${readerName}`,
  ],
};

interface DoorParts {
  readonly name: string;
  readonly user: string;
  readonly password: string;
  readonly sees?: Door["sees"];
  readonly forbidden?: Door["forbidden"];
  readonly include?: Door["include"];
}

/** Directly to the server, as this user. */
export function door({ server }: Side, { name, user, password, sees, forbidden, include }: DoorParts): Door {
  const url = new URL(server.address.url);
  url.username = user;
  return {
    name,
    url: url.href,
    password,
    plain: server.address,
    settle: async () => {},
    sees: sees ?? (() => true),
    forbidden: forbidden ?? new Set(),
    include: include ?? [],
  };
}

interface ReaderDoor {
  readonly name: string;
  /** The directory of a socket other than the server's own. */
  readonly socket: string;
  readonly port?: string;
  readonly settle?: () => Promise<void>;
}

/** The same server through something else, as the user who can read everything; the judge asks the server itself. */
export function openReaderDoor(side: Side, { name, socket, port = "", settle = async () => {} }: ReaderDoor): Door {
  const direct = door(side, { name, user: readerName, password: readerPassword });
  const url = new URL(direct.url);
  url.searchParams.set("socket", socket);
  url.port = port;
  return { ...direct, url: url.href, settle };
}

/** Soft deletes and histories for some tables. */
async function declare(
  { home, at, random }: Soak,
  { kinds, tables }: Side,
  { name, url, password, include, sees }: Door,
): Promise<void> {
  at.environment[`PASSWORD_${name}`] = password;
  const isSeen = (table: string): boolean => sees({ schema: "", name: table });
  const kept = tables
    .filter((table) => random.chance(0.1) && isSeen(table.name))
    .map((table) => [formatName([table.name]), { soft_delete: true, history: true }] as const);
  const ofKinds = kinds.flatMap((kind) => Object.entries(kind.settings ?? {})).filter(([table]) => isSeen(table));
  const settings = Object.fromEntries([...kept, ...ofKinds]);
  const source = { url, password: { env: `PASSWORD_${name}` }, include, tables: settings };
  const file = join(home, `${name}.yaml`);
  await writeFile(file, JSON.stringify({ sources: { [name]: source } }));
  await askCommand(["apply", file], at);
}

export async function makeTable(soak: Soak, side: Side): Promise<void> {
  const { random, kinds } = soak;
  const [dialect, number] = [side.dialect, side.made++];
  const known = columnKinds[dialect];
  const ending = dialect === "mariadb" && kinds.has("engines") ? `engine=${random.pick(engines)}` : "";
  const table = randomTable({
    dialect,
    random,
    number,
    ending,
    kinds: kinds.has("poison") ? [...known, ...poisonKinds[dialect]] : known,
  });
  await write(soak, side, table.create);
  side.tables.push(table);
}

/** Two of them use an engine without transactions. */
const engines = ["InnoDB", "InnoDB", "MyISAM", "Aria"];

export async function dropTable(soak: Soak, side: Side): Promise<void> {
  const table = soak.random.pick(side.tables);
  await write(soak, side, [`drop table ${quoted(side.dialect, table.name)}`]);
  side.tables = side.tables.filter((other) => other !== table);
}

export async function write({ totals }: Soak, { server }: Side, statements: readonly string[]): Promise<void> {
  totals.statements += statements.length;
  await server.execute(statements).catch((failure: unknown) => {
    if (!(failure instanceof Error && bounds.has(codeOf(failure.cause) ?? ""))) throw failure;
  });
}

/**
 * Errors with which a server enforces its own limits, as for many columns with large values in one row; the table stays
 * as it was.
 */
const bounds: ReadonlySet<string> = new Set(["ER_UNDO_RECORD_TOO_BIG", "ER_TOO_BIG_ROWSIZE"]);

/** A round of changes to some tables; some are created, some dropped. */
export async function changeTables(soak: Soak, side: Side, count: number): Promise<void> {
  const { random } = soak;
  for (let change = 0; change < count; change++) await write(soak, side, random.pick(side.tables).change());
  if (random.chance(0.5)) await makeTable(soak, side);
  if (random.chance(0.3) && side.tables.length > 3) await dropTable(soak, side);
}

/** Writes rows of some tables without changing their columns. */
export async function touchTables(soak: Soak, side: Side, count: number): Promise<void> {
  for (let change = 0; change < count; change++) await write(soak, side, soak.random.pick(side.tables).touch());
}
