/** Shows what a move of an account or a unit opens and closes, and asks if it changes anybody's access. */
import { confirm } from "./confirm.ts";
import { previewLines, type ShownPreview } from "./preview-lines.ts";

interface Question {
  readonly question: string;
  /** The command, for the error. */
  readonly place: string;
}

/** Throws USAGE if there is no terminal, CANCELLED if the answer is no. */
export async function confirmMove(planned: ShownPreview, { question, place }: Question): Promise<void> {
  const lines = previewLines(planned);
  if (lines.length > 0) await confirm({ goes: lines, question, place, isGiven: false });
}
