/** `headgate grant …`: gives somebody a right; `headgate grant reattach` gives back those of a dropped table. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { grantWords } from "../grant-words.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { momentWord } from "../moment-word.ts";
import { nameList } from "../name-list.ts";
import { printReattached } from "../output/reattached.ts";
import { grantLine } from "../output/grant-lines.ts";
import { printPreview, printSensitive } from "../output/preview-lines.ts";

interface GrantOptions {
  readonly columns?: string;
  readonly except?: string;
  readonly filter?: string;
  readonly from?: string;
  readonly until?: string;
  readonly grantable?: boolean;
  readonly plan?: boolean;
}

export function grantCommand(parts: CliParts): Command {
  const { connectors } = parts;
  return (
    new Command("grant")
      .description(
        "give a user, group, role, key, account or unit a right: <permissions> on <resource> to <principal>; the same grant again changes nothing",
      )
      .argument(
        "<words...>",
        'select on shop.orders to ann; select on "shop.*" to group:bi (future tables too); select on tags domain=sales sensitivity=public,internal to group:bi; operate on source shop to ann; associate on tag domain to ann',
      )
      .option("--columns <names>", "only these columns, with commas between them")
      .option("--except <names>", "all columns but these")
      .option("--filter <name>", "only what this data filter of the table shows")
      .option("--from <time>", "not valid before: 2027-01-31, or with a time and a zone")
      .option("--until <time>", "no longer valid from this time on; a date is the beginning of that day in UTC")
      .option("--grantable", "they may pass it on, but never more than they have")
      .option("--plan", "only show what it would open, and for whom")
      .action(async (words: readonly string[], options: GrantOptions, command: Command) => {
        const operation = async () => (await import("../../operations/access/grants.ts")).grantAdd;
        const { permissions, on, principal: to } = grantWords(words, "to");
        const { plan = false } = options;
        const input = { permissions: [...permissions], on, to, ...limitsOf(options), plan };
        const result = await invoke({ command, connectors, operation, input });
        if (wantsJson(command)) return printJson(result);
        const { grants, added, toSelf } = result;
        process.stdout.write(grants.map((grant) => `${grantLine(grant)}\n`).join(""));
        printSensitive(result.sensitive);
        if (plan) return printPreview(result);
        if (added === 0) process.stdout.write("nothing was changed: the grant exists already\n");
        const oneself = /^(group|role|account|unit):/.test(to) ? "people to whom you belong" : "yourself";
        if (toSelf) process.stdout.write(`you have granted this to ${oneself}, and administrators can see that\n`);
      })
      // Flags after `reattach` belong to it, not to this command.
      .enablePositionalOptions()
      .addCommand(reattachCommand(parts))
  );
}

function limitsOf({ columns, except, filter, from, until, grantable = false }: GrantOptions) {
  return {
    columns: columns === undefined ? undefined : [...nameList(columns)],
    except: except === undefined ? undefined : [...nameList(except)],
    filter,
    from: from === undefined ? undefined : momentWord(from, "--from"),
    until: until === undefined ? undefined : momentWord(until, "--until"),
    grantable,
  };
}

function reattachCommand({ connectors }: CliParts): Command {
  return new Command("reattach")
    .description(
      "make the grants and data filters of the dropped table of this name again, with columns by name; done again, it changes nothing",
    )
    .argument("<table>", "the table that has the name now: database.table")
    .option("--plan", "only show what would be made")
    .action(async (table: string, { plan = false }: { plan?: boolean }, command: Command) => {
      const operation = async () => (await import("../../operations/access/reattach.ts")).grantReattach;
      const result = await invoke({ command, connectors, operation, input: { table, plan } });
      if (wantsJson(command)) printJson(result);
      else printReattached(result);
    });
}
