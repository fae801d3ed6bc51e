/** The words of `headgate up`: hold the data directory and serve it until told to stop. */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { openCleanup } from "../../base/cleanup.ts";
import type { CliParts } from "../cli.ts";
import { configOf, printJson, wantsJson } from "../invoke.ts";

/** `headgate up`: hold the data directory and serve it until told to stop. */
export function upCommand({ connectors, version }: CliParts): Command {
  return new Command("up")
    .description("start the server, keep it running, and do what schedules say is due")
    .action(async (_options: object, command: Command) => {
      const config = configOf(command);
      const [{ openHttpDoor }, { operations }, { startScheduler }, { holdSession }, { schedulerNews }] =
        await Promise.all([
          import("../../doors/http/http-door.ts"),
          import("../../operations/operations.ts"),
          import("../../operations/scheduler.ts"),
          import("../session.ts"),
          import("../output/scheduler-news.ts"),
        ]);
      const cleanup = openCleanup();
      try {
        const session = cleanup.use(await holdSession({ config, connectors }));
        const token = randomBytes(24).toString("base64url");
        const door = cleanup.use(openHttpDoor({ context: session.context, operations, token, version }));
        const origin = await door.listen({ host: config.host, port: config.port });
        const address = `${origin}/?token=${token}`;
        cleanup.use(startScheduler(session.context, schedulerNews(command)));
        await writeFile(join(config.dataDirectory, "address"), `${address}\n`, { mode: 0o600 });
        if (wantsJson(command)) printJson({ address, pid: process.pid, data: config.dataDirectory });
        else
          process.stdout.write(
            `${pc.green("✓")} Headgate is up on ${pc.bold(address)}\n  data in ${config.dataDirectory}; stop with Ctrl-C\n`,
          );
        await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
        process.stderr.write("stopping\n");
      } finally {
        await cleanup[Symbol.asyncDispose]();
      }
    });
}
