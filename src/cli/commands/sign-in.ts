/** `headgate sign-in`, `sign-out` and `whoami`: who the commands are at a server. */
import { Command } from "commander";
import { namedVariable, type ServerConfig } from "../../config.ts";
import { HeadgateError } from "../../errors.ts";
import type { CallerDescription } from "../../identity/acting.ts";
import type { Enrolment } from "../server/sign-in.ts";
import { configOf, printJson, wantsJson } from "../invoke.ts";
import { askSecret } from "../output/ask-secret.ts";
import { errorColors } from "../output/terminal.ts";
import { printRecord } from "../output/record.ts";
import { shellWord } from "../output/shell-word.ts";

interface SignInOptions {
  readonly account?: string;
  readonly role?: string;
  readonly passwordEnv?: string;
  readonly newPasswordEnv?: string;
  readonly code?: string;
}

export function signInCommand(): Command {
  return new Command("sign-in")
    .description("sign in to a server (--server), and work there with the commands that follow")
    .argument("<user>")
    .option("--account <account>", "the account to work in (default: main, or your first one)")
    .option("--role <role>", "a role to assume, in place of your own rights")
    .option("--password-env <name>", "take the password from this environment variable")
    .option("--new-password-env <name>", "take the password that follows a one-time password from this variable")
    .option("--code <code>", "a code of your authenticator, or a recovery code")
    .action(async (user: string, { account, role, code, ...given }: SignInOptions, command: Command) => {
      const server = serverOf(command);
      const { signInAt } = await import("../server/sign-in.ts");
      const caller = await signInAt(server, {
        user,
        account,
        role,
        password: () => secret("password: ", "--password-env", given.passwordEnv),
        newPassword: () => newSecret(given.newPasswordEnv),
        code: async () => code ?? secret("code of your authenticator: ", "--code", undefined),
        enrolment: process.stdin.isTTY ? enrolment : undefined,
      });
      if (wantsJson(command)) return printJson(caller);
      printCaller(server, caller);
      process.stdout.write(
        `\nCommands go there with --server, or after: export HEADGATE_SERVER=${shellWord(server.origin)}\n`,
      );
    });
}

export function signOutCommand(): Command {
  return new Command("sign-out")
    .description("end the session at a server")
    .action(async (_options, command: Command) => {
      const server = serverOf(command);
      const { signOutAt } = await import("../server/sign-in.ts");
      const wasSignedIn = await signOutAt(server);
      if (wantsJson(command)) printJson({ wasSignedIn });
      else process.stdout.write(`${wasSignedIn ? "signed out of" : "nobody was signed in to"} ${server.origin}\n`);
    });
}

export function whoAmICommand(): Command {
  return new Command("whoami").description("say who you are at a server").action(async (_options, command: Command) => {
    const server = serverOf(command);
    const { whoAt } = await import("../server/sign-in.ts");
    const caller = await whoAt(server);
    if (wantsJson(command)) printJson(caller);
    else printCaller(server, caller);
  });
}

/** On the terminal's messages, so that the answer of the command stays what it is. */
const enrolment: Enrolment = {
  async show({ secret: key, address }) {
    const { qrPicture } = await import("../output/qr-picture.ts");
    process.stderr.write("Your account requires an authenticator beside the password. Scan this with it:\n\n");
    process.stderr.write(`${qrPicture(address, errorColors)}\n\nor type its key: ${key}\n`);
    return askSecret("the code that it shows: ");
  },
  keep(codes) {
    process.stderr.write("Each of these lets you in once without the authenticator. They are shown only now:\n\n");
    process.stderr.write(`${codes.map((code) => `  ${code}\n`).join("")}\n`);
  },
};

function printCaller(
  { origin }: ServerConfig,
  { name, kind, role, account, accounts, assumable }: CallerDescription,
): void {
  printRecord({
    server: origin,
    [kind === "service" ? "key" : kind]: name,
    account: account ?? "none",
    role,
    "other accounts": accounts.filter((one) => one !== account).join(", ") || undefined,
    "roles to assume": assumable.join(", ") || undefined,
  });
}

/** Throws USAGE if the command names no server. */
function serverOf(command: Command): ServerConfig {
  const { server } = configOf(command);
  if (server !== undefined) return server;
  throw new HeadgateError("USAGE", {
    place: "--server",
    message: "no server is named; in a data directory of your own, you need not sign in",
    remedy: "add --server https://lake.example.org, or set HEADGATE_SERVER",
  });
}

async function secret(question: string, flag: string, variable: string | undefined): Promise<string> {
  if (variable !== undefined) return namedVariable(variable, flag);
  if (process.stdin.isTTY) return askSecret(question);
  throw new HeadgateError("USAGE", {
    place: flag,
    message: `there is no terminal to ask for the ${question.replace(": ", "")}`,
    remedy: `add ${flag}`,
  });
}

async function newSecret(variable: string | undefined): Promise<string> {
  if (variable === undefined && process.stdin.isTTY)
    process.stderr.write("Choose a password of your own: at least 12 characters, without your name.\n");
  const first = await secret("new password: ", "--new-password-env", variable);
  if (variable !== undefined || (await askSecret("the same again: ")) === first) return first;
  throw new HeadgateError("USAGE", {
    message: "the two are not the same",
    remedy: "sign in again, with the same one-time password",
  });
}
