/** `headgate apply`: makes everything as headgate.yaml says. */
import { basename, dirname, resolve } from "node:path";
import { Command } from "commander";
import { printRows } from "../output/rows.ts";
import { colors } from "../output/terminal.ts";
import type { SecretPlace } from "../../operations/declaration/secret-place.ts";
import { namedVariable } from "../../config.ts";
import type { AppliedPlan } from "../../operations/declaration/apply.ts";
import type { CliParts } from "../cli-parts.ts";
import { readGiven } from "../read-given.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";

const declaration = () => import("../../operations/declaration/apply.ts");

interface ApplyOptions {
  readonly dryRun?: boolean;
  readonly show?: boolean;
  readonly schema?: boolean;
}

export function applyCommand(parts: CliParts): Command {
  return new Command("apply")
    .description(
      "make sources, table settings, schedules, people and rights as a file declares them, all together or not at all",
    )
    .argument("[file]", "the file to apply", "headgate.yaml")
    .option("--dry-run", "show what would change, and change nothing")
    .option("--show", "print what was applied last, exactly as it was written")
    .option("--schema", "print the JSON Schema of the file, for editors")
    .action(async (file: string, options: ApplyOptions, command: Command) => {
      if (options.schema === true) return printJson(await schema());
      if (options.show === true) return show(parts, command);
      const input = { ...(await readFiles(file)), file: basename(file), dryRun: options.dryRun ?? false };
      const operation = async () => (await declaration()).declarationApply;
      const plan = await invoke({ command, connectors: parts.connectors, operation, input });
      if (wantsJson(command)) printJson(plan);
      else printPlan(plan);
    });
}

async function schema(): Promise<object> {
  return (await import("../../operations/declaration/declaration.ts")).declarationJsonSchema();
}

async function show({ connectors }: CliParts, command: Command): Promise<void> {
  const operation = async () => (await declaration()).declarationShow;
  const shown = await invoke({ command, connectors, operation, input: {} });
  if (wantsJson(command)) printJson(shown);
  else process.stdout.write(shown.text);
}

/** Passwords are resolved here, where the file and the environment are; paths are relative to the declaration. */
async function readFiles(file: string): Promise<ReadFiles> {
  const text = await read(file);
  const { readDeclaration } = await import("../../operations/declaration/read-declaration.ts");
  const declared = readDeclaration(text, basename(file));
  const sources = Object.entries(declared.sources).map(([name, { password }]) => [name, password] as const);
  const providers = Object.entries(declared.identity_providers).map(
    ([name, { client_secret: secret }]) => [name, secret] as const,
  );
  const accounts = Object.entries(declared.organisation.accounts).map(
    ([name, { lake }]) => [name, lake?.secret] as const,
  );
  return {
    text,
    passwords: await secretsIn(file, sources),
    clientSecrets: await secretsIn(file, providers),
    accountSecrets: await secretsIn(file, accounts),
  };
}

type Secrets = Readonly<Record<string, string>>;

interface ReadFiles {
  readonly text: string;
  readonly passwords: Secrets;
  readonly clientSecrets: Secrets;
  readonly accountSecrets: Secrets;
}

async function secretsIn(
  file: string,
  places: readonly (readonly [name: string, place: SecretPlace | undefined])[],
): Promise<Secrets> {
  const found: Record<string, string> = {};
  for (const [name, place] of places) {
    if (place === undefined) continue;
    found[name] =
      "env" in place
        ? namedVariable(place.env, `${file}: ${name}`)
        : ((await read(resolve(dirname(file), place.file))).split(/\r?\n/)[0] ?? "");
  }
  return found;
}

function read(file: string): Promise<string> {
  return readGiven(file, "apply");
}

function printPlan({ steps, left, applied }: AppliedPlan): void {
  const rows = steps.map(({ what, name, change, details, falls }) => ({
    change,
    what,
    name,
    details: details.join("; "),
    "ends with it": falls.join("; "),
  }));
  if (rows.length > 0) printRows(rows, process.stdout, { whole: ["change", "what"], below: ["ends with it"] });
  for (const name of left)
    process.stdout.write(
      `${colors.yellow("!")} source ${name} is not declared any more and stays: headgate source remove ${name}\n`,
    );
  const count = `${steps.length} change${steps.length === 1 ? "" : "s"}`;
  process.stdout.write(
    steps.length === 0 ? "everything is as declared\n" : `${count} ${applied ? "applied" : "would be applied"}\n`,
  );
}
