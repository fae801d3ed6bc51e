/** `headgate up`: starts the server, and prints its address and how to sign in. */
import { hostname, networkInterfaces } from "node:os";
import { Command } from "commander";
import type { Config } from "../../config.ts";
import type { NewcomersPassword } from "../../identity/users.ts";
import type { CliParts } from "../cli-parts.ts";
import { configOf, printJson, untilStopped, wantsJson } from "../invoke.ts";
import { colors } from "../output/terminal.ts";

export function upCommand(parts: CliParts): Command {
  return new Command("up")
    .description("start the server, and run schedules when they are due")
    .action((_options: object, command: Command) => serve(parts, command));
}

async function serve(parts: CliParts, command: Command): Promise<void> {
  const config = configOf(command);
  const [{ runServer }, { serverLog }] = await Promise.all([
    import("../../server/server.ts"),
    import("../output/server-log.ts"),
  ]);
  await runServer({
    ...parts,
    ...serverLog(command, config),
    config,
    onUp({ address, first }) {
      const { dataDirectory: data } = config;
      if (wantsJson(command)) printJson({ address, pid: process.pid, data, ...(first === undefined ? {} : { first }) });
      else process.stdout.write(greeting({ address, data, first, config }));
    },
    untilStopped,
  });
}

interface Greeting {
  readonly address: string;
  readonly data: string;
  readonly first: NewcomersPassword | undefined;
  readonly config: Config;
}

function greeting({ address, data, first, config }: Greeting): string {
  const { host, tls } = config;
  const lines = [`${colors.green("✓")} Headgate is up on ${colors.bold(reachable(address, host))}`];
  if (first !== undefined) lines.push(firstSignIn(first));
  if (tls === undefined && !isLoopback(host))
    lines.push(
      `${colors.yellow("!")} this is plain HTTP: passwords and keys can be read on the way; give --tls-certificate and --tls-key, or stand behind a proxy with TLS`,
    );
  return `${[...lines, `data in ${data}; stop with Ctrl-C`].join("\n  ")}\n`;
}

/** The address for other machines: if the server listens on all addresses, shows one that can be opened. */
function reachable(address: string, host: string): string {
  if (host !== "0.0.0.0" && host !== "::") return address;
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = own.find(({ family, internal }) => !internal && family === "IPv4")?.address ?? hostname();
  return `${address.replace(/\/\/(0\.0\.0\.0|\[::\])/, `//${found}`)} (it listens on every address of this machine)`;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

/** Shown once and stored nowhere. */
export function firstSignIn({ user, oneTimePassword }: NewcomersPassword): string {
  return `sign in as ${colors.bold(user)} with the one-time password ${colors.bold(oneTimePassword)} and choose your own`;
}
