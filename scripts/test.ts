/** `npm test`, and `npm run test:long` for the tests that it leaves out because they take long. More words choose files. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { installServers } from "./install-servers.ts";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
installServers();
const asked = process.argv.slice(2);
const isLong = asked[0] === "long";
const words = [
  "--disable-warning=ExperimentalWarning",
  "node_modules/vitest/vitest.mjs",
  "run",
  ...(isLong ? ["--project", "long", ...asked.slice(1)] : ["--project", "unit", "--project", "real", ...asked]),
];
process.exitCode = spawnSync(process.execPath, words, { stdio: "inherit" }).status ?? 1;
