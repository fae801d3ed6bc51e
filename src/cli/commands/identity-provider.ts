/** `headgate identity-provider …`: the companies' own sign-in (OpenID Connect). */
import { Command, Option } from "commander";
import { namedVariable } from "../../config.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { pairsOption, type Pairs } from "../output/pairs-option.ts";
import { count } from "../output/table.ts";
import { printRows } from "../output/rows.ts";

const providers = () => import("../../operations/people/identity-providers.ts");

export function identityProviderCommand(parts: CliParts): Command {
  return new Command("identity-provider")
    .description("let people sign in with the account of their company (OpenID Connect)")
    .addCommand(addCommand(parts))
    .addCommand(setCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(removeCommand(parts));
}

interface Settings {
  readonly title?: string;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly secretEnv?: string;
  readonly scope?: string[];
  readonly subject?: "sub" | "oid";
  readonly nameClaim?: string;
  readonly into?: string;
  readonly createUsers?: string;
  readonly require?: Pairs;
  readonly groupsClaim?: string;
  readonly map?: Pairs;
  readonly attribute?: Pairs;
  readonly provisionAttribute?: Pairs;
}

function addCommand({ connectors }: CliParts): Command {
  const command = new Command("add")
    .description("add an identity provider; it is asked whether it is one")
    .argument("<name>", "as in the address to which it returns: /sign-in/return/<name>")
    .requiredOption("--issuer <address>", "the provider's issuer, exactly as the provider writes it")
    .requiredOption("--client-id <id>", "the name of Headgate at the provider");
  return withSettings(command).action(async (name: string, given: Settings, of: Command) => {
    const operation = async () => (await providers()).identityProviderAdd;
    const { issuer = "", clientId = "" } = given;
    const input = { name, ...settingsOf(given), issuer, clientId };
    const result = await invoke({ command: of, connectors, operation, input });
    if (wantsJson(of)) printJson(result);
    else process.stdout.write(`people can sign in with ${name}, which must return to /sign-in/return/${name}\n`);
  });
}

function setCommand({ connectors }: CliParts): Command {
  const command = new Command("set")
    .description("change the settings of an identity provider; those that are not named stay")
    .argument("<provider>")
    .option("--issuer <address>", "the provider's issuer, exactly as the provider writes it")
    .option("--client-id <id>", "the name of Headgate at the provider");
  return withSettings(command).action(async (name: string, given: Settings, of: Command) => {
    const operation = async () => (await providers()).identityProviderSet;
    const result = await invoke({ command: of, connectors, operation, input: { name, ...settingsOf(given) } });
    if (wantsJson(of)) printJson(result);
    else
      process.stdout.write(
        `${name} is changed${result.sessions === 0 ? "" : `, and ${count(result.sessions, "session")} ended`}\n`,
      );
  });
}

function withSettings(command: Command): Command {
  return command
    .option("--secret-env <variable>", "the environment variable with the client secret, which is kept encrypted")
    .option("--title <text>", "the text on the button of the sign-in page (default: the name)")
    .option("--scope <scope...>", "what is asked of the provider (default: openid profile email)")
    .addOption(
      new Option("--subject <claim>", "the claim that says for ever who somebody is (default: sub)").choices([
        "sub",
        "oid",
      ]),
    )
    .option("--name-claim <claim>", "the claim from which names of new users are made (default: preferred_username)")
    .option("--into <account>", "the account of the users that it makes (default: main)")
    .addOption(
      new Option("--create-users <answer>", "whether a first sign-in makes a user (default: no)").choices([
        "yes",
        "no",
      ]),
    )
    .addOption(pairsOption("--require <claim=value>", "a claim and its value without which nobody is let in"))
    .option("--groups-claim <claim>", "the claim whose values stand for groups")
    .addOption(pairsOption("--map <value=group>", "a value of the groups claim and the group that it stands for"))
    .addOption(pairsOption("--attribute <name=claim>", "an attribute of users and the claim that it comes from"))
    .addOption(
      pairsOption("--provision-attribute <name=path>", "an attribute and the part of a provisioned user (SCIM)"),
    );
}

function settingsOf(given: Settings) {
  return {
    title: given.title,
    issuer: given.issuer,
    clientId: given.clientId,
    clientSecret: given.secretEnv === undefined ? undefined : namedVariable(given.secretEnv, "--secret-env"),
    scopes: given.scope,
    subjectClaim: given.subject,
    nameClaim: given.nameClaim,
    account: given.into,
    createsUsers: given.createUsers === undefined ? undefined : given.createUsers === "yes",
    required: given.require,
    groupsClaim: given.groupsClaim,
    groups: given.map,
    attributes: given.attribute,
    provisionedAttributes: given.provisionAttribute,
  };
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the identity providers")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await providers()).identityProviderList;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.providers.map(({ name, issuer, account, createsUsers, groups }) => ({
          provider: name,
          issuer,
          "makes users": createsUsers ? `in ${account}` : "no",
          groups: Object.entries(groups)
            .map(([value, group]) => `${value} → ${group}`)
            .join(", "),
        })),
      );
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description(
      "remove an identity provider; its sessions, and the memberships and attributes that it gave, end at once",
    )
    .argument("<provider>")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await providers()).identityProviderRemove;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} is removed\n`);
    });
}
