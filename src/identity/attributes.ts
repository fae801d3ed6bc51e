/**
 * Texts about a principal by name, such as `country=DE`, which row filters can use as `principal.country`. They give
 * nobody any right by themselves.
 */
import { isDeepStrictEqual } from "node:util";
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";

export type Attributes = Readonly<Record<string, string>>;

/** Null removes an attribute; those that are not named stay. */
export type AttributeChanges = Readonly<Record<string, string | null>>;

/** The caller's transaction holds the change. */
export async function changeAttributes(
  transaction: Kysely<Tables>,
  { id, changes }: { id: string; changes: AttributeChanges },
): Promise<void> {
  const { attributes } = await transaction
    .selectFrom("principals")
    .select("attributes")
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const changed = changedAttributes(attributes, changes);
  if (isDeepStrictEqual({ ...attributes }, changed)) return;
  await transaction
    .updateTable("principals")
    .set({ attributes: JSON.stringify(changed) })
    .where("id", "=", id)
    .execute();
}

export function changedAttributes(present: Attributes, changes: AttributeChanges): Attributes {
  const entries = Object.entries({ ...present, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}
