/** The line of a report that names new columns that look like personal data. */
import type { PersonalColumn } from "../../sync/run/sync-report.ts";
import { count } from "./table.ts";
import { colors } from "./terminal.ts";

const mostNamed = 8;

export function printPersonalData(columns: readonly PersonalColumn[] = []): void {
  if (columns.length === 0) return;
  const named = columns.slice(0, mostNamed).map(({ table, column, class: name }) => `${table}.${column} (${name})`);
  const more = columns.length > mostNamed ? `, and ${columns.length - mostNamed} more` : "";
  const looks = columns.length === 1 ? "looks" : "look";
  process.stdout.write(
    `${colors.yellow("!")} ${count(columns.length, "column")} ${looks} like personal data: ${named.join(", ")}${more} (headgate pii list)\n`,
  );
}
