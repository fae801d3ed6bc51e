/** Asks before something is removed for good: y or N on a terminal, otherwise `--yes` is required. */
import { createInterface } from "node:readline/promises";
import { HeadgateError } from "../../errors.ts";

export interface Confirmation {
  /** Everything that would be removed, one line each; shown before the question. */
  readonly goes: readonly string[];
  readonly question: string;
  /** The command, for the error. */
  readonly place: string;
  /** Whether `--yes` was given. */
  readonly isGiven: boolean;
}

/** Throws USAGE if there is no terminal, CANCELLED if the answer is no. */
export async function confirm({ goes, question, place, isGiven }: Confirmation): Promise<void> {
  if (isGiven) return;
  process.stderr.write(goes.map((line) => `${line}\n`).join(""));
  if (!process.stdin.isTTY)
    throw new HeadgateError("USAGE", {
      place,
      message: "this cannot be undone, and without a terminal nobody can be asked to confirm it",
      remedy: "check the list of what would be removed, and run the command again with --yes",
    });
  if (/^y(es)?$/i.test(await ask(`${question} [y/N] `))) return;
  throw new HeadgateError("CANCELLED", {
    place,
    message: "nothing was changed, because it was not confirmed",
    remedy: "run the command again and answer y, or add --yes",
  });
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  try {
    return (await Promise.race([terminal.question(question), closed])).trim();
  } finally {
    terminal.close();
  }
}
