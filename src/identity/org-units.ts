/**
 * The units of the organisation: a tree with accounts at its leaves. A unit is named by its path from the root, as
 * `europe/romania`. They say where an account belongs, and whoever acts in it has what is granted to the units above.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { Tables } from "../db/tables.ts";
import { inPolicyChange } from "../db/policy-change.ts";
import { HeadgateError } from "../errors.ts";
import { endPrincipal } from "./principals.ts";
import { whatFalls, type Falls } from "./what-falls.ts";

export interface OrgUnit {
  readonly id: string;
  readonly path: string;
  /** The declaration that made it; null for a command. */
  readonly origin: string | null;
}

export async function listUnits(db: Kysely<Tables>): Promise<readonly OrgUnit[]> {
  const { rows } = await sql<OrgUnit>`
    with recursive tree (id, path, origin) as (
      select id, name, origin from org_units where parent_id is null
      union all
      select org_units.id, tree.path || '/' || org_units.name, org_units.origin
        from org_units join tree on tree.id = org_units.parent_id
    )
    select id, path, origin from tree order by path collate "C"`.execute(db);
  return rows;
}

/** Throws UNIT_NOT_FOUND. */
export async function findUnit(db: Kysely<Tables>, path: string): Promise<OrgUnit> {
  const found = (await listUnits(db)).find((unit) => unit.path === path);
  if (found === undefined) throw new HeadgateError("UNIT_NOT_FOUND", { place: path });
  return found;
}

/** The unit above must exist. Throws UNIT_NOT_FOUND, NAME_TAKEN. */
export function addUnit(db: Kysely<Tables>, path: string, origin: string | null = null): Promise<void> {
  return changeTree(db, async (transaction) => {
    await checkFree(transaction, path);
    await transaction
      .insertInto("org_units")
      .values({ id: uuidv7(), origin, ...(await placeOf(transaction, path)) })
      .execute();
  });
}

/** Gives a unit, with everything below it, another path. Throws UNIT_NOT_FOUND, NAME_TAKEN, USAGE. */
export function moveUnit(db: Kysely<Tables>, { path, to }: { path: string; to: string }): Promise<void> {
  return changeTree(db, async (transaction) => {
    const { id } = await findUnit(transaction, path);
    if (`${to}/`.startsWith(`${path}/`))
      throw new HeadgateError("USAGE", {
        place: to,
        message: `${path} cannot be moved to itself or to a place below it`,
      });
    await checkFree(transaction, to);
    await transaction
      .updateTable("org_units")
      .set(await placeOf(transaction, to))
      .where("id", "=", id)
      .execute();
  });
}

/** The removal of a unit or an account. */
export interface PlaceRemoval {
  /** The principal who removes it; null for the owner of the data directory. */
  readonly by?: string | null;
  readonly isPlan?: boolean;
}

/** Returns the grants to it, which end. Throws UNIT_NOT_FOUND, NOT_EMPTY. */
export function removeUnit(
  db: Kysely<Tables>,
  path: string,
  { by = null, isPlan = false }: PlaceRemoval = {},
): Promise<Falls> {
  return changeTree(db, async (transaction) => {
    const { id } = await findUnit(transaction, path);
    const units = await transaction.selectFrom("org_units").select("name").where("parent_id", "=", id).execute();
    const accounts = await transaction
      .selectFrom("accounts")
      .select("name")
      .where("unit_id", "=", id)
      .where("deleted_at", "is", null)
      .execute();
    const inside = [
      ...units.map(({ name }) => `unit ${path}/${name}`),
      ...accounts.map(({ name }) => `account ${name}`),
    ];
    if (inside.length > 0)
      throw new HeadgateError("NOT_EMPTY", { place: path, message: `the unit still has in it: ${inside.join(", ")}` });
    const falls = await whatFalls(transaction, id);
    if (isPlan) return falls;
    await endPrincipal(transaction, { id, by, reason: "the unit was removed" });
    await transaction.updateTable("accounts").set({ unit_id: null }).where("unit_id", "=", id).execute();
    await transaction.deleteFrom("org_units").where("id", "=", id).execute();
    return falls;
  });
}

/** One change of the tree at a time, so that two moves together make no circle. */
function changeTree<T>(db: Kysely<Tables>, work: (transaction: Kysely<Tables>) => Promise<T>): Promise<T> {
  return inPolicyChange(db, async (transaction) => {
    await sql`lock table org_units in share row exclusive mode`.execute(transaction);
    return work(transaction);
  });
}

async function checkFree(transaction: Kysely<Tables>, path: string): Promise<void> {
  const isTaken = (await listUnits(transaction)).some((unit) => unit.path === path);
  if (isTaken)
    throw new HeadgateError("NAME_TAKEN", { place: path, message: "there is already an org unit of this path" });
}

async function placeOf(transaction: Kysely<Tables>, path: string): Promise<{ parent_id: string | null; name: string }> {
  const end = path.lastIndexOf("/");
  if (end === -1) return { parent_id: null, name: path };
  return { parent_id: (await unitAbove(transaction, path.slice(0, end))).id, name: path.slice(end + 1) };
}

async function unitAbove(transaction: Kysely<Tables>, path: string): Promise<OrgUnit> {
  const found = (await listUnits(transaction)).find((unit) => unit.path === path);
  if (found !== undefined) return found;
  throw new HeadgateError("UNIT_NOT_FOUND", {
    place: path,
    message: `there is no unit ${path} in which this could be`,
    remedy: `add that first: headgate unit add ${path}`,
  });
}
