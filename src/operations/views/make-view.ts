/**
 * Makes a view, replaces its statement, or takes up an earlier one: finds out what the statement reads by the rights of
 * its owner, and stores that as a new version.
 * Invariant: whoever makes a version of a view may read everything that it reads, in the name in which it is made, also
 * if somebody else changes the view at the same moment.
 */
import type { Transaction } from "kysely";
import { uuidv7 } from "../../base/uuid.ts";
import { isView, type TableEntry } from "../../catalog/catalog.ts";
import { newTableName, tableLabel, type NamedTable } from "../../catalog/table-name.ts";
import type { ViewText } from "../../catalog/view.ts";
import {
  addVersion,
  insertView,
  lockAsSeen,
  nameTaken,
  viewVersions,
  type ViewEntry,
} from "../../catalog/view-store.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { decideFor } from "../../governance/decide.ts";
import { addGrant } from "../../governance/grants.ts";
import type { Permission } from "../../governance/permission.ts";
import { securableTable } from "../../governance/securable.ts";
import type { NestedField } from "../../iceberg/type.ts";
import { authorOf, subjectOf } from "../../identity/principal.ts";
import { describeView, type DescribedView } from "../../query/describe-view.ts";
import { lakeTables } from "../../query/lake-tables.ts";
import type { PlanColumn } from "../../query/plan-lineage.ts";
import type { Context } from "../context.ts";
import { mayKnow } from "../locate.ts";
import type { Call } from "../operation.ts";
import { tableRights } from "../table-rights.ts";
import { mayPassOn, viewRights } from "../view-rights.ts";
import { checkNesting } from "./check-nesting.ts";
import { viewColumns } from "./view-columns.ts";
import { checkMayOwn, chosenOwner, keptOwner, type ChosenOwner } from "./view-owner.ts";

export interface ViewToMake {
  /** `database.view`. */
  readonly name: string;
  readonly sql: string;
  readonly replace: boolean;
  /** As people write principals; undefined for whoever makes it. */
  readonly owner: string | undefined;
  /** The declaration that makes it. */
  readonly origin: string | null;
}

export interface MadeView {
  readonly view: string;
  readonly version: number;
  readonly isNew: boolean;
  readonly owner: string;
  readonly columns: readonly NestedField[];
  readonly reads: readonly string[];
}

/**
 * Throws LAKE_NAME_TAKEN, COMMIT_CONFLICT, NOT_ALLOWED, VIEW_INVALID, VIEW_NOT_ALLOWED, USER_NOT_FOUND and the like, and what a statement
 * throws before it reads anything.
 */
export async function makeView(context: Context, call: Call, asked: ViewToMake): Promise<MadeView> {
  const named = newTableName(asked.name);
  const label = tableLabel(named);
  const existing = await existingView(context, call, { named, replace: asked.replace });
  const kept = existing && asked.owner === undefined ? keptOwner(call.asking, existing.view) : undefined;
  const owner = kept ?? (await chosenOwner(context, call.asking, asked.owner));
  const { accountId } = call.asking;
  // Before anything is found out by the rights of somebody else.
  checkMayOwn(call.asking, { owner, accountId, bases: [] });
  const described = await describeAs(context, call, { sql: asked.sql, owner });
  const bases = await basesOf(
    context,
    described.tables.map(({ securable }) => securable.id),
  );
  checkMayOwn(call.asking, { owner, accountId, bases });
  const earlier = existing === undefined ? [] : await viewVersions(context.db, existing.id);
  const text = viewText(asked.sql, described, viewColumns(described.columns, earlier));
  await checkNesting(context.db, { id: existing?.id, label, reads: text.reads });
  const databaseId = existing?.databaseId ?? (await context.catalog.ensureDatabase(named.database));
  const version = await inPolicyChange(context.db, async (transaction) => {
    const stored = await storeHead(transaction, { ...asked, label, named, databaseId, existing, owner, call, bases });
    return addVersion(transaction, { viewId: stored, text, madeBy: authorOf(call.principal), restored: null });
  });
  const reads = bases.map(tableLabel);
  return { view: label, version, isNew: existing === undefined, owner: owner.label, columns: text.columns, reads };
}

interface Wanted {
  readonly named: NamedTable;
  readonly replace: boolean;
}

/** Throws LAKE_NAME_TAKEN, and NOT_ALLOWED for a view that the caller may not change. */
async function existingView(
  { catalog }: Context,
  { asking }: Call,
  { named, replace }: Wanted,
): Promise<ViewEntry | undefined> {
  const all = await catalog.everything().actingIn(asking.accountId).entries(named.database);
  const own = all.filter(({ isElsewhere }) => isElsewhere !== true);
  const found = own.find(({ name }) => name === named.name);
  // Whoever writes a table's name in other letters must not find a view of somebody else.
  const similar = own.find(({ name }) => name.toLowerCase() === named.name.toLowerCase());
  if (found === undefined && similar !== undefined) throw nameTaken(tableLabel(similar));
  if (found === undefined) return undefined;
  const label = tableLabel(found);
  if (!replace || !isView(found)) throw nameTaken(label);
  const decision = decideFor(asking, "alter", securableTable(found));
  if (!decision.allowed) throw new HeadgateError(decision.code, { place: label, message: decision.because });
  return found;
}

/** A name means only what both the caller may know and the owner may read. */
function describeAs(
  { catalog, engines }: Context,
  { asking, principal, signal }: Call,
  { sql, owner }: { readonly sql: string; readonly owner: ChosenOwner },
): Promise<DescribedView> {
  const asOwner = { asking: owner.asking, follow: () => undefined };
  const read = tableRights(asOwner);
  const all = catalog.everything().actingIn(asking.accountId);
  const tables = lakeTables(all, (entry) => (mayKnow(asking, entry) ? read(entry) : undefined), viewRights(asOwner));
  return describeView({ sql, tables, engines, principal: subjectOf(principal), signal });
}

/** The tables and views of these ids, in their order. */
export async function basesOf(
  { catalog }: Pick<Context, "catalog">,
  ids: readonly string[],
): Promise<readonly TableEntry[]> {
  const all = new Map((await catalog.everything().entries()).map((entry) => [entry.id, entry]));
  return ids.flatMap((id) => all.get(id) ?? []);
}

function viewText(
  text: string,
  { tables, mentions, lineage }: DescribedView,
  columns: readonly NestedField[],
): ViewText {
  const usesOf = (table: number): readonly number[] =>
    lineage.uses.filter((use) => use.table === table).map(({ column }) => fieldIdOf(tables, { table, column }));
  const baseColumn = (column: PlanColumn) => ({
    id: tables[column.table]?.securable.id ?? "",
    fieldId: fieldIdOf(tables, column),
  });
  return {
    text,
    columns,
    mentions,
    reads: tables.map((table, index) => ({
      id: table.securable.id,
      isView: table.view !== undefined,
      columns: table.columns.map(({ fieldId: id, name, type }) => ({ id, name, type, required: false })),
      uses: [...new Set(usesOf(index))],
    })),
    lineage: {
      columns: columns.map(({ id }, index) => ({ column: id, from: (lineage.columns[index] ?? []).map(baseColumn) })),
      influences: lineage.influences.map(baseColumn),
    },
  };
}

function fieldIdOf(tables: DescribedView["tables"], { table, column }: PlanColumn): number {
  const found = tables[table]?.columns[column];
  if (found === undefined) throw new TypeError("a plan reads only columns of its tables");
  return found.fieldId;
}

interface Head extends Wanted {
  readonly label: string;
  readonly databaseId: string;
  readonly existing: ViewEntry | undefined;
  readonly owner: ChosenOwner;
  readonly origin: string | null;
  readonly call: Call;
  readonly bases: readonly TableEntry[];
}

/** Returns the id of the view. */
async function storeHead(transaction: Transaction<Tables>, head: Head): Promise<string> {
  const { label, named, databaseId, existing, owner, origin } = head;
  if (existing === undefined) {
    const id = uuidv7();
    const { id: ownerId, accountId: ownerAccountId } = owner;
    await insertView(transaction, { id, databaseId, name: named.name, ownerId, ownerAccountId, origin, label });
    await grantToOwner(transaction, { ...head, viewId: id });
    return id;
  }
  await lockAsSeen(transaction, existing);
  if ((existing.view.ownerId ?? null) !== owner.id) await changeOwner(transaction, { ...head, view: existing });
  return existing.id;
}

interface OwnerChange {
  readonly view: Pick<ViewEntry, "id">;
  readonly owner: ChosenOwner;
  readonly call: Call;
  readonly bases: readonly TableEntry[];
}

/** The earlier owner keeps what was granted to them, as everybody else does. */
export async function changeOwner(transaction: Transaction<Tables>, change: OwnerChange): Promise<void> {
  const { view, owner } = change;
  await transaction
    .updateTable("views")
    .set({ owner_id: owner.id, owner_account_id: owner.accountId })
    .where("id", "=", view.id)
    .execute();
  await grantToOwner(transaction, { ...change, viewId: view.id });
}

interface OwnersGrants extends Omit<OwnerChange, "view"> {
  readonly viewId: string;
}

/**
 * Owners read, change and drop their views by ordinary grants, which everybody can see and end. They may pass on reading
 * if they could pass on what the view reads.
 */
async function grantToOwner(
  transaction: Transaction<Tables>,
  { viewId, owner, call, bases }: OwnersGrants,
): Promise<void> {
  const { id: principalId, asking } = owner;
  if (principalId === null) return;
  const isGrantable = bases.every((base) => mayPassOn(asking, base));
  const owned: readonly Permission[] = ["SELECT", "ALTER", "DROP"];
  for (const permission of owned)
    await addGrant(
      transaction,
      {
        principalId,
        on: { kind: "table", id: viewId },
        permission,
        isGrantable: permission === "SELECT" && isGrantable,
        columns: { mode: "all" },
        filterId: undefined,
        valid: { from: undefined, until: undefined },
        parentId: undefined,
      },
      { by: authorOf(call.principal), origin: "creator" },
    );
}
