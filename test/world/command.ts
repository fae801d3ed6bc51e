/** Runs the real command line in a process of its own, as a person does. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseJson } from "../../src/base/json.ts";
import { lakeOf } from "./lake.ts";
import { copyMetadata } from "./prepared-metadata.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface CommandResult {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly process: ChildProcess;
  readonly result: Promise<CommandResult>;
  /** Called for every line of progress. */
  onLine(hear: (line: string) => void): void;
}

export interface CommandOptions {
  readonly data: string;
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Words before the command, such as another user or a limit. */
  readonly under?: readonly string[] | undefined;
  /** Where the command is typed; by default where the test runs. */
  readonly cwd?: string | undefined;
}

export function startCommand(
  words: readonly string[],
  { data, environment, under = [], cwd }: CommandOptions,
): RunningCommand {
  if (begins(words) && under.length === 0 && environment?.["HEADGATE_DATABASE_URL"] === undefined) copyMetadata(data);
  const all = [...under, process.execPath, "--disable-warning=ExperimentalWarning", main, ...words];
  const child = spawn(all[0] as string, all.slice(1), {
    cwd,
    env: { ...process.env, HEADGATE_DATA: data, HEADGATE_LAKE: lakeOf(data), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const result = new Promise<CommandResult>((resolve, reject) =>
    child.once("error", reject).once("close", (code) => resolve({ code, stdout, stderr })),
  );
  const onLine = (hear: (line: string) => void): void => void createInterface(child.stderr).on("line", hear);
  return { process: child, result, onLine };
}

/** Whether a command creates a Headgate where there is none. */
function begins([first, second]: readonly string[]): boolean {
  return first === "up" || first === "import" || (first === "source" && second === "add");
}

export function runCommand(words: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return startCommand(words, options).result;
}

/** Runs a command with --json and returns its answer. Throws the command's error. */
export async function askCommand<T>(words: readonly string[], options: CommandOptions): Promise<T> {
  const { code, stdout, stderr } = await runCommand([...words, "--json"], options);
  if (code !== 0) throw new Error(`headgate ${words.join(" ")} ended with ${code}: ${stderr}`);
  return parseJson(stdout) as T;
}

export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly place?: string;
  readonly remedy: string;
}

/** Runs a command that must fail, and returns its one error. */
export async function refusedCommand(words: readonly string[], options: CommandOptions): Promise<Complaint> {
  const { code, stdout, stderr } = await runCommand([...words, "--json"], options);
  if (code === 0) throw new Error(`headgate ${words.join(" ")} did not fail; it printed ${stdout}`);
  return (parseJson(stderr) as unknown as { error: Complaint }).error;
}
