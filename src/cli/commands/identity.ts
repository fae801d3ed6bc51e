/** `headgate identity …`: who people of identity providers are here. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

const identities = () => import("../../operations/people/identities.ts");

export function identityCommand(parts: CliParts): Command {
  return new Command("identity")
    .description("say who people of identity providers are here")
    .addCommand(listCommand(parts))
    .addCommand(linkCommand(parts))
    .addCommand(unlinkCommand(parts));
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the identities that are linked with users")
    .argument("[user]", "only those of this user")
    .action(async (user: string | undefined, _options: object, command: Command) => {
      const operation = async () => (await identities()).identityList;
      const result = await invoke({ command, connectors, operation, input: { user } });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.identities.map(({ user: name, provider, issuer, subject, removed, usedAt }) => ({
          user: removed ? `${name} (removed)` : name,
          provider: provider ?? issuer,
          subject,
          "last used": usedAt ?? "never",
        })),
      );
    });
}

interface LinkOptions {
  readonly provider: string;
  readonly subject: string;
}

function linkCommand({ connectors }: CliParts): Command {
  return new Command("link")
    .description("let somebody whom a provider names sign in as a user who exists")
    .argument("<user>")
    .requiredOption("--provider <provider>", "the identity provider")
    .requiredOption("--subject <subject>", "what the provider's claim says for ever; not an e-mail address")
    .action(async (user: string, { provider, subject }: LinkOptions, command: Command) => {
      const operation = async () => (await identities()).identityLink;
      const result = await invoke({ command, connectors, operation, input: { user, provider, subject } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${subject} of ${provider} signs in as ${user}\n`);
    });
}

function unlinkCommand({ connectors }: CliParts): Command {
  return new Command("unlink")
    .description("end the link of an identity, and the sessions that were opened with it")
    .requiredOption("--provider <provider>", "the identity provider")
    .requiredOption("--subject <subject>", "as `headgate identity list` shows it")
    .action(async ({ provider, subject }: LinkOptions, command: Command) => {
      const operation = async () => (await identities()).identityUnlink;
      const result = await invoke({ command, connectors, operation, input: { provider, subject } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${subject} of ${provider} no longer signs in as ${result.unlinked}\n`);
    });
}
