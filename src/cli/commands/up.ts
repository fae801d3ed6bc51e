/** The words of `headgate up`: hold the data directory and serve it until told to stop. */
import { readFile, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { Command } from "commander";
import { colors } from "../output/terminal.ts";
import { openCleanup } from "../../base/cleanup.ts";
import { checkKeyFile } from "../../base/private-path.ts";
import type { Config } from "../../config.ts";
import type { DoorGuard } from "../../doors/http/http-door.ts";
import { HeadgateError } from "../../errors.ts";
import type { NewcomersPassword } from "../../identity/users.ts";
import type { CliParts } from "../cli-parts.ts";
import { configOf, printJson, stopSignals, wantsJson } from "../invoke.ts";
import { keepServing } from "../keep-serving.ts";

/** `headgate up`: hold the data directory and serve it until told to stop. */
export function upCommand(parts: CliParts): Command {
  return new Command("up")
    .description("start the server, keep it running, and do what schedules say is due")
    .action((_options: object, command: Command) => serve(parts, command));
}

async function serve({ connectors, version }: CliParts, command: Command): Promise<void> {
  const config = configOf(command);
  keepServing();
  const guard = await guardOf(config);
  const [{ openHttpDoor }, { operations }, { startScheduler }, { firstAdministrator }, { holdSession }, news] =
    await Promise.all([
      import("../../doors/http/http-door.ts"),
      import("../../operations/operations.ts"),
      import("../../operations/scheduler.ts"),
      import("../../identity/users.ts"),
      import("../session.ts"),
      import("../output/scheduler-news.ts"),
    ]);
  const cleanup = openCleanup();
  try {
    const { context } = cleanup.use(await holdSession({ config, connectors }));
    const door = cleanup.use(openHttpDoor({ context, operations, version, guard }));
    const address = await door.listen({ host: config.host, port: config.port });
    cleanup.use(startScheduler(context, news.schedulerNews(command)));
    await writeFile(join(config.dataDirectory, "address"), `${address}\n`, { mode: 0o600 });
    const first = await firstAdministrator(context.db);
    const { dataDirectory: data } = config;
    if (wantsJson(command)) printJson({ address, pid: process.pid, data, ...(first === undefined ? {} : { first }) });
    else process.stdout.write(greeting({ address, data, first, config }));
    await Promise.race(stopSignals.map((name) => once(process, name)));
    process.stderr.write("stopping\n");
  } finally {
    await cleanup[Symbol.asyncDispose]();
  }
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

/** Where others find it: an address that stands for all of a machine's own is none that they could open. */
function reachable(address: string, host: string): string {
  if (host !== "0.0.0.0" && host !== "::") return address;
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = own.find(({ family, internal }) => !internal && family === "IPv4")?.address ?? hostname();
  return `${address.replace(/\/\/(0\.0\.0\.0|\[::\])/, `//${found}`)} (it listens on every address of this machine)`;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

/** Told once, and never kept. */
export function firstSignIn({ user, oneTimePassword }: NewcomersPassword): string {
  return `sign in as ${colors.bold(user)} with the one-time password ${colors.bold(oneTimePassword)} and choose your own`;
}

/** Throws SETTING_INVALID for a certificate or key that cannot be used, KEY_FILE_EXPOSED for one that others can read. */
async function guardOf({ tls, requestsPerMinute, trustsProxy, log }: Config): Promise<DoorGuard> {
  const common = { requestsPerMinute, trustsProxy, logsRequests: log !== "error" };
  if (tls === undefined) return { ...common, tls: undefined };
  const [cert, key] = await Promise.all([readPem(tls.certificate), readPem(tls.key)]);
  await checkKeyFile(tls.key);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const message = `not a certificate and its key: ${(cause as Error).message}`;
    throw new HeadgateError("SETTING_INVALID", { place: `${tls.certificate}, ${tls.key}`, message, cause });
  }
  return { ...common, tls: { cert, key } };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new HeadgateError("SETTING_INVALID", { place: path, message: "this file cannot be read", cause });
  }
}
