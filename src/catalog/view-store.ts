/**
 * The views in the metadata database: their names, owners and versions. It decides about no right.
 * Invariant: a version is added and never changed.
 */
import { sql, type Kysely, type RawBuilder, type Selectable, type Transaction } from "kysely";
import type { Tables } from "../db/tables.ts";
import type { ViewVersionRow } from "../db/view-rows.ts";
import { HeadgateError } from "../errors.ts";
import { isTakenName } from "./is-taken-name.ts";
import { storedText, viewTextOf, type ViewHead, type ViewText, type ViewVersion } from "./view.ts";

/** A view in a list of tables, with every member that tables have there. */
export interface ViewEntry {
  readonly id: string;
  readonly account: string;
  readonly isElsewhere: boolean;
  readonly database: string;
  readonly databaseId: string;
  readonly accountId: string;
  readonly name: string;
  readonly location: "";
  readonly places: readonly string[];
  readonly metadataLocation: string;
  readonly view: ViewHead;
}

/** The tables or views to read; without a condition, all of them. */
export interface Wanted {
  /** The account in which names are read. */
  readonly accountId: string | undefined;
  readonly database?: string | undefined;
  /** Ids of the things, or of their databases. */
  readonly ids?: readonly string[] | undefined;
}

/** Whether a row of these has one of the ids, or its database does. */
export function isOneOf(things: "tables" | "views", ids: readonly string[]): RawBuilder<boolean> {
  const of = (column: string) => sql`${sql.ref(`${things}.${column}`)} = any(${ids}::uuid[])`;
  return sql<boolean>`(${of("id")} or ${of("database_id")})`;
}

export async function selectViews(
  db: Kysely<Tables>,
  { accountId, database, ids }: Wanted,
): Promise<readonly ViewEntry[]> {
  const rows = await db
    .selectFrom("views")
    .innerJoin("databases", "databases.id", "views.database_id")
    .innerJoin("accounts", "accounts.id", "databases.account_id")
    .selectAll("views")
    .select(["accounts.name as account", "databases.name as database", "databases.account_id as account_id"])
    .$if(database !== undefined, (query) => query.where("databases.name", "=", database ?? ""))
    .$if(ids !== undefined, (query) => query.where(isOneOf("views", ids ?? [])))
    .orderBy("databases.name")
    .orderBy("views.name")
    .orderBy("accounts.name")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    account: row.account,
    isElsewhere: row.account_id !== accountId,
    database: row.database,
    databaseId: row.database_id,
    accountId: row.account_id,
    name: row.name,
    location: "",
    places: [],
    metadataLocation: `view ${row.id} ${row.version}`,
    view: {
      ownerId: row.owner_id ?? undefined,
      ownerAccountId: row.owner_account_id ?? undefined,
      version: row.version,
      origin: row.origin ?? undefined,
    },
  }));
}

/** Newest first. */
export async function viewVersions(db: Kysely<Tables>, viewId: string): Promise<readonly ViewVersion[]> {
  const rows = await db
    .selectFrom("view_versions")
    .selectAll()
    .where("view_id", "=", viewId)
    .orderBy("version", "desc")
    .execute();
  return rows.map(versionOf);
}

/** Throws TABLE_NOT_FOUND for a view that was dropped meanwhile. */
export async function viewVersion(db: Kysely<Tables>, { id, view, name }: ViewEntry): Promise<ViewVersion> {
  const row = await db
    .selectFrom("view_versions")
    .selectAll()
    .where("view_id", "=", id)
    .where("version", "=", view.version)
    .executeTakeFirst();
  if (row === undefined)
    throw new HeadgateError("TABLE_NOT_FOUND", { place: name, message: `there is no table ${name}` });
  return versionOf(row);
}

function versionOf(row: Selectable<ViewVersionRow>): ViewVersion {
  const { version, made_at: madeAt, made_by: madeBy, restored } = row;
  return { ...viewTextOf(row), version, madeAt, madeBy, restored };
}

export interface NewView {
  readonly id: string;
  readonly databaseId: string;
  readonly name: string;
  readonly ownerId: string | null;
  readonly ownerAccountId: string | null;
  readonly origin: string | null;
  /** `database.view`, for messages. */
  readonly label: string;
}

/** Throws LAKE_NAME_TAKEN. */
export async function insertView(transaction: Transaction<Tables>, view: NewView): Promise<void> {
  try {
    await transaction
      .insertInto("views")
      .values({
        id: view.id,
        database_id: view.databaseId,
        name: view.name,
        owner_id: view.ownerId,
        owner_account_id: view.ownerAccountId,
        version: 0,
        origin: view.origin,
      })
      .execute();
  } catch (failure) {
    throw isTakenName(failure) ? nameTaken(view.label, failure) : failure;
  }
}

export function nameTaken(label: string, cause?: unknown): HeadgateError {
  return new HeadgateError("LAKE_NAME_TAKEN", {
    place: label,
    message: `${label} is the name of a table or a view already`,
    remedy: "choose another name, or replace the view with: headgate view create --replace",
    cause,
  });
}

/**
 * Locks a view that is to be changed. Rights were examined for the owner and the statement that it had when it was looked
 * at, so it must still have them. Throws TABLE_NOT_FOUND, COMMIT_CONFLICT.
 */
export async function lockAsSeen(transaction: Transaction<Tables>, { id, name, view }: ViewEntry): Promise<void> {
  const now = await transaction
    .selectFrom("views")
    .select(["owner_id", "owner_account_id", "version"])
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  if (now === undefined)
    throw new HeadgateError("TABLE_NOT_FOUND", { place: name, message: `there is no table ${name}` });
  const isSame =
    now.version === view.version &&
    now.owner_id === (view.ownerId ?? null) &&
    now.owner_account_id === (view.ownerAccountId ?? null);
  if (!isSame)
    throw new HeadgateError("COMMIT_CONFLICT", {
      place: name,
      message: "somebody else gave the view another statement or another owner at the same moment",
    });
}

export interface NewVersion {
  readonly viewId: string;
  readonly text: ViewText;
  readonly madeBy: string | null;
  readonly restored: number | null;
}

/** Returns its number. The row of the view stays locked until the transaction ends. */
export async function addVersion(
  transaction: Transaction<Tables>,
  { viewId, text, madeBy, restored }: NewVersion,
): Promise<number> {
  const { version } = await transaction
    .updateTable("views")
    .set((row) => ({ version: row("version", "+", 1) }))
    .where("id", "=", viewId)
    .returning("version")
    .executeTakeFirstOrThrow();
  await transaction
    .insertInto("view_versions")
    .values({ view_id: viewId, version, ...storedText(text), made_by: madeBy, restored })
    .execute();
  return version;
}

/** Every view with the version that is read. */
export async function allViews(
  db: Kysely<Tables>,
  accountId: string | undefined,
): Promise<readonly { readonly entry: ViewEntry; readonly text: ViewVersion }[]> {
  const entries = await selectViews(db, { accountId });
  const rows = await db
    .selectFrom("view_versions")
    .innerJoin("views", (join) =>
      join.onRef("views.id", "=", "view_versions.view_id").onRef("views.version", "=", "view_versions.version"),
    )
    .selectAll("view_versions")
    .execute();
  const texts = new Map(rows.map((row) => [row.view_id, row]));
  return entries.flatMap((entry) => {
    const row = texts.get(entry.id);
    return row === undefined ? [] : [{ entry, text: versionOf(row) }];
  });
}
