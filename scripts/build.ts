/** Builds dist/, the published form: Node does not run TypeScript inside node_modules, and browsers do not run it at all. */
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { buildConsole } from "./build-console.ts";

rmSync("dist", { recursive: true, force: true });
await buildConsole();
process.exitCode =
  spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" })
    .status ?? 1;
cpSync(".cache/console", "dist/console", { recursive: true });
