/**
 * The error for a command line that cannot be understood: it names the command that was probably meant, with an example
 * of it. It changes only words; nothing is run in place of what was typed.
 */
import type { Command, CommanderError } from "commander";
import { errorCodes, HeadgateError } from "../errors.ts";
import { commandNamed, leaves, pathOf } from "./command-tree.ts";
import { examples } from "./examples.ts";

/** Words that other programs use for what a command here does; the first words of a list are tried first. */
const synonyms: readonly (readonly string[])[] = [
  ["add", "create", "set", "new", "define", "register"],
  ["remove", "drop", "revoke", "end", "delete", "rm", "unregister"],
  ["list", "show", "ls", "get"],
  ["set", "change", "update", "edit", "alter", "modify"],
];

/** The error for what the library found wrong with the words. */
export function misused({ message, code }: CommanderError, program: Command, words: readonly string[]): HeadgateError {
  const { command } = commandNamed(program, words);
  if (code === "commander.unknownCommand") return unknownCommand(message, program, words);
  if (code === "commander.excessArguments") return tooManyWords(command);
  if (code === "commander.unknownOption" && command === program) return flagFirst(message, words);
  const text = message.replace(/^error: /, "").replace(/\n\(Did you mean (.+)\?\)$/s, "; did you mean $1?");
  return new HeadgateError("USAGE", { message: text, remedy: helpWith(command) });
}

/** An operation knows no commands; if it gave no remedy of its own, the help of the command is the remedy. */
export function withHelpOfCommand(failure: HeadgateError, program: Command, words: readonly string[]): HeadgateError {
  const { code, message, place, quoted } = failure;
  if (code !== "USAGE" || failure.remedy !== errorCodes.USAGE.remedy) return failure;
  const remedy = helpWith(commandNamed(program, words).command);
  return new HeadgateError("USAGE", { message, place, quoted, remedy, cause: failure.cause });
}

function unknownCommand(message: string, program: Command, words: readonly string[]): HeadgateError {
  const { command, rest } = commandNamed(program, words);
  const [unknown = "", ...others] = rest.filter((word) => !word.startsWith("-"));
  const text = message.replace(/^error: /, "").replace(/\n.*$/s, "");
  if (unknown === "version" && command === program)
    return new HeadgateError("USAGE", { message: text, remedy: "write `headgate --version`" });
  const near = /\(Did you mean (?:one of )?(.+?)\?\)/s.exec(message)?.[1]?.split(", ") ?? [];
  const suggested = near.flatMap((name) => command.commands.find((one) => one.name() === name) ?? []);
  const meant = commandsMeant(command, unknown, others);
  const [only, ...more] = meant.length > 0 ? meant : suggested;
  if (only === undefined) return new HeadgateError("USAGE", { message: text, remedy: helpWith(command) });
  const named = [only, ...more].map((one) => `\`headgate ${pathOf(one)}\``).join(" or ");
  return new HeadgateError("USAGE", {
    message: `${text}; did you mean ${named}?`,
    remedy: helpWith(more.length === 0 ? only : command),
  });
}

/** At most three commands that the words `unknown …others` probably mean in a group. */
function commandsMeant(group: Command, unknown: string, others: readonly string[]): readonly Command[] {
  const child = (of: Command, name: string | undefined): Command | undefined =>
    of.commands.find((one) => one.name() === name?.toLowerCase() || `${one.name()}s` === name?.toLowerCase());
  const inOtherOrder = others.map((word) => child(group, word)).find((one) => one !== undefined);
  const swapped = inOtherOrder === undefined ? undefined : inGroup(inOtherOrder, unknown);
  if (swapped !== undefined) return [swapped];
  const inOtherCase = child(group, unknown);
  const listed = inOtherCase?.commands.find((one) => one.name() === "list");
  const lastWord = leaves(group).filter((one) => one.name() === unknown.toLowerCase() && one.parent !== group);
  if (lastWord.length > 0 && lastWord.length <= 3) return lastWord;
  if (inOtherCase !== undefined) {
    const further = others.map((word) => inGroup(inOtherCase, word)).find((one) => one !== undefined);
    return [further ?? (unknown.endsWith("s") ? listed : undefined) ?? inOtherCase];
  }
  const same = inGroup(group, unknown) ?? inOtherOrder;
  return same === undefined ? [] : [same];
}

/** The command of a group with this name or, if there is none, with a name that means the same. */
function inGroup(group: Command, word: string): Command | undefined {
  const name = word.toLowerCase();
  const alike = synonyms.filter((names) => names.includes(name)).flat();
  return [name, ...alike].map((one) => group.commands.find((of) => of.name() === one)).find((one) => one !== undefined);
}

function flagFirst(message: string, words: readonly string[]): HeadgateError {
  const flag = words.find((word) => word.startsWith("-")) ?? "--flag";
  return new HeadgateError("USAGE", {
    message: message.replace(/^error: /, "").replace(/\n.*$/s, ""),
    remedy: `flags come after the command: headgate <command> ${flag} …; see \`headgate --help\``,
  });
}

function tooManyWords(command: Command): HeadgateError {
  const most = command.registeredArguments.length;
  const takes = most === 0 ? "no arguments" : most === 1 ? "one argument" : `at most ${most} arguments`;
  return new HeadgateError("USAGE", {
    message: `there are too many words: \`headgate ${pathOf(command)}\` takes ${takes}`,
    remedy: `put words that belong together in quotes, and name several things one at a time; ${helpWith(command)}`,
  });
}

function helpWith(command: Command): string {
  const path = pathOf(command);
  const example = examples[path];
  const help = `see \`headgate ${path === "" ? "" : `${path} `}--help\``;
  return example === undefined ? help : `write for example: ${example}; ${help}`;
}
