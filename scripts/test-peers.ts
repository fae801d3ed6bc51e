/** `npm run test:peers`: sets up the real counterparts, then lets them read what we write. */
import { spawnSync } from "node:child_process";
import { buildConsole } from "./build-console.ts";
import { installServers } from "./install-servers.ts";
import { setUpPeers } from "../test/peers/set-up.ts";

installServers();
setUpPeers();
// Before the files that open its pages, which would each build it.
await buildConsole();
const words = [
  "--disable-warning=ExperimentalWarning",
  "node_modules/vitest/vitest.mjs",
  "run",
  "--project",
  "peers",
  ...process.argv.slice(2),
];
process.exitCode = spawnSync(process.execPath, words, { stdio: "inherit" }).status ?? 1;
