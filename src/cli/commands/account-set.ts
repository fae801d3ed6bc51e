/** `headgate account set`: an account's name, unit and lake. */
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { namedVariable } from "../../config.ts";
import { HeadgateError } from "../../errors.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";

interface SetOptions {
  readonly unit?: string;
  readonly name?: string;
  readonly requireCodes?: string;
  readonly lake?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly pathStyle?: boolean;
  readonly accessKey?: string;
  readonly secretEnv?: string;
  readonly encrypt?: boolean;
  readonly keyEnv?: string;
}

export function accountSetCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description("change an account's name, unit or lake; its number stays")
    .argument("<account>")
    .option("--unit <unit>", "the unit that it belongs to, or none")
    .option("--name <name>", "its new name")
    .addOption(
      new Option(
        "--require-codes <answer>",
        "whether members who sign in with a password need an authenticator, too",
      ).choices(["yes", "no"]),
    )
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
    .action(async (account: string, options: SetOptions, command: Command) => {
      const { unit, name, requireCodes } = options;
      const lake = lakeOptions(options);
      const ofLake = isGiven(Object.values(lake));
      const ofAccount = isGiven([unit, name, requireCodes]);
      if (!ofAccount && !ofLake) throw nothingToChange();
      if (ofLake) await changeLake({ command, connectors, account }, lake);
      if (ofAccount) {
        const operation = async () => (await import("../../operations/people/accounts.ts")).accountSet;
        const requiresCodes = requireCodes === undefined ? undefined : requireCodes === "yes";
        const input = { name: account, newName: name, unit: unit === "none" ? null : unit, requiresCodes };
        await invoke({ command, connectors, operation, input });
      }
      if (wantsJson(command)) printJson({ changed: name ?? account });
      else process.stdout.write(`${account} is changed\n`);
    });
}

/** The options also have the flags that every command has. */
function lakeOptions({ lake, endpoint, region, pathStyle, accessKey, secretEnv, encrypt, keyEnv }: SetOptions) {
  return { lake, endpoint, region, pathStyle, accessKey, secretEnv, encrypt, keyEnv };
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
  try {
    return namedVariable(name);
  } catch (cause) {
    throw new HeadgateError("USAGE", { place: flag, message: `the environment variable ${name} is not set`, cause });
  }
}

function nothingToChange(): HeadgateError {
  return new HeadgateError("USAGE", {
    place: "account set",
    message: "the command does not say what to change",
    remedy: "add --unit, --name, --require-codes or --lake",
  });
}
