/** `headgate user invite-again`, `withdraw-invitation` and `invitations`: people who get their first password by e-mail. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

const invitations = () => import("../../operations/people/invitations.ts");

export function inviteAgainCommand({ connectors }: CliParts): Command {
  return new Command("invite-again")
    .description("send somebody who was invited another one-time password; the earlier one no longer works")
    .argument("<user>")
    .option("--address <address>", "another e-mail address than the last time")
    .action(async (name: string, { address }: { readonly address?: string }, command: Command) => {
      const operation = async () => (await invitations()).userInviteAgain;
      const result = await invoke({ command, connectors, operation, input: { name, address } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`another invitation of ${name} goes to ${result.address}\n`);
    });
}

export function withdrawInvitationCommand({ connectors }: CliParts): Command {
  return new Command("withdraw-invitation")
    .description("end an invitation: the password that was sent no longer works; the user stays")
    .argument("<user>")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await invitations()).userWithdrawInvitation;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} is no longer invited\n`);
    });
}

export function invitationsCommand({ connectors }: CliParts): Command {
  return new Command("invitations")
    .description("list who was invited, and what has become of it")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await invitations()).userInvitations;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.invitations.map(({ user, address, state, expiresAt, failure }) => ({
          user,
          address,
          state,
          "works until": expiresAt,
          failure,
        })),
      );
    });
}
