/** Asks before something goes for good: on a terminal y or N, elsewhere `--yes` has to say so. */
import { createInterface } from "node:readline/promises";
import { HeadgateError } from "../../errors.ts";

export interface Confirmation {
  /** Everything that would go, one line each; it is shown before the question. */
  readonly goes: readonly string[];
  readonly question: string;
  /** The words of the command, for the error. */
  readonly place: string;
  /** `--yes` was given. */
  readonly isGiven: boolean;
}

/** Throws USAGE where nobody can be asked, CANCELLED where the answer is no. */
export async function confirm({ goes, question, place, isGiven }: Confirmation): Promise<void> {
  if (isGiven) return;
  process.stderr.write(goes.map((line) => `${line}\n`).join(""));
  if (!process.stdin.isTTY)
    throw new HeadgateError("USAGE", {
      place,
      message: "this cannot be taken back and nobody is here to be asked",
      remedy: "look at what would go, above, and run the command again with --yes",
    });
  if (/^y(es)?$/i.test(await ask(`${question} [y/N] `))) return;
  throw new HeadgateError("CANCELLED", { place, message: "nothing was changed", remedy: "answer y, or give --yes" });
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
