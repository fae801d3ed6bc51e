/** `headgate request mail …`: at which addresses one is told of requests. */
import { Command, Option } from "commander";
import { mailStates, type MailState } from "../../db/request-mail-rows.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

const mail = () => import("../../operations/sharing/mail/subscriptions.ts");

export function requestMailCommand(parts: CliParts): Command {
  return new Command("mail")
    .description("have mails about requests sent to you")
    .addCommand(subscribeCommand(parts))
    .addCommand(confirmCommand(parts))
    .addCommand(unsubscribeCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(testCommand(parts));
}

function subscribeCommand({ connectors }: CliParts): Command {
  return new Command("subscribe")
    .description("name an address, to which a code is sent first")
    .argument("<address>")
    .action(async (address: string, _options: object, command: Command) => {
      const operation = async () => (await mail()).mailSubscribe;
      const result = await invoke({ command, connectors, operation, input: { address } });
      if (wantsJson(command)) printJson(result);
      else
        process.stdout.write(
          result.sent
            ? `a code is on its way to ${address}: confirm it with headgate request mail confirm <code>\n`
            : `${address} is confirmed already\n`,
        );
    });
}

function confirmCommand({ connectors }: CliParts): Command {
  return new Command("confirm")
    .description("confirm an address with the code that was sent to it")
    .argument("<code>")
    .action(async (code: string, _options: object, command: Command) => {
      const operation = async () => (await mail()).mailConfirm;
      const result = await invoke({ command, connectors, operation, input: { code } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`mails about requests are sent to ${result.address}\n`);
    });
}

function unsubscribeCommand({ connectors }: CliParts): Command {
  return new Command("unsubscribe")
    .description("have no more mails sent to an address")
    .argument("<address>")
    .action(async (address: string, _options: object, command: Command) => {
      const operation = async () => (await mail()).mailUnsubscribe;
      const result = await invoke({ command, connectors, operation, input: { address } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`${address} ${result.ended ? "gets no more mails" : "got none"}\n`);
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list mails that wait or could not be sent, for whoever administers the lake")
    .addOption(new Option("--state <state>", "only those in this state").choices(mailStates))
    .action(async ({ state }: { state?: MailState }, command: Command) => {
      const operation = async () => (await mail()).mailList;
      const result = await invoke({ command, connectors, operation, input: { state } });
      if (wantsJson(command)) printJson(result);
      else printRows(result.mails, process.stdout, { none: "no mail waits", below: ["failure"] });
    });
}

function testCommand({ connectors }: CliParts): Command {
  return new Command("test")
    .description("send a mail to see whether mails arrive, for whoever administers the lake")
    .argument("<address>")
    .action(async (address: string, _options: object, command: Command) => {
      const operation = async () => (await import("../../operations/sharing/mail/mail-test.ts")).mailTest;
      const result = await invoke({ command, connectors, operation, input: { address } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.server} took a mail for ${address}: look whether it arrives\n`);
    });
}
