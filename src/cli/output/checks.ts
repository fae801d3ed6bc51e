/** Shows the checks of a source: a mark, what was found, and the statement that fixes it. */
import { colors } from "./terminal.ts";
import type { Check } from "../../sync/source.ts";

const marks = { ok: colors.green("✓"), warning: colors.yellow("!"), failed: colors.red("✗") };

export function printChecks({
  server,
  checks,
}: {
  server: { product: string; version: string };
  checks: readonly Check[];
}): void {
  process.stdout.write(`${colors.bold(`${server.product} ${server.version}`)}\n`);
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, outcome, found, mend } of checks) {
    process.stdout.write(`  ${marks[outcome]} ${name.padEnd(width)}  ${found}\n`);
    if (mend !== undefined) process.stdout.write(`${mend.replace(/^/gm, `    ${" ".repeat(width)}  `)}\n`);
  }
  const failed = checks.filter(({ outcome }) => outcome === "failed").length;
  const warned = checks.filter(({ outcome }) => outcome === "warning").length;
  process.stdout.write(
    failed > 0 ? colors.red(`${failed} failed\n`) : `ready to load${warned > 0 ? `, ${warned} warnings` : ""}\n`,
  );
}
