/** Shows one thing as aligned `name  value` lines. */
import pc from "picocolors";

export function printRecord(record: Readonly<Record<string, unknown>>): void {
  const width = Math.max(...Object.keys(record).map((name) => name.length));
  for (const [name, value] of Object.entries(record)) {
    if (value !== undefined) process.stdout.write(`${pc.dim(name.padEnd(width))}  ${String(value)}\n`);
  }
}
