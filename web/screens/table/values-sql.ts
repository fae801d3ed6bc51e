/** The statement that says how the values of one column are spread: steps of equal width, times by a fitting unit, or the most frequent words. */
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { sqlName } from "../../parts/names.ts";
import type { ColumnProfile } from "./profile.ts";
import { typeText } from "./type-text.ts";

const steps = 20;
const mostWords = 12;

/** The first column of the result stands across, the second says how many rows. Undefined for a type that has no spread. */
export function valuesSql(
  { database, name }: Pick<TableShowAnswer, "database" | "name">,
  column: TableShowAnswer["columns"][number],
  { least, most, distinct }: ColumnProfile,
): string | undefined {
  const type = typeText(column.type);
  const value = sqlName(column.name);
  const from = `from ${sqlName(database)}.${sqlName(name)} where ${value} is not null`;
  if (/^(int|long|float|double|decimal)/.test(type) && distinct > mostWords) {
    const [low, high] = [Number(least), Number(most)];
    if (!Number.isFinite(low) || !Number.isFinite(high) || high <= low) return undefined;
    const width = (high - low) / steps;
    const step = `least(${steps - 1}, floor((${value} - (${low})) / ${width}))`;
    return `select round(${low} + ${width} * ${step}, 6) as "from", count(*) as "rows" ${from} group by 1 order by 1`;
  }
  if (type === "date" || type.startsWith("timestamp"))
    return `select date_trunc('${unitOf(least, most)}', ${value}) as "at", count(*) as "rows" ${from} group by 1 order by 1 limit 400`;
  if (/^(list|map|struct|binary|fixed|variant|geo)/.test(type)) return undefined;
  return `select ${value} as "value", count(*) as "rows" ${from} group by 1 order by 2 desc, 1 limit ${mostWords}`;
}

function unitOf(least: string | null, most: string | null): "hour" | "day" | "month" | "year" {
  const days = (Date.parse(most ?? "") - Date.parse(least ?? "")) / 86_400_000;
  if (days <= 4) return "hour";
  if (days <= 100) return "day";
  return days <= 3_000 ? "month" : "year";
}
