/**
 * `headgate completion`, which prints a script for a shell to source, and the hidden command that this script calls
 * while somebody types.
 */
import { Argument, Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { expectedAt, type Candidate } from "../completion/candidates.ts";
import { scripts, shells, type Shell } from "../completion/scripts.ts";
import { printJson, wantsJson } from "../invoke.ts";

export function completionCommand(): Command {
  return new Command("completion")
    .description(
      "print the script with which a shell completes commands, flags, and the names of sources, tables, schedules and users",
    )
    .addArgument(new Argument("<shell>", "the shell that sources it").choices(shells))
    .action((shell: Shell, _options: object, command: Command) => {
      if (wantsJson(command)) printJson({ script: scripts[shell] });
      else process.stdout.write(scripts[shell]);
    });
}

/** Prints nothing when anything fails, because an error message in the middle of the line being typed helps nobody. */
export function completeCommand(parts: CliParts): Command {
  return new Command("complete")
    .description("print the possible completions of a command line")
    .argument("[words...]")
    .action(async (words: readonly string[], _options: object, command: Command) => {
      const found = await candidates(parts, { program: command.parent ?? command, words }).catch(() => []);
      process.stdout.write(found.map(line).join(""));
    });
}

interface Typed {
  readonly program: Command;
  readonly words: readonly string[];
}

async function candidates(parts: CliParts, { program, words }: Typed): Promise<readonly Candidate[]> {
  const { expected, options } = expectedAt(program, words);
  const typed = words.at(-1) ?? "";
  if (expected.kind === "files") return [{ value: ":files", description: "" }];
  if (expected.kind === "words") return expected.words.filter(({ value }) => value.startsWith(typed));
  const { namesFor } = await import("../completion/names.ts");
  const names = await namesFor(parts, { ...expected, options });
  return names.filter((name) => name.startsWith(typed)).map((value) => ({ value, description: "" }));
}

function line({ value, description }: Candidate): string {
  return description === "" ? `${value}\n` : `${value}\t${description.replaceAll(/\s+/g, " ")}\n`;
}
