/** Walks the tree of commands: which of them do something themselves, and by which words they are called. */
import type { Command } from "commander";

/** The words of a command without the program's own name: `table set`; empty for the program itself. */
export function pathOf(command: Command): string {
  const { parent } = command;
  if (parent === null) return "";
  return `${pathOf(parent)} ${command.name()}`.trimStart();
}

/** The program and all commands that have commands of their own. */
export function groups(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [] : [command, ...command.commands.flatMap(groups)];
}

/** The commands that do something themselves. One that takes arguments does, even if it has commands of its own. */
export function leaves(command: Command): Command[] {
  const { commands, registeredArguments } = command;
  const itself = commands.length === 0 || registeredArguments.length > 0 ? [command] : [];
  return [...itself, ...commands.flatMap(leaves)];
}

/** The command that the first words name, and the words after it. */
export function commandNamed(
  command: Command,
  words: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } {
  const [word, ...rest] = words;
  const next = command.commands.find((one) => one.name() === word);
  return next === undefined ? { command, rest: words } : commandNamed(next, rest);
}
