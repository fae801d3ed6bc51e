/**
 * `npm run sim -- <name>`: simulates weeks or months in minutes against real servers. Each simulation is a file here.
 */
import { readdirSync } from "node:fs";
import { installServers } from "../../scripts/install-servers.ts";

const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replace(/\.ts$/, ""))
  .filter((name) => name !== "sim");
const name = process.argv[2] ?? "";
if (known.includes(name)) {
  installServers();
  await import(`./${name}.ts`);
} else {
  console.error(`usage: npm run sim -- ${known.join("|")} [options]`);
  process.exitCode = 2;
}
