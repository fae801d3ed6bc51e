/** `headgate table drop`: shows what will be dropped, then asks. */
import { Command } from "commander";
import type { Dropped } from "../../operations/table-drop.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { confirm } from "../output/confirm.ts";
import { shellWord } from "../output/shell-word.ts";
import { count } from "../output/table.ts";

interface DropOptions {
  readonly keepFiles?: boolean;
  readonly plan?: boolean;
  readonly yes?: boolean;
}

export function dropCommand({ connectors }: CliParts): Command {
  return new Command("drop")
    .description(
      "remove a table from the lake for good, with its history, settings, tags, files, grants and data filters, after asking; it is loaded again only when `headgate sync <source> --table <name>` names it",
    )
    .argument("<table>", "database.table")
    .option("--keep-files", "keep the files; `headgate table register` can add them to the catalog again")
    .option("--plan", "only show what would go with it")
    .option("--yes", "do not ask")
    .action(async (table: string, options: DropOptions, command: Command) => {
      const { keepFiles = false, plan: onlyPlan = false, yes = false } = options;
      const operation = async () => (await import("../../operations/table-drop.ts")).tableDrop;
      const input = { table, keepFiles };
      if (onlyPlan) {
        const planned = await invoke({ command, connectors, operation, input: { ...input, plan: true } });
        if (wantsJson(command)) return printJson(planned);
        return void process.stdout.write(`${whatGoes(planned).join("\n")}\n`);
      }
      if (!yes) {
        const plan = await invoke({ command, connectors, operation, input: { ...input, plan: true } });
        const question = `Drop ${plan.table} for good?`;
        await confirm({ goes: whatGoes(plan), question, place: `table drop ${table}`, isGiven: yes });
      }
      const result = await invoke({ command, connectors, operation, input: { ...input, plan: false } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(droppedLines(result));
    });
}

function whatGoes(plan: Dropped): readonly string[] {
  const rows = plan.rows === null ? "whose metadata cannot be read" : `of ${count(plan.rows, "row")}`;
  return [
    `${plan.table}, a table ${rows}, is removed from the lake with all its earlier states`,
    ...(plan.history === null ? [] : [`the history of its changes, ${plan.history}, is removed too`]),
    ...(plan.references.length === 0 ? [] : [`tags and branches that go: ${plan.references.join(", ")}`]),
    ...(plan.grants + plan.filters === 0 ? [] : [`${rulesOf(plan)} end${losers(plan)}`]),
    ...(plan.views.length === 0 ? [] : [`views that nobody can read without it: ${plan.views.join(", ")}`]),
    ...(plan.isSet ? ["its settings are removed"] : []),
    ...(plan.declaredIn === null ? [] : [`it is declared in ${plan.declaredIn}: take it out there too`]),
    ...(plan.schedules.length === 0 ? [] : [`schedules that name it leave it out: ${plan.schedules.join(", ")}`]),
    plan.filesStay ? `its files stay at ${plan.location}` : `its files are deleted from ${plan.location}`,
    ...(plan.source === null ? [] : [`${plan.sourceTable ?? ""} stays as it is in the source ${plan.source}`]),
  ];
}

function rulesOf({ grants, filters }: Dropped): string {
  return `${count(grants, "grant")} and ${count(filters, "data filter")}`;
}

/** Names twenty at most. */
function losers({ losesAccess }: Dropped): string {
  if (losesAccess.length === 0) return "";
  const more = losesAccess.length > 20 ? ` and ${losesAccess.length - 20} more` : "";
  return `; these lose what the grants gave them: ${losesAccess.slice(0, 20).join(", ")}${more}`;
}

function droppedLines(dropped: Dropped): string {
  const { table, source, filesStay, filesDeleted, metadataLocation } = dropped;
  const rules =
    dropped.grants + dropped.filters === 0
      ? ""
      : `${rulesOf(dropped)} have ended; for a new table of this name: headgate grant reattach ${shellWord(table)}\n`;
  const files = filesStay ? `its files stay: ${metadataLocation}` : `${count(filesDeleted, "file")} deleted`;
  const again =
    source === null
      ? ""
      : `to load it again: headgate sync ${source} --table ${shellWord(dropped.sourceTable ?? "")}\n`;
  return `${table} is dropped; ${files}\n${again}${rules}`;
}
