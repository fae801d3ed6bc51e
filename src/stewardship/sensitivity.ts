/**
 * How sensitive a table or a database is at this moment: the highest class of its columns, of the table and of the
 * database, by their parameters and tags as they are stored, and by nothing that somebody sends along.
 * Invariants: every column counts that the table has or that a state of it has which can still be read, partition
 * columns included, and of a view everything that it reads. Whoever asks again gets what holds then; nothing is kept.
 */
import type { Kysely } from "kysely";
import { isView, type Catalog, type CatalogTable, type TableEntry } from "../catalog/catalog.ts";
import { historyOfProperty } from "../catalog/history-of-property.ts";
import { viewMetadata } from "../catalog/view-metadata.ts";
import { viewVersion } from "../catalog/view-store.ts";
import { mapLimit } from "../base/limit.ts";
import type { Tables } from "../db/tables.ts";
import { lastColumnNames } from "../iceberg/last-column-names.ts";
import { currentSchema, type TableMetadata } from "../iceberg/table-metadata.ts";
import { isFlagged } from "../governance/is-flagged.ts";
import { parametersOf, type Parameter } from "./parameters.ts";
import { sensitiveTags, type SensitiveTags } from "./sensitive-tags.ts";
import { viewBases } from "./view-bases.ts";

/**
 * From the lowest to the highest. `unclassified`: nobody has judged it, and its source demands that somebody does.
 * `secret`: it has a tag whose value is marked sensitive; the highest, because somebody has said so of this very thing.
 */
export const sensitivityClasses = ["none", "pii", "unclassified", "secret"] as const;

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
  const examined = await withBases(parts, [table]);
  return highest(await findingsOf(parts, [table.databaseId], examined));
}

/** The class of each, for many at a time. */
export async function sensitivityOfEach(
  parts: SensitivityParts,
  tables: readonly TableEntry[],
): Promise<ReadonlyMap<string, SensitivityClass>> {
  const plain = tables.filter((table) => !isView(table));
  const ids = [...plain.flatMap(({ id, databaseId }) => [id, databaseId]), ...(await basesOf(parts, plain))];
  const [all, tags] = await Promise.all([parametersOf(parts.db, ids), sensitiveTags(parts.db, ids)]);
  const byId = Map.groupBy(all, ({ on }) => on.id);
  const found = await mapLimit(tables, readAtOnce, async (table) => {
    if (isView(table)) return [table.id, (await sensitivityOfTable(parts, table)).class] as const;
    const own = [table.id, table.databaseId, baseOf(await load(parts, table)) ?? ""];
    const parameters = own.flatMap((id) => byId.get(id) ?? []);
    const findings = await ofTable(parts, { table, fieldIds: undefined, parameters, tags });
    return [table.id, highest([...ofDatabase(parameters, table.databaseId), ...findings]).class] as const;
  });
  return new Map(found);
}

/** All tables and views count that the database has now; one that comes later has to be asked about when it is there. */
export async function sensitivityOfDatabase(parts: SensitivityParts, databaseId: string): Promise<Sensitivity> {
  const { views } = await viewBases(parts.db);
  const tables = (await parts.catalog.entries()).filter((entry) => !isView(entry));
  const own = [...tables, ...views].filter((entry) => entry.databaseId === databaseId);
  const tags = await sensitiveTags(parts.db, [databaseId]);
  const secret: readonly Finding[] = tags.ofDatabase(databaseId) ? [{ class: "secret", level: "database" }] : [];
  return highest([...secret, ...(await findingsOf(parts, [databaseId], await withBases(parts, own)))]);
}

interface Examined {
  readonly table: TableEntry;
  /** The columns that count; undefined: all. */
  readonly fieldIds: ReadonlySet<number> | undefined;
}

/** A view is as sensitive as what it reads, so it cannot be a way to share what its tables could not. */
async function withBases(parts: SensitivityParts, tables: readonly TableEntry[]): Promise<readonly Examined[]> {
  const own = tables.map((table) => ({ table, fieldIds: undefined }));
  if (!tables.some(isView)) return own;
  const { behind } = await viewBases(parts.db);
  const known = new Map((await parts.catalog.entries()).map((entry) => [entry.id, entry]));
  const bases = tables.flatMap((table) =>
    [...behind(table.id)].flatMap(([id, fieldIds]) => {
      const base = known.get(id);
      return base === undefined || tables.some((one) => one.id === id) ? [] : [{ table: base, fieldIds }];
    }),
  );
  return [...own, ...bases];
}

/** `databases`: those that count themselves, beside those of the tables behind views. */
async function findingsOf(
  parts: SensitivityParts,
  databases: readonly string[],
  examined: readonly Examined[],
): Promise<readonly Finding[]> {
  const tables = examined.map(({ table }) => table);
  const databaseIds = [...new Set([...databases, ...tables.map(({ databaseId }) => databaseId)])];
  const ids = [...databaseIds, ...tables.map(({ id }) => id), ...(await basesOf(parts, tables))];
  const [parameters, tags] = await Promise.all([parametersOf(parts.db, ids), sensitiveTags(parts.db, ids)]);
  const found = await mapLimit(examined, readAtOnce, (one) => ofTable(parts, { ...one, parameters, tags }));
  return [...databaseIds.flatMap((id) => ofDatabase(parameters, id)), ...found.flat()];
}

const readAtOnce = 16;

function highest(findings: readonly Finding[]): Sensitivity {
  const found = sensitivityClasses.findLast((one) => findings.some((finding) => finding.class === one));
  return { class: found ?? "none", findings };
}

function ofDatabase(parameters: readonly Parameter[], databaseId: string): readonly Finding[] {
  return flagOf(parameters, { id: databaseId }) === true ? [{ class: "pii", level: "database" }] : [];
}

/** A view has columns and no files; `parts.catalog` need not know it. */
async function load({ db, catalog }: SensitivityParts, table: TableEntry): Promise<CatalogTable> {
  if (!isView(table)) return catalog.load(table);
  return { ...table, metadata: viewMetadata(table.id, await viewVersion(db, table)) };
}

interface OneTable extends Examined {
  readonly parameters: readonly Parameter[];
  readonly tags: SensitiveTags;
}

async function ofTable(
  parts: SensitivityParts,
  { table, fieldIds, parameters, tags }: OneTable,
): Promise<readonly Finding[]> {
  const loaded = await load(parts, table);
  const isDemanded = !isView(table) && (await parts.demandsClasses?.(table)) === true;
  const base = baseOf(loaded);
  const isPersonal = flagOf(parameters, { id: table.id }) === true || (base !== undefined && hasFlag(parameters, base));
  const own: readonly Finding[] = [
    ...(tags.ofTable(table) ? [{ class: "secret", level: "table", table } as const] : []),
    ...(isPersonal ? [{ class: "pii", level: "table", table } as const] : []),
  ];
  return [...own, ...columnFindings({ loaded, fieldIds, parameters, isDemanded, tags })];
}

interface ColumnParts {
  readonly loaded: CatalogTable;
  readonly fieldIds: Examined["fieldIds"];
  readonly parameters: readonly Parameter[];
  readonly isDemanded: boolean;
  readonly tags: SensitiveTags;
}

function columnFindings({ loaded, fieldIds, parameters, isDemanded, tags }: ColumnParts): readonly Finding[] {
  const nameOf = lastColumnNames(loaded.metadata);
  const counting = readableColumns(loaded.metadata).filter((fieldId) => fieldIds?.has(fieldId) ?? true);
  return counting.flatMap((fieldId): readonly Finding[] => {
    const flag = flagOf(parameters, { id: loaded.id, fieldId });
    const at = { level: "column", table: loaded, column: nameOf(fieldId) } as const;
    const secret: readonly Finding[] = tags.ofColumn(loaded, fieldId) ? [{ ...at, class: "secret" }] : [];
    if (flag === true) return [...secret, { ...at, class: "pii" }];
    return flag === undefined && isDemanded ? [...secret, { ...at, class: "unclassified" }] : secret;
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

async function basesOf(parts: SensitivityParts, tables: readonly TableEntry[]): Promise<readonly string[]> {
  const bases = await mapLimit(tables, readAtOnce, async (table) => baseOf(await load(parts, table)));
  return bases.filter((id) => id !== undefined);
}
