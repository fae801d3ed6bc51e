/** The parser of flags whose value is a whole number, such as `--limit 20`. */
import { InvalidArgumentError } from "commander";

export function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("write a whole number, such as 20");
}
