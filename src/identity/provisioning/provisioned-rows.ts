/**
 * The rows of what a provider has provisioned: finding them, and counting their versions.
 * Invariant: nothing outside the scope is ever found, and nothing that has ended, whoever ended it.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { Scope } from "./scope.ts";

type Kind = "user" | "group";

export type Document = Readonly<Record<string, unknown>>;

export interface ProvisionedRow {
  readonly id: string;
  /** The name of the user or the group here. */
  readonly principal: string;
  /** The provider's name. */
  readonly name: string;
  readonly externalId: string | null;
  readonly active: boolean | null;
  readonly document: Document;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export interface Sought {
  readonly id?: string | undefined;
  /** In any letter case. */
  readonly name?: string | undefined;
  readonly externalId?: string | undefined;
  /** The number of those that are left out at the beginning. */
  readonly skip?: number | undefined;
  readonly most?: number | undefined;
}

export interface Found {
  readonly total: number;
  readonly rows: readonly ProvisionedRow[];
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function findRows(db: Kysely<Tables>, scope: Scope, kind: Kind, sought: Sought): Promise<Found> {
  const { id, name, externalId, skip = 0, most } = sought;
  if (id !== undefined && !uuid.test(id)) return { total: 0, rows: [] };
  const chosen = selectRows(db, scope, kind)
    .$if(id !== undefined, (query) => query.where("provisioned.id", "=", id ?? ""))
    .$if(name !== undefined, (query) => query.where(sql<boolean>`lower(provisioned.name) = lower(${name ?? ""})`))
    .$if(externalId !== undefined, (query) => query.where("provisioned.external_id", "=", externalId ?? ""));
  const { total } = await chosen
    .clearSelect()
    .select(({ fn }) => fn.countAll<bigint>().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await chosen
    .orderBy("provisioned.id")
    .offset(skip)
    .$if(most !== undefined, (query) => query.limit(most ?? 0))
    .execute();
  return { total: Number(total), rows };
}

/** Throws PROVISIONED_NOT_FOUND. */
export async function getRow(db: Kysely<Tables>, scope: Scope, kind: Kind, id: string): Promise<ProvisionedRow> {
  const [row] = (await findRows(db, scope, kind, { id })).rows;
  if (row === undefined) throw new HeadgateError("PROVISIONED_NOT_FOUND", { place: id });
  return row;
}

function selectRows(db: Kysely<Tables>, { provider, account }: Scope, kind: Kind) {
  return db
    .selectFrom("provisioned")
    .innerJoin("principals", "principals.id", "provisioned.id")
    .select(["provisioned.id", "principals.name as principal", "provisioned.name"])
    .select(["provisioned.external_id as externalId", "provisioned.active", "provisioned.document"])
    .select(["provisioned.version", "provisioned.created_at as createdAt", "provisioned.changed_at as changedAt"])
    .where("provisioned.kind", "=", kind)
    .where("provider_id", "=", provider.id)
    .where("provisioned.account_id", "=", account.id)
    .where("provisioned.deleted_at", "is", null)
    .where("principals.deleted_at", "is", null);
}

export interface RowValues {
  readonly name: string;
  readonly externalId: string | null;
  readonly active: boolean | null;
  readonly document: Document;
}

/** Throws PROVISIONED_TAKEN. */
export async function insertRow(
  db: Kysely<Tables>,
  { provider, account }: Scope,
  { id, kind, ...values }: RowValues & { readonly id: string; readonly kind: Kind },
): Promise<void> {
  await db
    .insertInto("provisioned")
    .values({ id, kind, provider_id: provider.id, account_id: account.id, ...columnsOf(values) })
    .execute();
}

export async function updateRow(db: Kysely<Tables>, id: string, values: RowValues): Promise<void> {
  await db
    .updateTable("provisioned")
    .set({ ...columnsOf(values), version: sql`version + 1`, changed_at: sql<Date>`clock_timestamp()` })
    .where("id", "=", id)
    .execute();
}

function columnsOf({ name, externalId, active, document }: RowValues) {
  return { name, external_id: externalId, active, document: JSON.stringify(document) };
}

/** Throws PROVISIONED_CHANGED if it is no longer as it was looked at. */
export function checkVersion({ id, version }: ProvisionedRow, expected: bigint | undefined): void {
  if (expected !== undefined && expected !== version) throw new HeadgateError("PROVISIONED_CHANGED", { place: id });
}

/** Throws PROVISIONED_TAKEN if another has the name (of users only) or the external id. */
export async function checkFree(
  db: Kysely<Tables>,
  scope: Scope,
  {
    kind,
    id,
    name,
    externalId,
  }: Pick<RowValues, "name" | "externalId"> & { readonly kind: Kind; readonly id?: string },
): Promise<void> {
  await forgetEnded(db, scope);
  const alike = [
    ...(kind === "user" ? [{ what: "userName", sought: { name } }] : []),
    ...(externalId === null ? [] : [{ what: "externalId", sought: { externalId } }]),
  ];
  for (const { what, sought } of alike)
    for (const row of (await findRows(db, scope, kind, sought)).rows)
      if (row.id !== id)
        throw new HeadgateError("PROVISIONED_TAKEN", { place: what, message: `another ${kind} has this ${what}` });
}

/** Whoever was removed by hand keeps no name. */
async function forgetEnded(db: Kysely<Tables>, { provider }: Scope): Promise<void> {
  await db
    .updateTable("provisioned")
    .set({ deleted_at: sql`clock_timestamp()` })
    .where("provider_id", "=", provider.id)
    .where("deleted_at", "is", null)
    .where("id", "in", db.selectFrom("principals").select("id").where("deleted_at", "is not", null))
    .execute();
}
