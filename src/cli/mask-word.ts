/** A mask of a column as people write it: `email=show-last-4`, `city=fixed-value=Berlin`. */
import { closest } from "../base/closest.ts";
import { HeadgateError } from "../errors.ts";
import { maskActions, type MaskAction } from "../governance/mask.ts";

export interface MaskOfColumn {
  readonly column: string;
  readonly mask: MaskAction;
  readonly value: string | undefined;
}

const pattern = new RegExp(`^(.+?)=(${maskActions.join("|")})(?:=(.*))?$`, "s");

/** Throws USAGE. */
export function maskWord(word: string): MaskOfColumn {
  const [, column = "", action, value] = pattern.exec(word) ?? [];
  const mask = maskActions.find((one) => one === action);
  if (mask !== undefined) return { column, mask, value };
  const [, other] = /^.+?=([^=]+)/s.exec(word) ?? [];
  throw new HeadgateError("USAGE", {
    place: `--mask ${word}`,
    message: other === undefined ? "this does not say which column gets which mask" : noSuchMask(other),
    remedy: `write column=mask with one of ${maskActions.join(", ")}`,
  });
}

function noSuchMask(word: string): string {
  const meant = closest(word, maskActions);
  return `there is no mask ${word}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}
