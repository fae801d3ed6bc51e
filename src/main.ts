/** The process: which connectors exist, then the command line. Adding a connector is a folder and a line here. */
import { readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runCli } from "./cli/cli.ts";
import type { ConnectorMeans } from "./operations/connector-means.ts";
import type { Connector } from "./sync/source.ts";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };

export const version = manifest.version;

/** Loaded when first needed, so that commands without a source start at once. */
export async function connectors(means: ConnectorMeans): Promise<readonly Connector[]> {
  const [{ mariadb, mysql }, { postgres }, { dmsFiles }] = await Promise.all([
    import("./connectors/mariadb/mariadb.ts"),
    import("./connectors/postgres/postgres.ts"),
    import("./connectors/dms-files/dms-files.ts"),
  ]);
  return [mariadb, mysql, postgres, dmsFiles(means)];
}

// A reader that has seen enough (`headgate sql … | head`) is no error.
process.stdout.on("error", (failure: NodeJS.ErrnoException) => process.exit(failure.code === "EPIPE" ? 0 : 1));

if (realpathSync(process.argv[1] ?? "") === fileURLToPath(import.meta.url)) {
  // Nobody but this user needs the files that it makes. A lake that others may read is opened by the mode of its directory.
  process.umask(0o077);
  const code = await runCli(process.argv.slice(2), { version, connectors });
  // A command that printed what failed has said so already.
  if (code !== 0) process.exitCode = code;
  // A source that does not answer keeps no command from ending.
  setTimeout(() => process.exit(), 3_000).unref();
}
