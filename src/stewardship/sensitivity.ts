/**
 * How sensitive a table or a database is at this moment: the highest class of its columns, of the table and of the
 * database, from what is stored and from nothing that somebody sends along.
 * Invariants: every column counts that the table has or that a state of it has which can still be read, partition
 * columns included. Whoever asks again gets what holds then; nothing is kept.
 */
import type { Kysely } from "kysely";
import type { Catalog, CatalogTable, TableEntry } from "../catalog/catalog.ts";
import { historyOfProperty } from "../catalog/history-of-property.ts";
import { mapLimit } from "../base/limit.ts";
import type { Tables } from "../db/tables.ts";
import { lastColumnNames } from "../iceberg/last-column-names.ts";
import { currentSchema, type TableMetadata } from "../iceberg/table-metadata.ts";
import { isFlagged } from "./is-flagged.ts";
import { parametersOf, type Parameter } from "./parameters.ts";

/** From the lowest to the highest. `unclassified`: nobody has judged it, and its source demands that somebody does. */
export const sensitivityClasses = ["none", "pii", "unclassified"] as const;

export type SensitivityClass = (typeof sensitivityClasses)[number];

export interface Sensitivity {
  readonly class: SensitivityClass;
  /** Reasons for that class, and for lower ones; none for `none`. */
  readonly findings: readonly Finding[];
}

export interface Finding {
  readonly class: Exclude<SensitivityClass, "none">;
  readonly level: "database" | "table" | "column";
  /** Undefined for a finding about the database itself. */
  readonly table?: TableEntry | undefined;
  readonly column?: string | undefined;
}

export interface SensitivityParts {
  readonly db: Kysely<Tables>;
  /** One that shows all tables: what the asker may not know counts all the same. */
  readonly catalog: Pick<Catalog, "entries" | "load">;
  /** Whether a column of the table that nobody has judged counts as sensitive. */
  demandsClasses?(table: TableEntry): boolean | Promise<boolean>;
}

export async function sensitivityOfTable(parts: SensitivityParts, table: TableEntry): Promise<Sensitivity> {
  const parameters = await parametersOf(parts.db, [table.id, table.databaseId, ...(await basesOf(parts, [table]))]);
  return highest([...ofDatabase(parameters, table.databaseId), ...(await ofTable(parts, { table, parameters }))]);
}

/** All tables count that the database has now; one that comes later has to be asked about when it is there. */
export async function sensitivityOfDatabase(parts: SensitivityParts, databaseId: string): Promise<Sensitivity> {
  const tables = (await parts.catalog.entries()).filter((entry) => entry.databaseId === databaseId);
  const ids = [databaseId, ...tables.map(({ id }) => id), ...(await basesOf(parts, tables))];
  const parameters = await parametersOf(parts.db, ids);
  const found = await mapLimit(tables, readAtOnce, (table) => ofTable(parts, { table, parameters }));
  return highest([...ofDatabase(parameters, databaseId), ...found.flat()]);
}

const readAtOnce = 16;

function highest(findings: readonly Finding[]): Sensitivity {
  const found = sensitivityClasses.findLast((one) => findings.some((finding) => finding.class === one));
  return { class: found ?? "none", findings };
}

function ofDatabase(parameters: readonly Parameter[], databaseId: string): readonly Finding[] {
  return flagOf(parameters, { id: databaseId }) === true ? [{ class: "pii", level: "database" }] : [];
}

interface OneTable {
  readonly table: TableEntry;
  readonly parameters: readonly Parameter[];
}

async function ofTable(parts: SensitivityParts, { table, parameters }: OneTable): Promise<readonly Finding[]> {
  const loaded = await parts.catalog.load(table);
  const isDemanded = (await parts.demandsClasses?.(table)) === true;
  const base = baseOf(loaded);
  const isPersonal = flagOf(parameters, { id: table.id }) === true || (base !== undefined && hasFlag(parameters, base));
  const own: readonly Finding[] = isPersonal ? [{ class: "pii", level: "table", table }] : [];
  return [...own, ...columnFindings({ loaded, parameters, isDemanded })];
}

interface ColumnParts {
  readonly loaded: CatalogTable;
  readonly parameters: readonly Parameter[];
  readonly isDemanded: boolean;
}

function columnFindings({ loaded, parameters, isDemanded }: ColumnParts): readonly Finding[] {
  const nameOf = lastColumnNames(loaded.metadata);
  return readableColumns(loaded.metadata).flatMap((fieldId): readonly Finding[] => {
    const flag = flagOf(parameters, { id: loaded.id, fieldId });
    const at = { level: "column", table: loaded, column: nameOf(fieldId) } as const;
    if (flag === true) return [{ ...at, class: "pii" }];
    return flag === undefined && isDemanded ? [{ ...at, class: "unclassified" }] : [];
  });
}

/** The columns of the table, and of every state of it that can still be read. */
function readableColumns(metadata: TableMetadata): readonly number[] {
  const kept = new Set(metadata.snapshots.map(({ schemaId }) => schemaId));
  const isUnknown = kept.has(undefined);
  const schemas = metadata.schemas.filter(({ schemaId }) => isUnknown || kept.has(schemaId));
  return [...new Set([currentSchema(metadata), ...schemas].flatMap(({ fields }) => fields.map(({ id }) => id)))];
}

interface At {
  readonly id: string;
  readonly fieldId?: number;
}

/** Undefined if nobody has judged it. */
function flagOf(parameters: readonly Parameter[], { id, fieldId }: At): boolean | undefined {
  const flag = parameters.find(({ on, key }) => key === "pii_flag" && on.id === id && on.fieldId === fieldId);
  return flag === undefined ? undefined : isFlagged(flag.value);
}

/** Whether a table or one of its columns, also one that it had before, is flagged. */
function hasFlag(parameters: readonly Parameter[], id: string): boolean {
  return parameters.some(({ on, key, value }) => on.id === id && key === "pii_flag" && isFlagged(value));
}

/** The history of a table holds the same values, in columns of its own. */
function baseOf({ metadata }: CatalogTable): string | undefined {
  return metadata.properties[historyOfProperty];
}

async function basesOf({ catalog }: SensitivityParts, tables: readonly TableEntry[]): Promise<readonly string[]> {
  const bases = await mapLimit(tables, readAtOnce, async (table) => baseOf(await catalog.load(table)));
  return bases.filter((id) => id !== undefined);
}
