/**
 * Makes a statement ready to run: its text with every name in its place, and the relations that must be there first. For
 * a view, these are the tables that its text reads, by the rights of its owner, and then the view itself.
 * Invariant: a relation that only the text of a view reads is in a schema whose name nobody can know, so that no other
 * text can mean it.
 */
import { randomBytes } from "node:crypto";
import type { EngineLease } from "../engine/engine-pool.ts";
import { exactNames, type ExactNames } from "./exact-names.ts";
import { foldName } from "./fold-name.ts";
import type { SecuredTable } from "./secured-view.ts";
import { notAllowed } from "./sql-refusal.ts";
import { placedText } from "./statement-pool.ts";
import type { PlacedText } from "./statement-text.ts";
import type { FilePlan, QueryTable } from "./table-source.ts";

export interface StatementToPlace {
  readonly sql: string;
  readonly tables: readonly QueryTable[];
  /** For each mention of a table in the text, its place in `tables`. */
  readonly meant: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

export interface PlacedQuery {
  readonly sql: string;
  /** In the order in which they must be created. */
  readonly tables: readonly SecuredTable[];
  readonly names: ExactNames | undefined;
}

/** Throws like `placeText`. */
export async function placeStatement(lease: EngineLease, statement: StatementToPlace): Promise<PlacedQuery> {
  const bodies: Bodies = { lease, texts: new Map(), relations: [], signal: statement.signal };
  const { sql, tables, names } = await placeOne(bodies, { ...statement, hidden: undefined });
  if (bodies.texts.size > 0 && tables.some(({ schema }) => foldName(schema).startsWith(hiddenSchemas)))
    throw notAllowed("a database of this name beside a view");
  return { sql, tables: [...bodies.relations, ...tables], names };
}

/** Differs in every process, so that nobody can prepare a table of such a name. */
const hiddenSchemas = `view_${randomBytes(16).toString("hex")}_`;

interface Bodies {
  readonly lease: EngineLease;
  /** The texts of the views, by the id of the view as it is read. */
  readonly texts: Map<string, string>;
  readonly relations: SecuredTable[];
  readonly signal: AbortSignal | undefined;
}

async function placeOne(
  bodies: Bodies,
  { sql, tables, meant, hidden }: StatementToPlace & { readonly hidden: string | undefined },
): Promise<PlacedQuery> {
  const text = { sql, tables: tables.map(({ id, columns }) => ({ id, columns })), meant, hidden };
  const placed = await placedText(bodies.lease, { text, signal: bodies.signal });
  for (const table of tables) await placeBody(bodies, table);
  const names = exactNames(tables, placed.marking);
  return { sql: placed.sql, tables: await secure(bodies, { placed, tables, names }), names };
}

async function placeBody(bodies: Bodies, { id, view }: QueryTable): Promise<void> {
  if (view === undefined || bodies.texts.has(id)) return;
  const hidden = `${hiddenSchemas}${bodies.texts.size}_`;
  bodies.texts.set(id, "");
  const { text: sql, tables, mentions: meant } = view;
  const { sql: body, tables: inner } = await placeOne(bodies, { sql, tables, meant, hidden });
  bodies.texts.set(id, body);
  bodies.relations.push(...inner.map((relation) => ({ ...relation, isInner: true })));
}

interface Securable {
  readonly placed: PlacedText;
  readonly tables: readonly QueryTable[];
  readonly names: ExactNames | undefined;
}

/** Makes one plan per table and state, for everything that the statement's mentions of it may need. */
async function secure(
  { lease, texts }: Bodies,
  { placed, tables, names }: Securable,
): Promise<readonly SecuredTable[]> {
  const engine = await lease.blank();
  const plans = await Promise.all(
    tables.map(async (table, index): Promise<FilePlan> => {
      const plan = await table.planFiles(placed.filters[index]);
      const files = await table.shapeFiles?.(engine, plan.files);
      return { ...plan, files: files ?? plan.files };
    }),
  );
  return placed.views.flatMap(({ schema, name, table: index }) => {
    const [table, plan] = [tables[index], plans[index]];
    if (table === undefined || plan === undefined) throw new TypeError("a view is of a table of the statement");
    const filter = placed.filters[index];
    return [{ schema, name, table: names?.marked(table) ?? table, plan, filter, body: texts.get(table.id) }];
  });
}
