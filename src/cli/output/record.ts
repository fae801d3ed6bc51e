/** Shows one thing as aligned `name  value` lines. */
import { colors } from "./terminal.ts";

export function printRecord(record: Readonly<Record<string, unknown>>): void {
  const width = Math.max(...Object.keys(record).map((name) => name.length));
  for (const [name, value] of Object.entries(record)) {
    if (value !== undefined) process.stdout.write(`${colors.dim(name.padEnd(width))}  ${String(value)}\n`);
  }
}
