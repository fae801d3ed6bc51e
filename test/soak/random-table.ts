/**
 * A table that changes at random: rows are added, changed and removed, keys change, columns are added, dropped, renamed
 * and widened, and the whole table is emptied, or dropped and created again. It only creates statements and runs none.
 */
import type { Dialect } from "../world/sample-shop.ts";
import type { ColumnKind } from "./column-kinds.ts";
import type { Random } from "./random.ts";

type KeyKind = "number" | "composite" | "text" | "none";

interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Set for a column that was part of a key. */
  readonly isRequired?: boolean;
}

export interface RandomTable {
  readonly name: string;
  readonly create: readonly string[];
  /** Statements for a round of changes. */
  change(): readonly string[];
  /** Statements that write rows and do not change the table's columns. */
  touch(): readonly string[];
  /** Sets its new name; the caller has renamed it. */
  becomes(name: string): void;
}

interface TableParts {
  readonly dialect: Dialect;
  readonly random: Random;
  /** Unique among all tables ever created. */
  readonly number: number;
  /** The kinds of its columns. */
  readonly kinds: readonly ColumnKind[];
  /** Text after the columns: `engine=Aria`. */
  readonly ending?: string | undefined;
}

const oddities = ["", " with space", ".dot", "-dash", " ☕", " 'quote", " select", "_Case"];

export function randomTable({ dialect, random, number, kinds, ending = "" }: TableParts): RandomTable {
  let name = `t${number}${random.pick(oddities)}`;
  const quote = (text: string): string => quoted(dialect, text);
  let table = quote(name);
  let keyKind: KeyKind = random.pick(["number", "number", "composite", "text", "none", "none"]);
  let columns: Column[] = Array.from({ length: 1 + random.below(7) }, (_, index) => newColumn(`c${index}`));
  let named = columns.length;
  let nextKey = 1;

  function newColumn(columnName: string): Column {
    return { name: columnName + random.pick(["", "", " x", "ü"]), kind: random.pick(kinds) };
  }
  function literal({ kind, isRequired = false }: Column): string {
    return !isRequired && random.chance(0.15) ? "null" : random.pick(kind.values);
  }
  function keyValue(): readonly string[] {
    const key = nextKey++;
    if (keyKind === "number") return [String(key)];
    if (keyKind === "composite") return [String(key % 7), `'k${key}'`];
    return keyKind === "text" ? [`'${String(key * 7919).padStart(12, "0")}-key'`] : [];
  }
  function keyColumns(): readonly string[] {
    const names: Record<KeyKind, readonly string[]> = { number: ["id"], composite: ["a", "b"], text: ["id"], none: [] };
    return names[keyKind].map(quote);
  }
  function createStatement(): string {
    const keys: Record<KeyKind, readonly string[]> = {
      number: ["id bigint not null"],
      composite: ["a int not null", "b varchar(20) not null"],
      text: ["id varchar(36) not null"],
      none: [],
    };
    const parts = [...keys[keyKind], ...columns.map((column) => `${quote(column.name)} ${column.kind.type}`)];
    if (keyKind !== "none") parts.push(`primary key (${keyColumns().join(", ")})`);
    return `create table ${table} (${parts.join(", ")}) ${ending}`;
  }
  function insert(rows: number): string {
    const list = [...keyColumns(), ...columns.map((column) => quote(column.name))];
    const values = Array.from({ length: rows }, () => `(${[...keyValue(), ...columns.map(literal)].join(", ")})`);
    return `insert into ${table} (${list.join(", ")}) values ${values.join(", ")}`;
  }
  function some(rows: number): string {
    if (dialect === "mariadb") return ` order by rand() limit ${rows}`;
    return ` where ctid in (select ctid from ${table} order by random() limit ${rows})`;
  }
  function update(rows: number): string {
    const column = random.pick(columns);
    return `update ${table} set ${quote(column.name)} = ${literal(column)}${some(rows)}`;
  }
  function moveKey(): string {
    const [first = "", second] = keyColumns();
    if (keyKind === "none") return update(1);
    const values = keyValue();
    const assignments = [`${first} = ${values[0]}`, ...(second === undefined ? [] : [`${second} = ${values[1]}`])];
    return `update ${table} set ${assignments.join(", ")}${some(1)}`;
  }
  function touchAll(): string {
    const column = quote(random.pick(columns).name);
    return `update ${table} set ${column} = ${column}`;
  }
  function duplicate(): string {
    return keyKind === "none" ? `insert into ${table} select * from ${table} limit 5` : insert(3);
  }
  function addColumn(): string {
    const column = newColumn(`c${named++}`);
    columns = [...columns, column];
    const fallback = random.chance(0.4) ? ` default ${random.pick(column.kind.values)}` : "";
    return `alter table ${table} add column ${quote(column.name)} ${column.kind.type}${fallback}`;
  }
  function dropColumn(): string {
    if (columns.length < 2) return insert(1);
    const column = random.pick(columns);
    columns = columns.filter((other) => other !== column);
    return `alter table ${table} drop column ${quote(column.name)}`;
  }
  function renameColumn(): string {
    const column = random.pick(columns);
    const renamed = { ...column, name: `c${named++}` };
    columns = columns.map((other) => (other === column ? renamed : other));
    return `alter table ${table} rename column ${quote(column.name)} to ${quote(renamed.name)}`;
  }
  function changeType(column: Column, type: string): string {
    const verb =
      dialect === "postgres"
        ? `alter column ${quote(column.name)} type ${type}`
        : `modify column ${quote(column.name)} ${type}`;
    return `alter table ${table} ${verb}`;
  }
  function widen(): string {
    const column = columns.find(({ kind }) => kind.wider !== undefined);
    if (column === undefined) return insert(2);
    const kind = { ...column.kind, type: column.kind.wider ?? "", wider: undefined };
    columns = columns.map((other) => (other === column ? { ...column, kind } : other));
    return changeType(column, kind.type);
  }
  function toText(): string {
    const column = columns.find(({ kind }) => kind.type === "int" || kind.type === "bigint");
    if (column === undefined) return update(3);
    const kind = { type: "varchar(60)", values: ["'was a number'", "''"] };
    columns = columns.map((other) => (other === column ? { ...column, kind } : other));
    return changeType(column, kind.type);
  }
  function dropKey(): string {
    if (keyKind === "none") return duplicate();
    const old = keyKind === "number" ? ["id"] : keyKind === "text" ? ["id"] : ["a", "b"];
    const integer = { type: "bigint", values: ["1", "2"] };
    const text = { type: "varchar(40)", values: ["'k'", "''"] };
    columns = [
      ...old.map((key) => ({
        name: key,
        isRequired: true,
        kind: key === "a" || keyKind === "number" ? integer : text,
      })),
      ...columns,
    ];
    keyKind = "none";
    return dialect === "postgres" ? dropPostgresKey(table) : `alter table ${table} drop primary key`;
  }
  function remake(): readonly string[] {
    columns = Array.from({ length: 1 + random.below(5) }, () => newColumn(`c${named++}`));
    keyKind = random.pick(["number", "composite", "none"]);
    return [`drop table ${table}`, createStatement(), insert(1 + random.below(20))];
  }
  function drift(): readonly string[] {
    return random.pick<() => readonly string[]>([
      () => [addColumn()],
      () => [addColumn(), update(5)],
      () => [dropColumn()],
      () => [renameColumn()],
      () => [widen()],
      () => [toText()],
      () => [dropKey()],
      remake,
    ])();
  }
  function work(): readonly string[] {
    return random.pick<() => readonly string[]>([
      () => [insert(1 + random.below(60))],
      () => [insert(1)],
      () => [update(1 + random.below(20))],
      () => [update(1)],
      () => [`delete from ${table}${some(1 + random.below(10))}`],
      () => [moveKey()],
      () => [duplicate()],
      () => [touchAll()],
      () => [random.chance(0.2) ? `delete from ${table}` : insert(5)],
      () => [random.chance(0.2) ? `truncate table ${table}` : update(2)],
    ])();
  }
  const rows = random.chance(0.05) ? 4000 : random.below(150);
  const fill = Array.from({ length: Math.ceil(rows / 500) }, (_, index) => insert(Math.min(500, rows - index * 500)));
  const touch = (): readonly string[] => Array.from({ length: 1 + random.below(4) }, work).flat();
  return {
    get name() {
      return name;
    },
    create: [createStatement(), ...fill],
    change: () => (random.chance(0.25) ? drift() : touch()),
    touch,
    becomes(next) {
      name = next;
      table = quote(name);
    },
  };
}

export function quoted(dialect: Dialect, name: string): string {
  return dialect === "postgres" ? `"${name.replaceAll('"', '""')}"` : `\`${name.replaceAll("`", "``")}\``;
}

/** Finds the constraint of its key, because a copy of a table has one of another name. */
function dropPostgresKey(table: string): string {
  const found = `select format('alter table %s drop constraint %I', conrelid::regclass, conname) from pg_constraint`;
  const where = `where conrelid = '${table.replaceAll("'", "''")}'::regclass and contype = 'p'`;
  return `do $$ begin execute (${found} ${where}); end $$`;
}
