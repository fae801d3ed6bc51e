/** `headgate account set`: an account's name, unit, lake and budget. */
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { namedVariable } from "../../config.ts";
import { HeadgateError } from "../../errors.ts";
import { bytesOf, engineSecondsOf, percentOf, statementsOf } from "../../governance/budgets/budget-text.ts";
import type { AccountKind } from "../../identity/account-kinds.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { kindOption } from "../output/kind-option.ts";
import { confirmMove } from "../output/confirm-move.ts";
import { printPreview } from "../output/preview-lines.ts";

interface SetOptions {
  readonly unit?: string;
  readonly name?: string;
  readonly requireCodes?: string;
  readonly outside?: boolean;
  readonly kind?: AccountKind[];
  readonly owner?: string;
  readonly plan?: boolean;
  readonly yes?: boolean;
  readonly lake?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly pathStyle?: boolean;
  readonly accessKey?: string;
  readonly secretEnv?: string;
  readonly encrypt?: boolean;
  readonly keyEnv?: string;
  readonly maxBytes?: string;
  readonly maxStatements?: string;
  readonly maxEngineTime?: string;
  readonly warnAt?: string;
}

export function accountSetCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description("change an account's name, unit, kind, owner, lake or budget; its number stays")
    .argument("<account>")
    .option("--unit <unit>", "the unit that it belongs to, or none")
    .option("--name <name>", "its new name")
    .addOption(
      new Option(
        "--require-codes <answer>",
        "whether members who sign in with a password need an authenticator, too",
      ).choices(["yes", "no"]),
    )
    .option("--outside", "it is not of the organisation, and accepts what is shared with it before it is readable")
    .option("--no-outside", "it is of the organisation")
    .addOption(kindOption())
    .option("--owner <owner>", "who answers for it: a user, or an e-mail address, to which an invitation goes")
    .option("--plan", "only show what a move to another unit would open and close, and for whom")
    .option("--yes", "do not ask")
    .option("--lake <location>", "s3://bucket/prefix or a directory in which all its tables lie, or none")
    .option("--endpoint <url>", "http(s)://host:port of an S3-compatible store")
    .option("--region <region>", "the region of the bucket")
    .option("--path-style", "use endpoint/bucket/key instead of bucket.endpoint/key")
    .option("--no-path-style", "use bucket.endpoint/key")
    .option("--access-key <id>", "the access key with which only this account's files are read and written")
    .option("--secret-env <name>", "the environment variable with the access key's secret")
    .option("--encrypt", "encrypt every file before it is stored; decided together with the location")
    .option("--no-encrypt", "store files as they are")
    .option("--key-env <name>", "the environment variable with the encryption key; by default Headgate makes one")
    .option("--max-bytes <size>", "bytes that its tables may keep with their histories, such as 500GB, or none")
    .option("--max-statements <number>", "statements that may run in it in a day of UTC, such as 10000/day, or none")
    .option("--max-engine-time <time>", "engine time of its statements in a day of UTC, such as 2h/day, or none")
    .option("--warn-at <percent>", "the part of a limit from which on people are warned, such as 80%")
    .action(async (account: string, options: SetOptions, command: Command) => {
      const { unit, name, requireCodes, outside, kind, owner, plan = false } = options;
      const lake = lakeOptions(options);
      const budget = budgetOptions(options);
      const ofLake = isGiven(Object.values(lake));
      const ofBudget = isGiven(Object.values(budget));
      const ofAccount = isGiven([unit, name, requireCodes, outside, kind, owner]);
      if (!ofAccount && !ofLake && !ofBudget) throw nothingToChange();
      if (plan) return planChange({ command, connectors, account }, options, ofLake || ofBudget);
      if (ofAccount) await changeAccount({ command, connectors, account }, options);
      if (ofLake) await changeLake({ command, connectors, account: name ?? account }, lake);
      if (ofBudget) {
        const operation = async () => (await import("../../operations/people/budgets.ts")).accountSetBudget;
        await invoke({ command, connectors, operation, input: { name: name ?? account, ...budget } });
      }
      if (wantsJson(command)) printJson({ changed: name ?? account });
      else process.stdout.write(`${account} is changed\n`);
    });
}

async function planChange(changing: Changing, options: SetOptions, ofMore: boolean): Promise<void> {
  if (ofMore)
    throw new HeadgateError("USAGE", {
      place: "--plan",
      message: "only a move to another unit can be planned, and this changes the lake or the budget, too",
      remedy: "leave out the flags about the lake and the budget",
    });
  const planned = await askToSet(changing, options, true);
  if (wantsJson(changing.command)) printJson(planned);
  else printPreview(planned);
}

async function changeAccount(changing: Changing, options: SetOptions): Promise<void> {
  const { account } = changing;
  const { unit, yes = false } = options;
  if (unit !== undefined && !yes)
    await confirmMove(await askToSet(changing, options, true), {
      question: `Move ${account} to ${unit}?`,
      place: `account set ${account}`,
    });
  await askToSet(changing, options, false);
}

function askToSet({ command, connectors, account }: Changing, options: SetOptions, plan: boolean) {
  const { unit, name, requireCodes, outside, kind: kinds, owner } = options;
  const operation = async () => (await import("../../operations/people/accounts.ts")).accountSet;
  const requiresCodes = requireCodes === undefined ? undefined : requireCodes === "yes";
  const said = { newName: name, unit: unit === "none" ? null : unit, requiresCodes, outside, kinds, owner };
  return invoke({ command, connectors, operation, input: { name: account, ...said, plan } });
}

/** The options also have the flags that every command has. */
function lakeOptions({ lake, endpoint, region, pathStyle, accessKey, secretEnv, encrypt, keyEnv }: SetOptions) {
  return { lake, endpoint, region, pathStyle, accessKey, secretEnv, encrypt, keyEnv };
}

function budgetOptions({ maxBytes, maxStatements, maxEngineTime, warnAt }: SetOptions) {
  return {
    maxBytes: limitOf(maxBytes, bytesOf),
    maxStatements: limitOf(maxStatements, statementsOf),
    maxEngineSeconds: limitOf(maxEngineTime, engineSecondsOf),
    warnPercent: warnAt === undefined ? undefined : percentOf(warnAt),
  };
}

/** Null for none. */
function limitOf(text: string | undefined, read: (text: string) => number): number | null | undefined {
  if (text === undefined) return undefined;
  return text === "none" ? null : read(text);
}

function isGiven(values: readonly unknown[]): boolean {
  return values.some((value) => value !== undefined);
}

interface Changing extends Pick<CliParts, "connectors"> {
  readonly command: Command;
  readonly account: string;
}

async function changeLake(
  { command, connectors, account: name }: Changing,
  { lake, secretEnv, keyEnv, ...said }: ReturnType<typeof lakeOptions>,
): Promise<void> {
  if (lake === "none") {
    const operation = async () => (await lakes()).accountRemoveLake;
    await invoke({ command, connectors, operation, input: { name } });
    return;
  }
  const operation = async () => (await lakes()).accountSetLake;
  const secret = secretEnv === undefined ? undefined : variable("--secret-env", secretEnv);
  const key = keyEnv === undefined ? undefined : variable("--key-env", keyEnv);
  const location = lake === undefined || lake.includes("://") ? lake : resolve(lake);
  await invoke({ command, connectors, operation, input: { name, ...said, lake: location, secret, key } });
}

const lakes = () => import("../../operations/people/account-lakes.ts");

/** Throws USAGE when it is not set. */
export function variable(flag: string, name: string): string {
  return namedVariable(name, flag);
}

function nothingToChange(): HeadgateError {
  return new HeadgateError("USAGE", {
    place: "account set",
    message: "the command does not say what to change",
    remedy: "add --unit, --name, --kind, --owner, --require-codes, --outside, --lake or a limit such as --max-bytes",
  });
}
