/** `headgate table …`: the tables of the lake and their settings. */
import { Command } from "commander";
import { formatName } from "../../catalog/table-name.ts";
import type { PresentedColumn } from "../../operations/stewardship/present-said.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";
import { markText, parametersText, saidLines } from "../output/said-lines.ts";
import { tableDescribeCommand } from "./describe.ts";
import { markCommand } from "./table-mark.ts";
import { tableControllerCommand } from "./controller.ts";
import { pauseCommand, resetCommand, resumeCommand } from "./table-control.ts";
import { dropCommand } from "./table-drop.ts";
import { registerCommand, unregisterCommand } from "./table-register.ts";
import { setCommand } from "./table-set.ts";
import { branchCommand, diffCommand, historyCommand, rollbackCommand, tagCommand } from "./table-states.ts";

const tables = () => import("../../operations/tables.ts");

export function tableCommand(parts: CliParts): Command {
  return new Command("table")
    .description(
      "look at tables and their earlier states; describe and mark them; change settings, pause, reset or drop tables; register tables of other writers",
    )
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(tableDescribeCommand(parts))
    .addCommand(markCommand(parts))
    .addCommand(historyCommand(parts))
    .addCommand(diffCommand(parts))
    .addCommand(tagCommand(parts))
    .addCommand(branchCommand(parts))
    .addCommand(rollbackCommand(parts))
    .addCommand(setCommand(parts))
    .addCommand(tableControllerCommand(parts))
    .addCommand(pauseCommand(parts))
    .addCommand(resumeCommand(parts))
    .addCommand(resetCommand(parts))
    .addCommand(dropCommand(parts))
    .addCommand(registerCommand(parts))
    .addCommand(unregisterCommand(parts));
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the tables of the lake")
    .argument("[database]", "only this one")
    .action(async (database: string | undefined, _options: object, command: Command) => {
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await tables()).tableList,
        input: { database },
      });
      if (wantsJson(command)) return printJson(result);
      const isMarked = result.tables.some(({ mark }) => mark !== undefined);
      const hasLinks = result.tables.some(({ link }) => link !== undefined);
      printRows(
        result.tables.map(
          ({ account, database: own, name, kind, link, rows, files, bytes, columns, updatedAt, freshAt, mark }) => ({
            database: formatName(account === undefined ? [own] : [account, own]),
            table: name,
            kind,
            ...(hasLinks ? { "link to": link?.target } : {}),
            ...(isMarked ? { mark: markText(mark) } : {}),
            rows,
            "fresh (UTC)": freshAt,
            columns,
            files,
            MB: bytes === undefined ? undefined : Math.round(bytes / 104_857.6) / 10,
            "changed (UTC)": updatedAt,
          }),
        ),
        process.stdout,
        { none: database === undefined ? "no table yet" : `no table in ${database}`, isBrief: true },
      );
    });
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show a table: its columns, its partitions, and its source")
    .argument("<table>", "database.table")
    .action(async (table: string, _options: object, command: Command) => {
      const described = await invoke({
        command,
        connectors,
        operation: async () => (await tables()).tableShow,
        input: { table },
      });
      if (wantsJson(command)) return printJson(described);
      const {
        columns,
        properties: _properties,
        description,
        parameters,
        terms,
        owners,
        stewards,
        mark,
        usedBy,
        links,
        ...rest
      } = described;
      const names = links.length === 0 ? undefined : links.map(({ name }) => name).join(", ");
      const views = usedBy.length === 0 ? undefined : usedBy.join(", ");
      const said = saidLines({ description, parameters, terms, owners, stewards, mark });
      printRecord({ ...rest, "known here as": names, "read by views": views, ...said });
      const isSaid = columns.some((one) => one.description !== undefined || saidOfColumn(one) !== "");
      printRows(
        columns.map((one) => ({
          id: one.id,
          column: one.name,
          type: one.type,
          null: one.required ? "no" : "yes",
          "in the source": one.doc,
          ...(isSaid ? { description: one.description?.text, said: saidOfColumn(one) } : {}),
        })),
      );
    });
}

function saidOfColumn({ parameters, terms }: Pick<PresentedColumn, "parameters" | "terms">): string {
  return [parametersText(parameters), ...terms.map(({ term }) => term)].filter((text) => text !== "").join(", ");
}
