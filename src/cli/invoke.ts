/** Calls one operation for a command: reaches Headgate, shows progress, and stops the work on Ctrl-C. */
import { once } from "node:events";
import type { Command } from "commander";
import { formatJson } from "../base/json.ts";
import { resolveConfig, settings, type Config, type Flags, type SettingName } from "../config.ts";
import { HeadgateError } from "../errors.ts";
import type { Operation } from "../operations/operation.ts";
import type { DirectoryParts } from "../server/hold-directory.ts";
import type { MakeConnectors } from "../operations/connector-means.ts";
import type { Session } from "./session.ts";
import { hasSettingOption } from "./setting-option.ts";
import { openProgress } from "./output/progress.ts";

export interface Invocation<Input, Output> {
  readonly command: Command;
  readonly connectors: MakeConnectors;
  /** Loaded when the command runs, so that help and usage errors appear at once. */
  readonly operation: () => Promise<Operation<Input, Output>>;
  readonly input: Input;
  /** Receives each item of a streamed result. */
  readonly onItem?: ((item: unknown) => Promise<void> | void) | undefined;
}

/**
 * Throws what the operation throws, and CANCELLED on Ctrl-C, on SIGTERM, or when the terminal is closed; a second
 * signal ends the process at once.
 */
export async function invoke<Input, Output>(invocation: Invocation<Input, Output>): Promise<Output> {
  const { command, connectors, operation, input, onItem } = invocation;
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(stopped());
  for (const name of stopSignals) process.once(name, onSignal);
  const progress = openProgress({ stream: process.stderr, quiet: wantsJson(command) });
  try {
    const config = configOf(command);
    const called = await operation();
    const session = await sessionFor({ config, connectors, creates: called.creates });
    try {
      return await session.call(called, input, {
        report: progress.report,
        emit: async (item) => onItem?.(item),
        signal: stop.signal,
        account: accountOf(command),
      });
    } catch (failure) {
      // Any failure after the signal counts as cancelled, because over a socket only the end of the connection is
      // visible.
      stop.signal.throwIfAborted();
      throw failure;
    } finally {
      // Closed first, so that its lines do not overwrite messages while the session ends.
      progress.close();
      await endSession(session, stop.signal);
    }
  } finally {
    progress.close();
    for (const name of stopSignals) process.off(name, onSignal);
  }
}

/** At a server if one is named, else in the data directory. */
async function sessionFor(parts: DirectoryParts): Promise<Session> {
  if (parts.config.server !== undefined)
    return (await import("./server/server-session.ts")).openServerSession(parts.config.server);
  return (await import("./session.ts")).openSession(parts);
}

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Resolves when this process is told to stop. */
export async function untilStopped(): Promise<void> {
  await Promise.race(stopSignals.map((name) => once(process, name)));
  process.stderr.write("stopping\n");
}

/** The error that a command shows after Ctrl-C. */
function stopped(): HeadgateError {
  return new HeadgateError("CANCELLED", { message: "the command was stopped; run it again to continue" });
}

/** Answers commands of other terminals that reached this process before it ends. */
async function endSession(session: Session, signal: AbortSignal): Promise<void> {
  const told = setTimeout(() => {
    if (signal.aborted)
      process.stderr.write("waiting for commands of other terminals to end; Ctrl-C again ends them at once\n");
  }, waitToldMs);
  try {
    await session[Symbol.asyncDispose]();
  } finally {
    clearTimeout(told);
  }
}

const waitToldMs = 3_000;

export function configOf(command: Command): Config {
  const options: Record<string, unknown> = command.opts();
  const flags: Flags = {};
  for (const [name, { flag }] of Object.entries(settings)) {
    const value = options[camelCase(flag)];
    if (typeof value === "string" && hasSettingOption(command, flag)) flags[name as SettingName] = value;
  }
  return resolveConfig(flags);
}

/** The account that the command is given in, unless the command uses the flag for something of its own. */
function accountOf(command: Command): string | undefined {
  const { account }: { account?: unknown } = command.opts();
  return typeof account === "string" ? account : undefined;
}

export function wantsJson(command: Command): boolean {
  return command.opts()["json"] === true;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${formatJson(value, 2)}\n`);
}

function camelCase(flag: string): string {
  return flag.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
