/** `headgate revoke …`: takes a right back, after asking if others fall with it. */
import { Command } from "commander";
import type { PresentedGrant } from "../../operations/access/present-grant.ts";
import type { CliParts } from "../cli-parts.ts";
import { grantWords } from "../grant-words.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { confirm } from "../output/confirm.ts";
import { grantedLine, grantLine, originText } from "../output/grant-lines.ts";

interface RevokeOptions {
  readonly filter?: string;
  readonly plan?: boolean;
  readonly yes?: boolean;
}

export function revokeCommand({ connectors }: CliParts): Command {
  return new Command("revoke")
    .description(
      "take a right back, with everything that was passed on from it: <permissions> on <resource> from <principal>",
    )
    .argument("<words...>", "select on shop.orders from ann")
    .option("--filter <name>", "only the grant with this data filter")
    .option("--plan", "only show what would end")
    .option("--yes", "do not ask when rights of others end too")
    .action(async (words: readonly string[], options: RevokeOptions, command: Command) => {
      const operation = async () => (await import("../../operations/access/grants.ts")).grantRevoke;
      const { permissions, on, principal: from } = grantWords(words, "from");
      const { filter, plan: isPlan = false, yes = false } = options;
      const input = { permissions: [...permissions], on, from, filter };
      const plan = await invoke({ command, connectors, operation, input: { ...input, plan: true } });
      if (isPlan) return wantsJson(command) ? printJson(plan) : print("would no longer have", plan);
      if (plan.falls.length > 0) {
        const goes = [...plan.grants, ...plan.falls].map((grant) => `ends: ${grantLine(grant)}`);
        const place = `revoke ${words.join(" ")}`;
        await confirm({ goes, question: "End all of these?", place, isGiven: yes });
      }
      const result = await invoke({ command, connectors, operation, input: { ...input, plan: false } });
      if (wantsJson(command)) printJson(result);
      else print("no longer has", result);
    });
}

interface Revoked {
  readonly grants: readonly PresentedGrant[];
  readonly falls: readonly PresentedGrant[];
  readonly declaredIn: readonly string[];
}

function print(verb: string, { grants, falls, declaredIn }: Revoked): void {
  const lines = [...grants, ...falls].map((grant) => `${grant.to} ${verb} ${grantedLine(grant)}`);
  const again = declaredIn.map((origin) => `${originText(origin)} has it, too: take it out there`);
  process.stdout.write([...lines, ...again].map((line) => `${line}\n`).join(""));
}
