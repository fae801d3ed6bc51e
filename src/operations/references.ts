/** Operations on the states of a table: tags and branches, and rolling back to an earlier state. */
import { z } from "zod";
import type { Catalog, CatalogTable } from "../catalog/catalog.ts";
import { tableLabel } from "../catalog/table-name.ts";
import { changeTable } from "../writer/change-table.ts";
import { findSnapshot } from "../catalog/find-snapshot.ts";
import { HeadgateError } from "../errors.ts";
import { ancestors } from "../iceberg/expire-snapshots.ts";
import type { Snapshot } from "../iceberg/snapshot.ts";
import type { TableUpdate } from "../iceberg/table-update.ts";
import { parseAsOf } from "../query/as-of.ts";
import { historyOfProperty } from "../catalog/history-of-property.ts";
import { lockSource } from "../sync/run/lock-source.ts";
import { rollBack, type RollBack } from "../sync/history/roll-back.ts";
import type { Context } from "./context.ts";
import { ofCommit, ofTable } from "./failures.ts";
import { list } from "./answers.ts";
import { checkFigures } from "./known-to.ts";
import { operation } from "./operation.ts";

const reference = z
  .strictObject({
    name: z.string(),
    type: z.enum(["tag", "branch"]),
    snapshotId: z.string().describe("A 64-bit integer as text."),
    keptFor: z.number().nullable().describe("In seconds; null if it never expires."),
  })
  .meta({ title: "Reference" });

export type PresentedReference = z.infer<typeof reference>;

export const referenceList = operation({
  name: "reference.list",
  summary: "List the tags and branches of a table",
  action: "watch",
  input: z.strictObject({ table: z.string() }),
  output: z.strictObject({ references: list(reference) }),
  errors: ofTable,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run({ catalog }, { table }, { asking }): Promise<{ references: readonly PresentedReference[] }> {
    const found = await catalog.find(table);
    checkFigures(asking, found);
    return { references: presented(found) };
  },
});

/** A state that has a name is kept as long as the name exists, even when other old states are removed. */
export const referenceSet = operation({
  name: "reference.set",
  summary: "Name a state of a table with a tag or a branch",
  action: "operate",
  input: z.strictObject({
    table: z.string(),
    name: z
      .string()
      .regex(/^[A-Za-z][\w.-]{0,199}$/, "the name begins with a letter and may have letters, digits, dots, _ and -"),
    type: z.enum(["tag", "branch"]),
    /** A time, a snapshot or run id, or another name; by default the current state. */
    at: z.string().optional(),
    /** In seconds; by default for good. */
    keepFor: z.number().int().positive().optional(),
  }),
  output: reference,
  errors: [...ofCommit, "NAME_TAKEN"],
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run({ catalog }, { table: label, name, type, at, keepFor }): Promise<PresentedReference> {
    const table = await catalog.find(label);
    if (name === "main")
      throw new HeadgateError("NAME_TAKEN", { place: name, message: "main is the name of the table's own branch" });
    let { snapshotId } = stateOf(table, at);
    await changeTable(catalog, {
      table,
      updates(present) {
        ({ snapshotId } = stateOf(present, at));
        const ref = { snapshotId, type, maxRefAgeMs: keepFor === undefined ? undefined : keepFor * 1000 };
        return [{ action: "set-snapshot-ref", refName: name, ...ref }];
      },
      summary: `${type} ${name} of ${tableLabel(table)}`,
    });
    return { name, type, snapshotId: String(snapshotId), keptFor: keepFor ?? null };
  },
});

export const referenceRemove = operation({
  name: "reference.remove",
  summary: "Remove a tag or branch of a table; its state is removed later if nothing else retains it",
  action: "operate",
  input: z.strictObject({ table: z.string(), name: z.string() }),
  output: z.strictObject({ removed: z.string() }),
  errors: ofCommit,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run({ catalog }, { table: label, name }): Promise<{ removed: string }> {
    const table = await catalog.find(label);
    await changeTable(catalog, {
      table,
      updates({ metadata }) {
        if (name === "main" || metadata.refs[name] === undefined)
          throw new HeadgateError("SNAPSHOT_NOT_FOUND", { place: `${tableLabel(table)} at ${name}` });
        return [{ action: "remove-snapshot-ref", refName: name }];
      },
      summary: `${name} of ${tableLabel(table)} removed`,
    });
    return { removed: name };
  },
});

const rolledBack = z.strictObject({
  table: z.string(),
  from: z.string(),
  to: z.string(),
  source: z.string().optional().describe("The source that feeds the table. Its next sync updates the table again."),
});

export type RolledBack = z.infer<typeof rolledBack>;

export const tableRollback = operation({
  name: "table.rollback",
  summary: "Return a table to one of its earlier states",
  action: "operate",
  input: z.strictObject({ table: z.string(), to: z.string() }),
  output: rolledBack,
  errors: ofCommit,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, { table: label, to }, { report, signal }): Promise<RolledBack> {
    const table = await context.catalog.find(label);
    refuseHistory(table);
    const { snapshotId } = stateOf(table, to);
    let from: bigint | undefined;
    const asked: RollBack = {
      table,
      updates(present) {
        from = present.metadata.currentSnapshotId;
        return from === snapshotId ? [] : [backTo(snapshotId, { table: present, to })];
      },
      summary: `${tableLabel(table)} rolled back to ${snapshotId}`,
      signal,
    };
    const feeding = await feedingSource(context, table);
    if (feeding === undefined) await rollBack(context, asked);
    else await lockSource(context.db, { sourceId: feeding, report }, () => rollBack(context, asked));
    const source = table.metadata.properties["headgate.source"];
    return { table: tableLabel(table), from: String(from), to: String(snapshotId), source };
  },
});

/** Throws USAGE for a history table: rolled back, it would no longer match its table. */
function refuseHistory(table: CatalogTable): void {
  if (table.metadata.properties[historyOfProperty] === undefined) return;
  throw new HeadgateError("USAGE", {
    place: tableLabel(table),
    message: "this table is the history of another table and cannot be rolled back",
    remedy: "roll back the other table; its history then records the change",
  });
}

/** The source whose lock the rollback takes, so that it does not overlap with a run. */
async function feedingSource({ db }: Context, { id }: CatalogTable): Promise<string | undefined> {
  const row = await db.selectFrom("positions").select("source_id").where("table_id", "=", id).executeTakeFirst();
  return row?.source_id;
}

/** Throws SNAPSHOT_NOT_FOUND for a state that is on another branch. */
function backTo(snapshotId: bigint, { table, to }: { table: CatalogTable; to: string }): TableUpdate {
  const { currentSnapshotId: from, refs } = table.metadata;
  const isEarlier = from !== undefined && ancestors(table.metadata, from).some((one) => one.snapshotId === snapshotId);
  if (!isEarlier)
    throw new HeadgateError("SNAPSHOT_NOT_FOUND", {
      place: `${tableLabel(table)} at ${to}`,
      message: "this state is not an earlier one of the table, because it is on another branch",
    });
  return { action: "set-snapshot-ref", refName: "main", ...refs["main"], snapshotId, type: "branch" };
}

/** Throws SNAPSHOT_NOT_FOUND, USAGE. */
function stateOf(table: CatalogTable, text: string | undefined): Snapshot {
  const snapshot = findSnapshot(table, text === undefined ? undefined : parseAsOf(text));
  if (snapshot !== undefined) return snapshot;
  throw new HeadgateError("SNAPSHOT_NOT_FOUND", { place: tableLabel(table), message: "the table has no state yet" });
}

function presented({ metadata }: Awaited<ReturnType<Catalog["find"]>>): readonly PresentedReference[] {
  return Object.entries(metadata.refs).map(([name, { snapshotId, type, maxRefAgeMs }]) => ({
    name,
    type,
    snapshotId: String(snapshotId),
    keptFor: maxRefAgeMs === undefined ? null : maxRefAgeMs / 1000,
  }));
}
