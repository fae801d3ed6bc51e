/**
 * Three readers of a part of TPC-H's tables, and the same parts for plain DuckDB, written by hand: one does not see some
 * columns, one sees some masked, and one sees some of the rows.
 */
import { must } from "../../src/base/must.ts";
import { quoteName } from "../../src/engine/duckdb-type.ts";
import type { Mask, MaskAction } from "../../src/governance/mask.ts";
import { parsePredicate } from "../../src/governance/predicate/parse-predicate.ts";
import type { AccessPart, TableAccess } from "../../src/governance/table-access.ts";
import { currentSchema } from "../../src/iceberg/table-metadata.ts";
import type { NestedField } from "../../src/iceberg/type.ts";
import type { Context } from "../../src/operations/context.ts";
import type { TableRights } from "../../src/query/readable-tables.ts";
import { database } from "./lake-table.ts";
import type { BareTables } from "./race.ts";

export interface Reader {
  readonly rights: TableRights;
  readonly bare: BareTables;
}

/** The access of a reader to one table, and the text that plain DuckDB selects instead of everything. */
interface Part {
  readonly part: (fields: readonly NestedField[]) => Partial<AccessPart>;
  /** Follows `select`; the rest of the statement is `from <files>` and then `where`. */
  readonly list?: string;
  readonly where?: string;
}

type Parts = Readonly<Record<string, Part>>;

/** No query of TPC-H needs these. */
const unneeded: Parts = {
  lineitem: without("l_comment"),
  partsupp: without("ps_comment"),
  part: without("p_comment"),
  region: without("r_comment"),
  nation: without("n_comment"),
};

function without(column: string): Part {
  return {
    part: (fields) => ({ columns: { mode: "exclude", fieldIds: new Set([idOf(fields, column)]) } }),
    list: `* exclude (${column})`,
  };
}

const characters = (text: string): string =>
  `regexp_replace(regexp_replace(${text}, '[^0-9(),.@-]', 'x', 'g'), '[0-9]', 'n', 'g')`;

/** Queries show these, or look into them. */
const masked: Parts = {
  customer: shown({
    c_phone: ["show-last-4", `${characters("left(c_phone, greatest(length(c_phone) - 4, 0))")} || right(c_phone, 4)`],
    c_address: ["mask-alphanum", characters("c_address")],
    c_acctbal: ["mask-to-default", "case when c_acctbal is not null then 0::decimal(15,2) end"],
  }),
  supplier: shown({
    s_phone: ["sha-256-global", "sha256(s_phone)"],
    s_address: ["show-first-4", `left(s_address, 4) || ${characters("substr(s_address, 5)")}`],
  }),
  orders: shown({ o_clerk: ["replace-with-null", "nullif(o_clerk, o_clerk)"] }),
  lineitem: shown({ l_comment: ["mask-alphanum", characters("l_comment")] }),
};

function shown(columns: Readonly<Record<string, readonly [MaskAction, string]>>): Part {
  const list = Object.entries(columns);
  return {
    part: (fields) => ({
      masks: new Map(list.map(([column, [action]]): [number, Mask] => [idOf(fields, column), { action }])),
    }),
    list: `* replace (${list.map(([column, [, sql]]) => `${sql} as ${quoteName(column)}`).join(", ")})`,
  };
}

const filtered: Parts = {
  lineitem: rows("l_shipmode in ('AIR', 'MAIL', 'SHIP', 'TRUCK', 'RAIL') or l_quantity < 10"),
  orders: rows("o_orderpriority <> '5-LOW'"),
  customer: rows("c_mktsegment = 'BUILDING' or c_nationkey between 3 and 20"),
};

function rows(text: string): Part {
  return { part: (fields) => ({ rows: [parsePredicate(text, fields)] }), where: text };
}

export async function restrictedReaders(
  context: Context,
  bare: BareTables,
): Promise<{ readonly columns: Reader; readonly masked: Reader; readonly rows: Reader }> {
  return {
    columns: await reader(context, bare, unneeded),
    masked: await reader(context, bare, masked),
    rows: await reader(context, bare, filtered),
  };
}

async function reader({ catalog }: Context, bare: BareTables, parts: Parts): Promise<Reader> {
  const accesses = new Map<string, TableAccess>();
  for (const name of bare.keys()) {
    const { metadata } = await catalog.find(`${database}.${name}`);
    const own = parts[name]?.part(currentSchema(metadata).fields);
    accesses.set(name, { parts: [{ columns: { mode: "all" }, rows: [], masks: new Map(), ...own }] });
  }
  const byHand = [...bare].map(([name, files]): [string, string] => {
    const { list = "*", where = "true" } = parts[name] ?? {};
    return [name, `(select ${list} from ${files} where ${where})`];
  });
  return { rights: ({ name }) => must(accesses.get(name), "a table of TPC-H"), bare: new Map(byHand) };
}

function idOf(fields: readonly NestedField[], column: string): number {
  return must(
    fields.find(({ name }) => name === column),
    column,
  ).id;
}
