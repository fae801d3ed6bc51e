/** `headgate session …`: who is signed in. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";
import { count } from "../output/table.ts";

const sessions = () => import("../../operations/people/sessions.ts");

export function sessionCommand(parts: CliParts): Command {
  return new Command("session")
    .description("see who is signed in, and end sessions")
    .addCommand(listCommand(parts))
    .addCommand(endCommand(parts));
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the open sessions of a user, or of everybody")
    .argument("[user]")
    .action(async (user: string | undefined, _options: object, command: Command) => {
      const operation = async () => (await sessions()).sessionList;
      const result = await invoke({ command, connectors, operation, input: { user } });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.sessions.map(({ id, user: name, actingAs, account, address, createdAt, usedAt }) => ({
          session: id,
          user: name,
          "acts as": actingAs,
          account,
          from: address,
          began: createdAt,
          "last used": usedAt,
        })),
        process.stdout,
        { whole: ["session"], none: user === undefined ? "nobody is signed in" : `${user} is not signed in` },
      );
    });
}

function endCommand({ connectors }: CliParts): Command {
  return new Command("end")
    .description("end a session, or all sessions of a user; what is open in them stops")
    .argument("[session]", "its id, as `headgate session list` shows it")
    .option("--user <user>", "all sessions of this user")
    .action(async (id: string | undefined, { user }: { user?: string }, command: Command) => {
      const operation = async () => (await sessions()).sessionEnd;
      const result = await invoke({ command, connectors, operation, input: { id, user } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${count(result.ended, "session")} ended\n`);
    });
}
