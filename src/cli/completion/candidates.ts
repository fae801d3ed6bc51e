/**
 * Finds what can be completed at the cursor: a command, a flag, one of several choices, a file, or a name that only
 * Headgate knows. Pure: it uses only the command tree and the words so far.
 */
import type { Command, Option } from "commander";

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/**
 * The kind of thing that a name refers to; `pattern` is a table of the source if one is named, otherwise a table of the
 * lake, and `thing` a database or a table.
 */
export type NameKind = (typeof nameKindList)[number];

const nameKindList = [
  "source",
  "table",
  "view",
  "schedule",
  "database",
  "run",
  "pattern",
  "user",
  "key",
  "group",
  "role",
  "member",
  "account",
  "unit",
  "session",
  "term",
  "thing",
  "provider",
  "tag-key",
  "expression",
  "product",
] as const;

export type Expected =
  | { readonly kind: "words"; readonly words: readonly Candidate[] }
  | { readonly kind: "files" }
  | { readonly kind: "names"; readonly of: NameKind; readonly source: string | undefined };

/**
 * `words` exclude the program's name; the last one is at the cursor and may be empty. `options` are those given so far.
 */
export function expectedAt(
  program: Command,
  words: readonly string[],
): { readonly expected: Expected; readonly options: Readonly<Record<string, string>> } {
  const typed = words.at(-1) ?? "";
  const place = placeAt(program, words.slice(0, -1));
  const { command, option, options } = place;
  if (typed.startsWith("-") && (option === undefined || option.variadic))
    return { expected: { kind: "words", words: flagsOf(command) }, options };
  const source = options["source"] ?? positionalCalled(place, "source");
  if (option !== undefined)
    return { expected: valueOf({ name: valueName(option), choices: option.argChoices, source }), options };
  if (command.commands.length > 0 && place.positionals.length === 0)
    return { expected: { kind: "words", words: subcommandsOf(command) }, options };
  const argument = argumentAt(place);
  if (argument === undefined) return { expected: { kind: "words", words: [] }, options };
  return { expected: valueOf({ name: argument.name(), choices: argument.argChoices, source }), options };
}

interface Place {
  readonly command: Command;
  readonly positionals: readonly string[];
  /** The flag whose value is at the cursor. */
  readonly option: Option | undefined;
  readonly options: Readonly<Record<string, string>>;
}

function placeAt(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | undefined;
  const positionals: string[] = [];
  const options: Record<string, string> = {};
  for (const word of words) {
    if (word.startsWith("-")) {
      option = command.options.find(({ long, short }) => long === word || short === word);
      if (option !== undefined && !option.required && !option.optional) option = undefined;
      continue;
    }
    if (option !== undefined) {
      options[option.long?.slice(2) ?? ""] = word;
      if (!option.variadic) option = undefined;
      continue;
    }
    const next = positionals.length === 0 ? command.commands.find((child) => child.name() === word) : undefined;
    if (next === undefined) positionals.push(word);
    else command = next;
  }
  return { command, positionals, option, options };
}

function argumentAt({ command, positionals }: Place): Command["registeredArguments"][number] | undefined {
  const all = command.registeredArguments;
  const last = all.at(-1);
  return all[positionals.length] ?? (last?.variadic === true ? last : undefined);
}

function positionalCalled({ command, positionals }: Place, name: string): string | undefined {
  return positionals[command.registeredArguments.findIndex((argument) => argument.name() === name)];
}

/** `source` for `--source <source>`, `pattern` for `--table <pattern...>`. */
function valueName({ flags }: Option): string {
  return /[<[]([^>\].]+)/.exec(flags)?.[1] ?? "";
}

interface Value {
  readonly name: string;
  readonly choices: readonly string[] | undefined;
  readonly source: string | undefined;
}

const nameKinds: ReadonlySet<string> = new Set(nameKindList);

const fileNames = new Set(["file", "path", "location", "directory"]);

function valueOf({ name, choices, source }: Value): Expected {
  if (choices !== undefined) return { kind: "words", words: choices.map((value) => ({ value, description: "" })) };
  if (isNameKind(name)) return { kind: "names", of: name, source };
  return fileNames.has(name) ? { kind: "files" } : { kind: "words", words: [] };
}

function isNameKind(name: string): name is NameKind {
  return nameKinds.has(name);
}

function flagsOf(command: Command): readonly Candidate[] {
  return command.options
    .filter(({ hidden }) => !hidden)
    .flatMap(({ long, description }) => (typeof long === "string" ? [{ value: long, description }] : []));
}

function subcommandsOf(command: Command): readonly Candidate[] {
  const help = command.createHelp();
  return help.visibleCommands(command).map((child) => ({ value: child.name(), description: child.description() }));
}
