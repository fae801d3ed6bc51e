/**
 * The glossary of an account: terms with definitions, which are attached to databases, tables and columns by their ids.
 * It does not ask whether the caller may.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { checkText, type Author, type Described } from "./parameters.ts";

export interface Term {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly definition: string;
  readonly origin: string | null;
}

export interface Attachment {
  readonly term: Term;
  readonly on: Described;
  readonly origin: string | null;
}

const termColumns = [
  "terms.id",
  "terms.account_id as accountId",
  "terms.name",
  "terms.definition",
  "terms.origin",
] as const;

/** All terms of an account by name. */
export function termsOf(db: Kysely<Tables>, accountId: string): Promise<readonly Term[]> {
  return db
    .selectFrom("terms")
    .select(termColumns)
    .where("account_id", "=", accountId)
    .orderBy(sql`lower(name)`)
    .execute();
}

/** By name; upper and lower case are alike. Throws TERM_NOT_FOUND. */
export async function findTerm(db: Kysely<Tables>, accountId: string, name: string): Promise<Term> {
  const found = await termNamed(db, accountId, name);
  if (found === undefined) throw new HeadgateError("TERM_NOT_FOUND", { place: name });
  return found;
}

async function termNamed(db: Kysely<Tables>, accountId: string, name: string): Promise<Term | undefined> {
  const own = db.selectFrom("terms").select(termColumns).where("account_id", "=", accountId);
  return own.where(sql<boolean>`lower(name) = lower(${name})`).executeTakeFirst();
}

export interface TermText {
  readonly accountId: string;
  readonly name: string;
  readonly definition: string;
}

/** A term that is changed keeps its origin. Throws USAGE for a text that cannot be stored. */
export async function putTerm(
  transaction: Kysely<Tables>,
  { accountId, name, definition }: TermText,
  { by, origin }: Author,
): Promise<"added" | "changed" | "unchanged"> {
  checkText(definition, name);
  const had = await termNamed(transaction, accountId, name);
  if (had?.name === name && had.definition === definition) return "unchanged";
  const changed = { name, definition, set_by: by, set_at: sql<Date>`clock_timestamp()` };
  if (had === undefined)
    await transaction
      .insertInto("terms")
      .values({ id: uuidv7(), account_id: accountId, name, definition, origin, set_by: by })
      .execute();
  else await transaction.updateTable("terms").set(changed).where("id", "=", had.id).execute();
  return had === undefined ? "added" : "changed";
}

/** Its attachments go with it. */
export async function removeTerm(transaction: Kysely<Tables>, id: string): Promise<void> {
  await transaction.deleteFrom("terms").where("id", "=", id).execute();
}

/** Attachments to these databases and tables with their columns, or those of one term. */
export async function attachments(
  db: Kysely<Tables>,
  { ids, termId }: { readonly ids?: readonly string[]; readonly termId?: string },
): Promise<readonly Attachment[]> {
  const rows = await db
    .selectFrom("term_attachments")
    .innerJoin("terms", "terms.id", "term_attachments.term_id")
    .select(termColumns)
    .select(["thing_kind", "thing_id", "field_id", "term_attachments.origin as attachedBy"])
    .$if(ids !== undefined, (query) => query.where(sql<boolean>`thing_id = any(${ids ?? []}::uuid[])`))
    .$if(termId !== undefined, (query) => query.where("term_id", "=", termId ?? ""))
    .orderBy(sql`lower(terms.name)`)
    .orderBy("field_id")
    .execute();
  return rows.map(({ thing_kind, thing_id, field_id, attachedBy, ...term }) => ({
    term,
    on: { kind: thing_kind, id: thing_id, fieldId: field_id ?? undefined },
    origin: attachedBy,
  }));
}

/** False if it is attached already. */
export async function attachTerm(
  transaction: Kysely<Tables>,
  { termId, on }: { readonly termId: string; readonly on: Described },
  { by, origin }: Author,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows: added } = await transaction
    .insertInto("term_attachments")
    .values({ term_id: termId, thing_kind: on.kind, thing_id: on.id, field_id: on.fieldId ?? null, origin, set_by: by })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return (added ?? 0n) > 0n;
}

/** False if it is not attached. */
export async function detachTerm(
  transaction: Kysely<Tables>,
  { termId, on }: { readonly termId: string; readonly on: Described },
): Promise<boolean> {
  const { numDeletedRows: removed } = await transaction
    .deleteFrom("term_attachments")
    .where("term_id", "=", termId)
    .where("thing_id", "=", on.id)
    .where("field_id", "is not distinct from", on.fieldId ?? null)
    .executeTakeFirstOrThrow();
  return removed > 0n;
}
