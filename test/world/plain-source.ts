/**
 * A source for tests whose tables are lists of rows in memory. It keeps the contract of src/sync/source.ts, and a test
 * chooses which proofs it gives, what it refuses, and sees what it was asked. It is no server: connectors are tested
 * against real ones.
 */
import { createHash } from "node:crypto";
import { sumOf } from "../../src/base/sum.ts";
import { ColumnBuffer, type StagedType } from "../../src/engine/column-buffer.ts";
import type {
  Connector,
  Cut,
  HashedReads,
  HashedSpan,
  KeyRanges,
  KeySpan,
  ObjectKind,
  Obstacle,
  Position,
  RowSink,
  Source,
  SourceColumn,
  SourceObject,
  SourceTable,
  SplitRange,
  TableName,
} from "../../src/sync/source.ts";

export type PlainValue = number | bigint | string | null;
/** Dates are written as `2026-05-01`, times as `2026-05-01 10:00:00`, in UTC if they have a zone. */
export type PlainRow = Readonly<Record<string, PlainValue>>;

export interface PlainTable {
  /** Lake types by column; one that ends with `!` allows no null. */
  readonly columns: Readonly<Record<string, string>>;
  readonly key?: readonly string[] | undefined;
  readonly rows: readonly PlainRow[];
  readonly kind?: ObjectKind | undefined;
  readonly estimatedRows?: number | undefined;
  readonly incarnation?: string | undefined;
  readonly isOutOfReach?: boolean | undefined;
  readonly obstacle?: Obstacle | undefined;
  readonly comment?: string | undefined;
  /** Parts of a column's description that are not the usual ones. */
  readonly more?: Readonly<Record<string, Partial<SourceColumn>>> | undefined;
}

/** The source proves this much, and reads in this way. */
export interface Gifts {
  /** Whether `unchanged` proves anything. */
  proves: boolean;
  proofGap: string | undefined;
  fingerprints: boolean;
  digests: boolean;
  versions: boolean;
  hashes: boolean;
  /** Rows of a hashed span; undefined for as many as are asked for. */
  spanRows: number | undefined;
  readers: number;
  caution: string | undefined;
  /** Number of splits of each table. */
  splits: number;
  mainSchema: string | undefined;
  /** Tables that are no longer listed, but may still exist. */
  hidden: readonly string[];
}

export interface PlainSource {
  readonly url: string;
  readonly gifts: Gifts;
  /** The questions so far, such as `read main.orders`. */
  readonly asked: string[];
  /** The passwords that it was opened with. */
  readonly passwords: (string | undefined)[];
  /** Called before each row that is read; may throw. */
  onRow: (table: string, row: PlainRow) => void | Promise<void>;
  /** Called when a cut is opened; may throw. */
  onCut: () => void;
  /** Makes, alters or (undefined) drops a table; `orders` is `main.orders`. Rows that it had keep their version. */
  set(name: string, table: PlainTable | undefined): void;
  /** Gives a table other rows. */
  write(name: string, rows: readonly PlainRow[]): void;
}

interface State {
  readonly table: PlainTable;
  /** The source's version when the table was last written to. */
  readonly written: number;
  /** The source's version when each row was written. */
  readonly versions: ReadonlyMap<PlainRow, number>;
}

/** The sources of one test by their address, and the connector that opens them. */
export function plainSources(): { readonly connector: Connector; add(tables: Tables): PlainSource } {
  const sources = new Map<string, Held>();
  const connector: Connector = {
    name: "plain",
    title: "Plain",
    schemes: ["plain"],
    typeRules: [],
    comparePositions: () => "unknown",
    async open({ url, password }) {
      const held = sources.get(url.host);
      if (held === undefined) throw new TypeError(`no source at ${url.href}`);
      held.passwords.push(password);
      return openSource(held);
    },
  };
  return {
    connector,
    add(tables) {
      const host = `source${sources.size + 1}`;
      const held = heldSource(`plain://${host}`);
      sources.set(host, held);
      for (const [name, table] of Object.entries(tables)) held.set(name, table);
      return held;
    },
  };
}

export type Tables = Readonly<Record<string, PlainTable>>;

interface Held extends PlainSource {
  readonly states: Map<string, State>;
  version(): number;
}

function heldSource(url: string): Held {
  const states = new Map<string, State>();
  let version = 0;
  const set = (name: string, table: PlainTable | undefined): void => {
    const label = name.includes(".") ? name : `main.${name}`;
    version++;
    const before = states.get(label)?.versions;
    if (table === undefined) return void states.delete(label);
    const versions = new Map(table.rows.map((row) => [row, before?.get(row) ?? version]));
    states.set(label, { table, written: version, versions });
  };
  return {
    url,
    states,
    gifts: {
      proves: true,
      proofGap: undefined,
      fingerprints: false,
      digests: true,
      versions: false,
      hashes: false,
      spanRows: undefined,
      readers: 2,
      caution: undefined,
      splits: 1,
      mainSchema: "main",
      hidden: [],
    },
    asked: [],
    passwords: [],
    onRow: () => {},
    onCut: () => {},
    version: () => version,
    set,
    write(name, rows) {
      const state = states.get(name.includes(".") ? name : `main.${name}`);
      if (state === undefined) throw new TypeError(`no table ${name}`);
      set(name, { ...state.table, rows });
    },
  };
}

function labelOf({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}

function objectOf(label: string, { kind = "table", estimatedRows, isOutOfReach }: PlainTable): SourceObject {
  const [schema = "", name = ""] = label.split(".");
  return { name: { schema, name }, kind, estimatedRows, isOutOfReach };
}

function openSource(held: Held): Source {
  const { states, gifts } = held;
  return {
    server: { product: "Plain", version: "1" },
    identity: async () => held.url,
    mainSchema: gifts.mainSchema,
    test: async (isMeant = () => true) =>
      [...states]
        .map(([label, { table }]) => objectOf(label, table).name)
        .filter((name) => isMeant(name))
        .map((name) => ({ name: labelOf(name), outcome: "ok" as const, found: "" })),
    async discover() {
      held.asked.push("discover");
      return [...states].map(([label, { table }]) => objectOf(label, table));
    },
    hidden: async (names) => names.filter((name) => gifts.hidden.includes(labelOf(name))),
    describe: async (names) => names.map((name) => described(name, states.get(labelOf(name))?.table)),
    async openCut({ readers }) {
      held.onCut();
      return openCut(held, Math.min(readers, gifts.readers));
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function described(name: TableName, table: PlainTable | undefined) {
  const gone = { code: "SOURCE_TABLE_NOT_FOUND", message: "it is gone", remedy: "make it again" } as const;
  const obstacle = table === undefined ? gone : table.obstacle;
  if (table === undefined || obstacle !== undefined)
    return { name, kind: "table" as const, obstacle: obstacle ?? gone };
  const { key, incarnation, comment } = table;
  const columns = Object.entries(table.columns).map(([column, type]) => columnOf(column, type, table.more?.[column]));
  return { ...objectOf(labelOf(name), table), columns, key, incarnation, comment };
}

function columnOf(name: string, type: string, more: Partial<SourceColumn> = {}): SourceColumn {
  const lakeType = type.replace("!", "");
  const staged = stagedTypes[lakeType];
  if (staged === undefined) throw new TypeError(`no column of type ${type} here`);
  return { name, identity: name, sourceType: lakeType, nullable: !type.endsWith("!"), lakeType, staged, ...more };
}

const stagedTypes: Readonly<Record<string, StagedType>> = {
  int: { physical: "int32" },
  long: { physical: "int64" },
  double: { physical: "double" },
  string: { physical: "bytes", logical: { kind: "utf8" } },
  date: { physical: "int32", logical: { kind: "date" } },
  timestamp: { physical: "int64", logical: { kind: "timestamp", utc: false } },
  timestamptz: { physical: "int64", logical: { kind: "timestamp", utc: true } },
};

const dayMs = 86_400_000;

function milliseconds(value: PlainValue): number {
  return Date.parse(`${String(value).replace(" ", "T")}Z`);
}

function append(buffer: ColumnBuffer, value: PlainValue, lakeType: string): void {
  if (value === null) return buffer.appendNull();
  switch (lakeType) {
    case "int":
      return buffer.appendInt32(Number(value));
    case "long":
      return buffer.appendBigInt64(BigInt(value));
    case "double":
      return buffer.appendDouble(Number(value));
    case "date":
      return buffer.appendInt32(Date.parse(String(value)) / dayMs);
    case "string": {
      const bytes = Buffer.from(String(value));
      return buffer.appendBytes(bytes, 0, bytes.length);
    }
    default:
      return buffer.appendBigInt64(BigInt(milliseconds(value)) * 1000n);
  }
}

/** A value by the rules of `RangeDigest`. */
function digested(value: PlainValue, { lakeType }: SourceColumn): string {
  if (value === null) return "-";
  if (lakeType === "date") return String(Date.parse(String(value)) / dayMs);
  if (lakeType.startsWith("timestamp")) return String(BigInt(milliseconds(value)) * 1000n);
  if (lakeType !== "string") return String(value);
  const bytes = Buffer.from(String(value));
  const text = bytes.length > 1000 ? `#${createHash("sha256").update(bytes).digest("hex")}` : String(value);
  return `${bytes.length}:${text}`;
}

/** The part of a table that a range stands for. */
interface Part {
  readonly number?: number;
  readonly column?: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Whether rows without a value are included although there is a beginning. */
  readonly withNulls?: boolean;
}

function isBelow(left: PlainValue, right: string): boolean {
  if (typeof left !== "string") return BigInt(left ?? 0) < BigInt(right);
  return left.includes(":") ? milliseconds(left) < milliseconds(right) : left < right;
}

function isIn(row: PlainRow, { column = "", from, to, withNulls = false }: Part): boolean {
  const value = row[column] ?? null;
  if (value === null) return from === undefined || withNulls;
  return (from === undefined || !isBelow(value, from)) && (to === undefined || isBelow(value, to));
}

function rowsIn({ rows }: PlainTable, range: SplitRange | undefined, splits: number): readonly PlainRow[] {
  if (range === undefined) return rows;
  const part = JSON.parse(range) as Part;
  if (part.number !== undefined) return rows.filter((_, index) => index % splits === part.number);
  return rows.filter((row) => isIn(row, part));
}

function rangeOf(value: PlainValue, { lowest, width, count }: KeyRanges): bigint {
  if (value === null || BigInt(value) < lowest + width) return 0n;
  const number = (BigInt(value) - lowest) / width;
  return count !== undefined && number > count - 1n ? count - 1n : number;
}

function openCut(held: Held, readers: number): Cut {
  const { gifts, asked } = held;
  const states = new Map(held.states);
  const version = held.version();
  const stateOf = ({ name }: SourceTable): State => {
    const state = states.get(labelOf(name));
    if (state === undefined) throw new TypeError(`no table ${labelOf(name)} in this cut`);
    return state;
  };
  const ask = (question: string, { name }: SourceTable): void => void asked.push(`${question} ${labelOf(name)}`);
  const sinceOf = (since: Position): number => (JSON.parse(since) as { version: number }).version;
  const read = async (table: SourceTable, rows: readonly PlainRow[], sink: RowSink): Promise<void> => {
    for (const row of rows) {
      await held.onRow(labelOf(table.name), row);
      table.columns.forEach((column, index) => {
        const buffer = sink.columns[index];
        if (buffer !== undefined) append(buffer, row[column.name] ?? null, column.lakeType);
      });
      sink.rowDone();
      if (sink.full) await sink.drain();
    }
  };
  const byRange = (table: SourceTable, ranges: KeyRanges | undefined) =>
    Map.groupBy(stateOf(table).table.rows, (row) =>
      ranges === undefined ? 0n : rangeOf(row[ranges.column] ?? null, ranges),
    );
  return {
    position: JSON.stringify({ version }),
    readers,
    caution: gifts.caution,
    proofGap: gifts.proofGap,
    digestHash: "sha1",
    isIdle: (since) => sinceOf(since) === version,
    split: async () =>
      gifts.splits === 1
        ? [undefined]
        : Array.from({ length: gifts.splits }, (_, number) => JSON.stringify({ number })),
    async unchanged(table, range, since, rows) {
      ask("unchanged", table);
      const state = stateOf(table);
      return (
        gifts.proves && state.written <= sinceOf(since) && rowsIn(state.table, range, gifts.splits).length === rows
      );
    },
    async fingerprint(table) {
      ask("fingerprint", table);
      const lines = stateOf(table)
        .table.rows.map((row) => formatted(row))
        .toSorted();
      return gifts.fingerprints ? sha1(lines.join("\n")) : undefined;
    },
    since: (column, value) => JSON.stringify({ column, from: value, withNulls: true }),
    between: (column, from, to) =>
      from === undefined && to === undefined
        ? undefined
        : JSON.stringify({ column, from: from?.toString(), to: to?.toString() }),
    async keyExtent(table) {
      const [column] = table.key ?? [];
      const type = table.columns.find(({ name }) => name === column)?.lakeType;
      const keys = stateOf(table).table.rows.map((row) => row[column ?? ""] ?? null);
      if (column === undefined || keys.length === 0 || (type !== "int" && type !== "long")) return undefined;
      const ordered = keys.map((key) => BigInt(key ?? 0)).toSorted((left, right) => (left < right ? -1 : 1));
      return { column, lowest: ordered[0] ?? 0n, highest: ordered.at(-1) ?? 0n, rows: keys.length };
    },
    async digests(table, ranges, salt = "") {
      ask("digests", table);
      if (!gifts.digests) return undefined;
      const sumOfLine = (row: PlainRow): bigint => {
        const line = table.columns.map((column) => digested(row[column.name] ?? null, column)).join("|");
        return BigInt(`0x${sha1(salt + line).slice(0, 15)}`);
      };
      return [...byRange(table, ranges)].map(([range, rows]) => ({
        range,
        rows: rows.length,
        sum: rows.map(sumOfLine).reduce((sum, one) => sum + one, 0n),
      }));
    },
    ...(gifts.versions
      ? {
          async versions(table: SourceTable, ranges: KeyRanges, since: Position) {
            ask("versions", table);
            const { versions } = stateOf(table);
            const isWritten = (row: PlainRow): boolean => (versions.get(row) ?? 0) > sinceOf(since);
            return [...byRange(table, ranges)].map(([range, rows]) => ({
              range,
              rows: rows.length,
              written: rows.filter(isWritten).length,
            }));
          },
        }
      : {}),
    hashed: gifts.hashes ? hashedReads({ gifts, ask, stateOf, read }) : undefined,
    async hasDuplicates(table, columns) {
      ask("hasDuplicates", table);
      const keys = stateOf(table).table.rows.map((row) =>
        JSON.stringify(columns.map((name) => formattedValue(row[name]))),
      );
      return new Set(keys).size < keys.length;
    },
    async read(table, range, sink, signal) {
      ask("read", table);
      signal.throwIfAborted();
      await read(table, rowsIn(stateOf(table).table, range, gifts.splits), sink);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

interface Hashing {
  readonly gifts: Gifts;
  ask(question: string, table: SourceTable): void;
  stateOf(table: SourceTable): State;
  read(table: SourceTable, rows: readonly PlainRow[], sink: RowSink): Promise<void>;
}

function hashedReads({ gifts, ask, stateOf, read }: Hashing): HashedReads {
  const rowsOf = (table: SourceTable, column: string, { from, to }: KeySpan): readonly PlainRow[] =>
    stateOf(table).table.rows.filter((row) => isIn(row, { column, from: from?.toString(), to: to?.toString() }));
  return {
    async spans(table, range, rows) {
      const [column] = table.key ?? [];
      if (column === undefined) return undefined;
      const part: Part = range === undefined ? {} : (JSON.parse(range) as Part);
      const keys = rowsIn(stateOf(table).table, range, gifts.splits).map((row) => BigInt(row[column] ?? 0));
      const size = gifts.spanRows ?? rows;
      const starts = keys.toSorted((left, right) => (left < right ? -1 : 1)).filter((_, index) => index % size === 0);
      const bounds = [bigOf(part.from), ...starts.slice(1), bigOf(part.to)];
      return { column, spans: bounds.slice(0, -1).map((from, index) => ({ from, to: bounds[index + 1] })) };
    },
    async read(table, { column, spans }, sink) {
      ask(sink === undefined ? "hash" : "read", table);
      const hashed: HashedSpan[] = [];
      for (const span of spans) {
        const rows = rowsOf(table, column, span);
        hashed.push({ ...span, rows: rows.length, hash: sha1(rows.map(formatted).join("\n")) });
        if (sink !== undefined) await read(table, rows, sink);
      }
      return hashed;
    },
  };
}

function bigOf(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : BigInt(text);
}

function formattedValue(value: PlainValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function formatted(row: PlainRow): string {
  return JSON.stringify(Object.entries(row).map(([name, value]) => [name, formattedValue(value)]));
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

/** Rows with the numbers from `first` to `last` as `id`. */
export function numberedRows(first: number, last: number, row: (id: number) => PlainRow = () => ({})): PlainRow[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ id: first + index, ...row(first + index) }));
}

export function labelled(id: number): PlainRow {
  return { label: `n${id}` };
}

/** A table of this many numbered and labelled rows, whose key is `id`. */
export function labelledTable(count: number, more: Partial<PlainTable> = {}): PlainTable {
  const columns = { id: "int!", label: "string" };
  return { columns, key: ["id"], rows: numberedRows(1, count, labelled), ...more };
}

/** How many of the questions were this one. */
export function timesAsked({ asked }: PlainSource, question: string): number {
  return sumOf(asked, (one) => (one === question ? 1 : 0));
}
