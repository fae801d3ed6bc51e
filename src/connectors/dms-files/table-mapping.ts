/**
 * Reads the table mapping of a DMS task (JSON with `rules`) as far as it says which tables there are, what their columns
 * are called in the files, which types they have, and what their key is. It is no list of columns: a mapping names only
 * those that it changes. Pure.
 */
import { z } from "zod";
import { messageOf } from "../../base/thrown.ts";
import { HeadgateError } from "../../errors.ts";
import type { GivenColumn, TableName } from "../../sync/source.ts";
import { typeOfDms } from "./dms-type.ts";
import { isNaming, matchesLike, originalsOf, targetName } from "./mapped-names.ts";

export interface TableMapping {
  /** Whether the task's selection rules choose the table, which is named as in the files. */
  selects(name: TableName): boolean;
  /** Everything that is said of a table that has these columns in its files. */
  tableOf(name: TableName, columns: readonly string[]): MappedTable;
}

export interface MappedTable {
  /** Only the columns of which a type is said. */
  readonly columns: readonly GivenColumn[];
  /** Names, or patterns of names, of all columns of which a type is said, whether or not the files have them. */
  readonly named: readonly string[];
  readonly key: readonly string[] | undefined;
  /** Rules that concern the table and cannot be applied, in whole sentences. */
  readonly left: readonly string[];
}

/** Throws USAGE with the rule that cannot be understood. */
export function parseTableMapping(text: string): TableMapping {
  const rules = rulesOf(text);
  return {
    selects: (name) => originalTables(rules, name).some((original) => isSelected(rules, original)),
    tableOf: (name, columns) => mappedTable(rules, { name, columns }),
  };
}

const locator = z.object({
  "schema-name": z.string(),
  "table-name": z.string().optional(),
  "column-name": z.string().optional(),
  "data-type": z.string().optional(),
});

const number = z.union([z.number(), z.string().regex(/^\d*$/)]).nullish();

const ruleSchema = z.object({
  "rule-type": z.enum(["selection", "transformation", "table-settings"]),
  "rule-id": z.union([z.string(), z.number()]).optional(),
  "rule-action": z.string().optional(),
  "rule-target": z.string().optional(),
  "object-locator": locator,
  value: z.string().nullish(),
  "old-value": z.string().nullish(),
  "data-type": z.object({ type: z.string(), precision: number, scale: number }).nullish(),
  "primary-key-def": z.object({ columns: z.array(z.string()).min(1) }).optional(),
});

type Rule = z.infer<typeof ruleSchema>;

function rulesOf(text: string): readonly Rule[] {
  const { rules } = parsed(z.object({ rules: z.array(z.unknown()).min(1) }), jsonOf(text), "the table mapping");
  return rules.map((rule, index) => {
    const place = `the table mapping, rule ${index + 1}`;
    const found = parsed(ruleSchema, rule, place);
    checkRule(found, place);
    return found;
  });
}

const selecting = new Set(["include", "exclude", "explicit"]);
/** Actions that change values, or add columns whose types are found as those of other columns. */
const silent = new Set(["include-column", "remove-column", "add-before-image-columns"]);

/** Throws USAGE for a rule that would be left out by mistake. */
function checkRule(rule: Rule, place: string): void {
  const { "rule-type": type, "rule-action": action = "", "data-type": dataType } = rule;
  if (type === "table-settings" || silent.has(action) || action.startsWith("data-masking-")) return;
  const isKnown = type === "selection" ? selecting.has(action) : isNaming(rule) || action in transformations;
  if (!isKnown) throw unreadable(place, `the rule action ${action === "" ? "is missing" : `${action} is not known`}`);
  const needed =
    transformations[action] ?? (isNaming(rule) && !action.startsWith("convert-") ? ["value" as const] : []);
  const lacking = needed.find((member) => rule[member] == null);
  if (lacking !== undefined) throw unreadable(place, `${action} needs ${lacking}`);
  if (dataType != null) typeOrThrow(dataType, place);
}

/** Transformations that say something of columns, with the members that they need. */
const transformations: Readonly<Record<string, readonly ("value" | "data-type" | "primary-key-def")[]>> = {
  "add-column": ["value"],
  "change-data-type": ["data-type"],
  "define-primary-key": ["primary-key-def"],
};

type DataType = NonNullable<Rule["data-type"]>;

function typeOrThrow({ type, precision, scale }: DataType, place: string): string | undefined {
  try {
    return typeOfDms(type, { precision: numberOf(precision), scale: numberOf(scale) });
  } catch (failure) {
    throw unreadable(place, messageOf(failure));
  }
}

function numberOf(given: DataType["precision"]): number | undefined {
  return given == null || given === "" ? undefined : Number(given);
}

function originalTables(rules: readonly Rule[], { schema, name }: TableName): readonly TableName[] {
  return originalsOf(rules, { target: "schema", text: schema, within: {} }).flatMap((originalSchema) =>
    originalsOf(rules, { target: "table", text: name, within: { schema: originalSchema } }).map((table) => ({
      schema: originalSchema,
      name: table,
    })),
  );
}

function isSelected(rules: readonly Rule[], table: TableName): boolean {
  const selections = rules.filter((rule) => rule["rule-type"] === "selection");
  const chosen = selections.filter((rule) => concerns(rule, table)).map((rule) => rule["rule-action"]);
  return selections.length === 0 || (chosen.length > 0 && !chosen.includes("exclude"));
}

function concerns({ "object-locator": place }: Rule, { schema, name }: TableName): boolean {
  return matchesLike(place["schema-name"], schema) && matchesLike(place["table-name"] ?? "%", name);
}

/** A column by the names that it may have in the database. */
interface OriginalColumn extends TableName {
  readonly column: string;
}

function mappedTable(
  rules: readonly Rule[],
  { name, columns }: { name: TableName; columns: readonly string[] },
): MappedTable {
  const originals = originalTables(rules, name).filter((original) => isSelected(rules, original));
  const own = rules.filter((rule) => originals.some((table) => concerns(rule, table)));
  const typed = columns.flatMap((column): GivenColumn[] => {
    const found = originals.flatMap((table) => originalColumns(rules, { table, column }));
    const type = saidType(own, { column, found });
    return type === undefined ? [] : [{ name: column, type }];
  });
  const left = own.filter((rule) => rule["rule-action"] === "change-data-type" && isByType(rule)).map(leftOut);
  return { columns: typed, named: own.flatMap(typedNames), key: mappedKey(rules, originals), left };
}

function typedNames(rule: Rule): readonly string[] {
  const { "rule-action": action, "object-locator": place, value, "data-type": type } = rule;
  if (type == null || isByType(rule) || typeOrThrow(type, "") === undefined) return [];
  return action === "add-column" ? [value ?? ""] : [place["column-name"] ?? "%"];
}

function originalColumns(
  rules: readonly Rule[],
  { table, column }: { table: TableName; column: string },
): readonly OriginalColumn[] {
  const within = { schema: table.schema, table: table.name };
  const names = originalsOf(rules, { target: "column", text: column, within });
  return names.map((original) => ({ ...table, column: original }));
}

function saidType(
  rules: readonly Rule[],
  { column, found }: { column: string; found: readonly OriginalColumn[] },
): string | undefined {
  const rule =
    rules.find((other) => other["rule-action"] === "add-column" && other.value === column) ??
    rules.findLast(
      (other) => other["rule-action"] === "change-data-type" && found.some((one) => isOfColumn(other, one)),
    );
  return rule?.["data-type"] == null ? undefined : typeOrThrow(rule["data-type"], column);
}

/** By the names that the files have. */
function mappedKey(rules: readonly Rule[], originals: readonly TableName[]): readonly string[] | undefined {
  const keyed = rules.filter((rule) => rule["rule-action"] === "define-primary-key");
  for (const { schema, name } of originals) {
    const rule = keyed.findLast((other) => concerns(other, { schema, name }));
    const within = { schema, table: name };
    const key = rule?.["primary-key-def"]?.columns;
    if (key !== undefined) return key.map((text) => targetName(rules, { target: "column", text, within }));
  }
  return undefined;
}

/** A rule that chooses columns by their types in the database, which files do not tell. */
function isByType({ "object-locator": place }: Rule): boolean {
  return place["data-type"] !== undefined;
}

function isOfColumn(rule: Rule, { column, ...table }: OriginalColumn): boolean {
  const pattern = rule["object-locator"]["column-name"] ?? "%";
  return !isByType(rule) && concerns(rule, table) && matchesLike(pattern, column);
}

function leftOut({ "rule-id": id, "object-locator": place }: Rule): string {
  return `rule ${id ?? ""} changes columns that have the type ${place["data-type"]} in the database, which the files do not tell; name these columns and their types with \`headgate table set <database.table> --reading <json>\``;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (failure) {
    throw unreadable("the table mapping", messageOf(failure));
  }
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw unreadable(place, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

function unreadable(place: string, message: string): HeadgateError {
  const remedy = "give the JSON that the DMS task has as its table mappings";
  return new HeadgateError("USAGE", { place, message, remedy });
}
