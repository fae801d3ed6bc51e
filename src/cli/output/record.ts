/** Shows one thing as aligned `name  value` lines; `startedAt` reads `started at`. */
import { colors } from "./terminal.ts";

export function printRecord(record: Readonly<Record<string, unknown>>): void {
  const lines = Object.entries(record).map(([name, value]): readonly [string, unknown] => [inWords(name), value]);
  const width = Math.max(...lines.map(([name]) => name.length));
  for (const [name, value] of lines) {
    if (value !== undefined) process.stdout.write(`${colors.dim(name.padEnd(width))}  ${String(value)}\n`);
  }
}

function inWords(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_both, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}
