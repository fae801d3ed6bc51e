/** A flag that is repeated for several texts by name: `--group sales-team=sellers`. */
import { InvalidArgumentError, Option } from "commander";

export type Pairs = Readonly<Record<string, string>>;

/** The name of a value may contain `=`, the other side never does. */
export function pairsOption(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeat it for several`).argParser(
    (text: string, before: Pairs = {}): Pairs => {
      const at = text.lastIndexOf("=");
      if (at < 1 || at === text.length - 1) throw new InvalidArgumentError("write it as one=other");
      return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
    },
  );
}
