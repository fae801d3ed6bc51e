/**
 * The things on which something is granted, as people write them: `shop.orders` for a table, `shop.*` for all tables of
 * a database, `database shop`, `source shop`, `account main`, `location s3://…`, and `lake` for everything; `tags
 * domain=sales` and `expression open` for whatever has these tags, `product customer360`, `tag domain` and `tag domain=sales` for tags themselves.
 * Invariant: somebody who may not know that a thing exists gets the same answer as if it did not.
 */
import { sql } from "kysely";
import { codeOf } from "../../base/thrown.ts";
import type { TableEntry } from "../../catalog/catalog.ts";
import { formatName, parseName, parseParts, tableLabel } from "../../catalog/table-name.ts";
import { HeadgateError, type ErrorCode } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import type { GrantedOn } from "../../governance/policy.ts";
import type { GrantPlace } from "../../governance/right-to-grant.ts";
import { securableTable } from "../../governance/securable.ts";
import type { Alternatives, TagExpression, TagKey } from "../../governance/tag-policy.ts";
import { alternativesText, parseTerm, writtenExpressionId } from "../../governance/tag-text.ts";
import type { Context } from "../context.ts";
import { knowsAll, nameInLists } from "../scope.ts";
import { findProduct, securableProduct } from "../sharing/products/find-product.ts";
import {
  findAlternatives,
  findExpression,
  findKey,
  findTerm,
  securableExpression,
  securableKey,
  securableValue,
} from "../tags/find-tag.ts";

export interface FoundResource {
  readonly on: GrantedOn;
  readonly place: GrantPlace;
  /** For messages: as people write it. */
  readonly label: string;
  readonly table?: TableEntry | undefined;
  /** For tags that are written in a grant: the expression that they are, which may not be stored yet. */
  readonly written?: WrittenExpression | undefined;
}

export interface WrittenExpression {
  readonly id: string;
  readonly accountId: string;
  readonly alternatives: Alternatives;
}

type Lookup = Pick<Context, "db" | "catalog">;

/**
 * `catalog` shows what the caller may know. Throws ACCOUNT_NOT_FOUND, DATABASE_NOT_FOUND, SOURCE_NOT_FOUND,
 * TABLE_NOT_FOUND, TABLE_AMBIGUOUS, USAGE.
 */
export async function findResource(context: Lookup, asking: Asking, text: string): Promise<FoundResource> {
  const [, kind, name = ""] =
    /^(account|database|source|table|location|tags?|expression|product)\s+(.+)$/s.exec(text.trim()) ?? [];
  switch (kind) {
    case "account":
      return findAccount(asking, name);
    case "database":
      return findDatabase(context, asking, { name: onlyPart(name), kind: "database" });
    case "source":
      return findSource(context, asking, name);
    case "location":
      return { on: { kind: "location", location: name }, place: undefined, label: `location ${name}` };
    case "table":
      return findTable(context, name);
    case "tag":
      return findTag(asking, name);
    case "tags":
      return findTagged(asking, name);
    case "product":
      return findProductPlace(context, asking, name);
    case "expression":
      return expressionPlace(asking, findExpression(asking, asking.accountId, name));
    default:
      return findBare(context, asking, text.trim());
  }
}

function findBare(context: Lookup, asking: Asking, text: string): Promise<FoundResource> {
  if (text === "lake") return Promise.resolve({ on: { kind: "lake" }, place: { kind: "lake" }, label: "lake" });
  const [database, table, ...more] = parseParts(text);
  if (database !== undefined && table?.text === "*" && !table.isQuoted && more.length === 0)
    return findDatabase(context, asking, { name: database.text, kind: "tables" });
  return more.length === 0 && table === undefined && database !== undefined
    ? findTableNotDatabase(context, asking, { text, name: database.text })
    : findTable(context, text);
}

/** A single name is a table's. Where only a database has it, the error says how its tables are written. */
async function findTableNotDatabase(
  context: Lookup,
  asking: Asking,
  { text, name }: { readonly text: string; readonly name: string },
): Promise<FoundResource> {
  try {
    return await findTable(context, text);
  } catch (failure) {
    if (codeOf(failure) !== "TABLE_NOT_FOUND") throw failure;
    await findDatabase(context, asking, { name, kind: "database" }).catch(() => Promise.reject(failure));
    throw new HeadgateError("TABLE_NOT_FOUND", {
      place: text,
      message: `${text} is a database, not a table`,
      remedy: `write "${text}.*" for all its tables, or "database ${text}" for the database itself`,
    });
  }
}

/** A key, or one value of it: `domain`, `domain=sales`. */
function findTag(asking: Asking, text: string): FoundResource {
  if (!text.includes("=")) {
    const key = findKey(asking, asking.accountId, text);
    return { on: { kind: "tag", id: key.id }, place: securableKey(key), label: keyLabel(asking, key) };
  }
  const { key, values } = findTerm(asking, asking.accountId, parseTerm(text));
  const [value, ...more] = values;
  if (value === undefined || more.length > 0)
    throw new HeadgateError("USAGE", { place: text, message: "write one value of the tag, or only its key" });
  return {
    on: { kind: "tag-value", id: value.id },
    place: securableValue(key, value),
    label: `${keyLabel(asking, key)}=${value.name}`,
  };
}

function keyLabel(asking: Asking, key: TagKey): string {
  return `tag ${nameInLists(asking, key)}`;
}

/** Whatever has these tags. */
function findTagged(asking: Asking, text: string): FoundResource {
  const { accountId } = asking;
  if (accountId === undefined) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: `tags ${text}` });
  const alternatives = findAlternatives(asking, accountId, text);
  const written = { id: writtenExpressionId(accountId, alternatives), accountId, alternatives };
  return { ...expressionPlace(asking, { ...written, name: undefined, origin: undefined }), written };
}

function expressionPlace(asking: Asking, expression: TagExpression): FoundResource {
  return {
    on: { kind: "expression", id: expression.id },
    place: securableExpression(expression),
    label: expressionLabel(asking, expression),
  };
}

/** `expression open`, or the tags themselves: `tags domain=sales`. */
function expressionLabel(asking: Asking, { name, accountId, alternatives }: TagExpression): string {
  if (name !== undefined) return `expression ${nameInLists(asking, { name, accountId })}`;
  const account = accountId === asking.accountId ? "" : ` of ${asking.policy.accounts.get(accountId)?.name ?? ""}`;
  return `tags ${alternativesText(asking.policy.tags, alternatives)}${account}`;
}

async function findProductPlace({ db }: Lookup, asking: Asking, name: string): Promise<FoundResource> {
  const product = await findProduct(db, asking, name);
  const place = securableProduct(product);
  return { on: { kind: "product", id: product.id }, place, label: `product ${nameInLists(asking, product)}` };
}

/** The codes that finding a resource by its text can have. */
export const resourceMissingCodes: readonly ErrorCode[] = [
  "ACCOUNT_NOT_FOUND",
  "DATABASE_NOT_FOUND",
  "SOURCE_NOT_FOUND",
  "TAG_NOT_FOUND",
  "EXPRESSION_NOT_FOUND",
  "PRODUCT_NOT_FOUND",
];

function onlyPart(text: string): string {
  const [part, ...more] = parseName(text);
  if (part !== undefined && more.length === 0) return part;
  throw new HeadgateError("USAGE", { place: text, message: "this is not the name of a database" });
}

function findAccount(asking: Asking, name: string): FoundResource {
  const found = [...asking.policy.accounts.values()].find((account) => account.name === name);
  const place = found && ({ kind: "account", id: found.id } as const);
  if (place === undefined || !mayKnow(asking, place)) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: name });
  return { on: place, place, label: `account ${name}` };
}

interface WantedDatabase {
  readonly name: string;
  readonly kind: "database" | "tables";
}

async function findDatabase({ db }: Lookup, asking: Asking, { name, kind }: WantedDatabase): Promise<FoundResource> {
  const query = db.selectFrom("databases").select(["id", "account_id as accountId"]);
  const own = query.where("name", "=", name).where("account_id", "=", asking.accountId ?? null);
  const found = await own.executeTakeFirst();
  if (found === undefined || !mayKnow(asking, { kind: "database", ...found }))
    throw new HeadgateError("DATABASE_NOT_FOUND", { place: name });
  return {
    on: { kind, id: found.id },
    place: { kind, ...found },
    label: databaseLabel(kind, { name, ...found }, asking),
  };
}

export function databaseLabel(
  kind: "database" | "tables",
  database: { readonly name: string; readonly accountId: string },
  { policy, accountId }: Asking,
): string {
  const account = database.accountId === accountId ? undefined : policy.accounts.get(database.accountId)?.name;
  const name = formatName([...(account === undefined ? [] : [account]), database.name]);
  return kind === "tables" ? `${name}.*` : `database ${name}`;
}

async function findSource({ db }: Lookup, asking: Asking, name: string): Promise<FoundResource> {
  const query = db.selectFrom("sources").select(["id", "account_id as accountId"]);
  const own = query.where("name", "=", name).where("account_id", "=", asking.accountId ?? null);
  const found = await own.executeTakeFirst();
  const place = found && ({ kind: "source", ...found } as const);
  if (place === undefined || !mayKnow(asking, place)) throw new HeadgateError("SOURCE_NOT_FOUND", { place: name });
  return { on: { kind: "source", id: place.id }, place, label: `source ${name}` };
}

async function findTable({ catalog }: Lookup, name: string): Promise<FoundResource> {
  const table = await catalog.findEntry(name);
  return { on: { kind: "table", id: table.id }, place: securableTable(table), label: tableLabel(table), table };
}

function mayKnow(asking: Asking, place: Exclude<GrantPlace, undefined>): boolean {
  return knowsAll(asking) || decideFor(asking, "watch", place).allowed;
}

export interface NamedResource {
  readonly label: string;
  /** Undefined for a thing that no longer exists, and for a storage location. */
  readonly place: GrantPlace;
  readonly isGone: boolean;
  readonly table?: TableEntry | undefined;
}

/** For lists: what each grant is on. It reads the names once, those of all things or of the given ones. */
export async function resourceNames(
  { db, catalog }: Lookup,
  asking: Asking,
  of?: readonly GrantedOn[],
): Promise<(on: GrantedOn) => NamedResource> {
  const [databases, sources, products, entries] = await Promise.all([
    db.selectFrom("databases").select(["id", "name", "account_id as accountId"]).execute(),
    db.selectFrom("sources").select(["id", "name", "account_id as accountId"]).execute(),
    productNames(db, of && idsOn("product", of)),
    of === undefined ? catalog.entries() : catalog.entriesOf(idsOn("table", of)),
  ]);
  const [databaseById, sourceById] = [byId(databases), byId(sources)];
  const productById = byId(products);
  const tableById = byId(entries);
  const { tags } = asking.policy;
  const named = (on: GrantedOn): Omit<NamedResource, "isGone"> | undefined => {
    switch (on.kind) {
      case "lake":
        return { label: "lake", place: on };
      case "location":
        return { label: `location ${on.location}`, place: undefined };
      case "account": {
        const account = asking.policy.accounts.get(on.id);
        return account && { label: `account ${account.name}`, place: { kind: "account", id: on.id } };
      }
      case "source": {
        const source = sourceById.get(on.id);
        return source && { label: `source ${nameInLists(asking, source)}`, place: { kind: "source", ...ids(source) } };
      }
      case "table": {
        const table = tableById.get(on.id);
        return table && { label: tableLabel(table), place: securableTable(table), table };
      }
      case "product": {
        const product = productById.get(on.id);
        return (
          product && { label: `product ${nameInLists(asking, product)}`, place: { kind: "product", ...ids(product) } }
        );
      }
      case "tag": {
        const key = tags.keys.get(on.id);
        return key && { label: keyLabel(asking, key), place: securableKey(key) };
      }
      case "tag-value": {
        const value = tags.values.get(on.id);
        const key = tags.keys.get(value?.keyId ?? "");
        if (value === undefined || key === undefined) return undefined;
        return { label: `${keyLabel(asking, key)}=${value.name}`, place: securableValue(key, value) };
      }
      case "expression": {
        const expression = tags.expressions.get(on.id);
        return expression && expressionPlace(asking, expression);
      }
      default: {
        const database = databaseById.get(on.id);
        const { kind } = on;
        return database && { label: databaseLabel(kind, database, asking), place: { kind, ...ids(database) } };
      }
    }
  };
  return (on) => {
    const found = named(on);
    return found === undefined
      ? { label: `a ${on.kind} that was removed`, place: undefined, isGone: true }
      : { label: found.label, place: found.place, table: found.table, isGone: false };
  };
}

function idsOn(kind: "product" | "table", of: readonly GrantedOn[]): readonly string[] {
  return of.flatMap((on) => (on.kind === kind ? on.id : []));
}

function productNames(db: Lookup["db"], ofThese?: readonly string[]) {
  const named = db.selectFrom("products").select(["id", "name", "account_id as accountId"]);
  const present = named.where("ended_at", "is", null);
  return (ofThese === undefined ? present : present.where(sql<boolean>`id = any(${ofThese}::uuid[])`)).execute();
}

function ids({ id, accountId }: { readonly id: string; readonly accountId: string }) {
  return { id, accountId };
}

function byId<T extends { readonly id: string }>(rows: readonly T[]): ReadonlyMap<string, T> {
  return new Map(rows.map((row) => [row.id, row]));
}
