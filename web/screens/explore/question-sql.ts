/**
 * The one place that makes SQL of a question. Pure: a name, whatever characters it has, becomes a quoted name, and a typed
 * value becomes a literal of its type or is refused; nothing of a question is ever put into a statement as it is.
 */
import type { ColumnName, Filter, Group, Measure, Question } from "./question.ts";

/** Thrown for a value that is none of its type, in words for whoever typed it. */
export class ValueError extends Error {
  override readonly name = "ValueError";
}

/** Throws ValueError. */
export function sqlOf(question: Question): string {
  const { table, joins, filters, groups, measures, sort, limit } = question;
  const isGrouped = groups.length > 0 || measures.length > 0;
  const shown = isGrouped ? selected(question) : everything(question);
  const lines = [
    `select ${shown.join(",\n       ")}`,
    `from ${quoted(table.database)}.${quoted(table.name)} as ${alias(0)}`,
    ...joins.map(
      (join, place) =>
        `left join ${quoted(join.table.database)}.${quoted(join.table.name)} as ${alias(place + 1)}` +
        ` on ${alias(place + 1)}.${quoted(join.key)} = ${column(join.from)}`,
    ),
    ...filters.map((filter, place) => `${place === 0 ? "where" : "  and"} ${condition(filter)}`),
    ...(groups.length === 0 ? [] : [`group by ${groups.map((_, place) => place + 1).join(", ")}`]),
    ...(sort === undefined
      ? defaultOrder(question)
      : [`order by ${sort.place + 1}${sort.isDescending ? " desc" : ""} nulls last`]),
    `limit ${Math.max(1, Math.trunc(limit))}`,
  ];
  return lines.join("\n");
}

/** The names of the columns of the result, as far as the question itself says them. */
export function resultNames({ groups, measures }: Question): readonly string[] {
  return distinctNames([...groups.map(groupName), ...measures.map(measureName)]);
}

/** Groups come in their order, so that a chart of times goes from left to right. */
function defaultOrder({ groups }: Question): readonly string[] {
  return groups.length === 0 ? [] : ["order by 1"];
}

/** Two tables may have columns of the same name; those of a joined table are told apart by its name. */
function everything({ joins }: Question): readonly string[] {
  const all = `${alias(0)}.*`;
  return joins.length === 0 ? ["*"] : [all, ...joins.map((_, place) => `${alias(place + 1)}.*`)];
}

function selected(question: Question): readonly string[] {
  const names = resultNames(question);
  const values = [...question.groups.map(groupValue), ...question.measures.map(measureValue)];
  return values.map((value, place) => `${value} as ${quoted(names[place] ?? "")}`);
}

function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let number = 2; taken.has(own.toLowerCase()); number++) own = `${name} ${number}`;
    taken.add(own.toLowerCase());
    return own;
  });
}

function groupName({ on, by }: Group): string {
  return by === "value" ? on.column : `${on.column} by ${by}`;
}

function groupValue({ on, kind, by }: Group): string {
  if (by === "value" || (kind !== "date" && kind !== "time")) return column(on);
  return `date_trunc(${text(by)}, ${column(on)})`;
}

function measureName({ how, on }: Measure): string {
  if (how === "count" || on === undefined) return "rows";
  return {
    distinct: `different ${on.column}`,
    sum: `sum of ${on.column}`,
    average: `average ${on.column}`,
    least: `least ${on.column}`,
    most: `most ${on.column}`,
  }[how];
}

function measureValue({ how, on }: Measure): string {
  if (how === "count" || on === undefined) return "count(*)";
  if (how === "distinct") return `count(distinct ${column(on)})`;
  return `${{ sum: "sum", average: "avg", least: "min", most: "max" }[how]}(${column(on)})`;
}

function condition(filter: Filter): string {
  const { on, kind, test, values } = filter;
  const left = column(on);
  const [first = "", second = ""] = values;
  const value = (typed: string): string => literal(typed, kind, on.column);
  switch (test) {
    case "is empty":
      return kind === "text" ? `(${left} is null or ${left} = '')` : `${left} is null`;
    case "is not empty":
      return kind === "text" ? `${left} <> ''` : `${left} is not null`;
    case "contains":
      return `contains(lower(${left}), lower(${text(first)}))`;
    case "begins with":
      return `starts_with(lower(${left}), lower(${text(first)}))`;
    case "is":
      return `${left} = ${value(first)}`;
    case "is not":
      return `${left} is distinct from ${value(first)}`;
    case "at least":
      return `${left} >= ${value(first)}`;
    case "at most":
      return `${left} <= ${value(first)}`;
    case "between":
      return `${left} between ${value(first)} and ${value(second)}`;
    case "last days":
      return `${left} >= current_date - ${whole(first, on.column)}`;
  }
}

function literal(typed: string, kind: Filter["kind"], name: string): string {
  const given = typed.trim();
  switch (kind) {
    case "number":
      if (!/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(given)) throw new ValueError(`“${typed}” is not a number for ${name}.`);
      return given.startsWith("+") ? given.slice(1) : given;
    case "date":
      if (!/^\d{4,6}-\d\d-\d\d$/.test(given))
        throw new ValueError(`“${typed}” is not a date for ${name}: write 2026-11-27.`);
      return `date ${text(given)}`;
    case "time":
      return `timestamp ${text(timeOf(given, name))}`;
    case "truth":
      if (given !== "true" && given !== "false") throw new ValueError(`Choose true or false for ${name}.`);
      return given;
    default:
      return text(typed);
  }
}

function timeOf(given: string, name: string): string {
  const [, day, hour = "00:00:00"] = /^(\d{4,6}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?$/.exec(given) ?? [];
  if (day === undefined) throw new ValueError(`“${given}” is not a time for ${name}: write 2026-11-27 09:30.`);
  return `${day} ${hour}`;
}

function whole(typed: string, name: string): string {
  const given = typed.trim();
  if (!/^\d{1,6}$/.test(given)) throw new ValueError(`“${typed}” is not a number of days for ${name}.`);
  return given;
}

function column({ at, column: name }: ColumnName): string {
  return `${alias(at)}.${quoted(name)}`;
}

function alias(at: number): string {
  return `t${Math.max(0, Math.trunc(at))}`;
}

/** Always quoted: no list of reserved words has to be complete for it. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
